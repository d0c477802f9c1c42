import type { ActionTypeEntry } from './action-type-registry.ts';

type Mapping = Pick<ActionTypeEntry, 'parameter_mapping'>;
type MappedParameter = ActionTypeEntry['parameter_mapping'][string];
type Parameters = Readonly<Record<string, unknown>>;

export type MappedArguments =
  | { readonly ok: true; readonly arguments: Record<string, unknown> }
  /** Parameters that the action had to name, by its own names. */
  | { readonly ok: false; readonly missing: string[] };

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

const transformed = (transform: MappedParameter['transform'], value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (transform === 'UPPERCASE') return value.toUpperCase();
  if (transform === 'LOWERCASE') return value.toLowerCase();
  return value;
};

/** What the action says, else the default; undefined, null and empty text say nothing. */
const argumentOf = (name: string, mapped: MappedParameter, parameters: Parameters): unknown => {
  const said = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return transformed(mapped.transform, isAbsent(said) ? mapped.default : said);
};

/** A tool's arguments out of an action's parameters: those that the registry maps, under the tool's names, and no others. */
export const mapArguments = (
  { parameter_mapping }: Mapping,
  parameters: Record<string, unknown>,
): MappedArguments => {
  const values = Object.entries(parameter_mapping).map(([name, mapped]) => ({
    name,
    mapped,
    value: argumentOf(name, mapped, parameters),
  }));
  const missing = values.filter(({ mapped, value }) => mapped.required && isAbsent(value));
  if (missing.length > 0) return { ok: false, missing: missing.map(({ name }) => name) };
  const present = values.filter(({ value }) => !isAbsent(value));
  return {
    ok: true,
    arguments: Object.fromEntries(present.map(({ mapped, value }) => [mapped.toolParam, value])),
  };
};
