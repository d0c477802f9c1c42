import type { JsonValue } from '../identifiers.ts';
import { canonicalJson } from '../ledger/canonical-json.ts';
import type { EditedField } from './action-intent.ts';
import type { ActionTypeEntry } from './action-type-registry.ts';
import { mapArguments } from './map-arguments.ts';

type Parameters = Readonly<Record<string, JsonValue>>;
type Mapping = ActionTypeEntry['parameter_mapping'];

/** Most bytes of an edit as JSON, the new parameters and what is other about them: row and ledger entry hold both (400 KiB each). */
export const MAX_EDIT_BYTES = 200 * 1024;

/** Parameters after an edit: a value replaces its parameter as a whole, null removes it, and the others stay. */
export const editedParameters = (parameters: Parameters, edit: Parameters): Record<string, JsonValue> =>
  Object.fromEntries(Object.entries({ ...parameters, ...edit }).filter(([, value]) => value !== null));

const sideValue = (parameters: Parameters, name: string): JsonValue | undefined =>
  Object.hasOwn(parameters, name) ? parameters[name] : undefined;

const sideOf = (side: 'from' | 'to', value: JsonValue | undefined) =>
  value === undefined ? {} : { [side]: value };

/** What an edit has changed, by name of the parameter; empty when everything is what it was. */
export const editedFields = (before: Parameters, after: Parameters): EditedField[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((field): EditedField[] => {
    const [from, to] = [sideValue(before, field), sideValue(after, field)];
    if (canonicalJson(from) === canonicalJson(to)) return [];
    return [{ field, ...sideOf('from', from), ...sideOf('to', to) }];
  });

const named = (names: readonly string[]): string => names.join(', ') || 'nothing';

/** Parameters that were set though nothing is done with them; what is there may be removed, whatever it is. */
const unknownIn = (edit: Parameters, before: Parameters, mapping: Mapping): string[] =>
  Object.keys(edit).filter(
    (name) => !Object.hasOwn(mapping, name) && !(edit[name] === null && Object.hasOwn(before, name)),
  );

/**
 * Why an edit of an action's parameters cannot stand, in words; undefined when it can.
 *
 * @param mapping what the pinned version of the action type makes of parameters.
 */
export const editComplaint = (
  action_type: string,
  mapping: Mapping,
  {
    before,
    edit,
    after,
  }: { readonly before: Parameters; readonly edit: Parameters; readonly after: Parameters },
): string | undefined => {
  const unknown = unknownIn(edit, before, mapping);
  if (unknown.length > 0)
    return `${action_type} does not know ${named(unknown)}; it knows ${named(Object.keys(mapping))}`;
  const mapped = mapArguments({ parameter_mapping: mapping }, after);
  if (!mapped.ok) return `${action_type} needs ${named(mapped.missing)}`;
  const bytes = Buffer.byteLength(JSON.stringify([after, editedFields(before, after)]));
  return bytes > MAX_EDIT_BYTES ? `the edit takes ${bytes} bytes, more than ${MAX_EDIT_BYTES}` : undefined;
};
