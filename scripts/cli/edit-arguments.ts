import type { JsonValue } from '../../src/domain/identifiers.ts';
import { UsageError } from './run-tool.ts';

/** What `edit-intent` was told to change. */
export interface EditOptions {
  readonly set?: readonly string[] | undefined;
  readonly 'set-json'?: readonly string[] | undefined;
  readonly unset?: readonly string[] | undefined;
}

type Change = readonly [name: string, value: JsonValue];

const nameAndText = (option: string, text: string): [name: string, text: string] => {
  const place = text.indexOf('=');
  if (place > 0) return [text.slice(0, place), text.slice(place + 1)];
  throw new UsageError(`--${option}: ${JSON.stringify(text)} is not NAME=VALUE`);
};

const jsonOf = (name: string, text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new UsageError(`--set-json: the value of ${name} is no JSON: ${JSON.stringify(text)}`);
  }
};

const jsonChange = (option: string): Change => {
  const [name, text] = nameAndText('set-json', option);
  return [name, jsonOf(name, text)];
};

/**
 * Parameters as an edit has them: text or JSON to be set, null for what is to be removed.
 *
 * @throws UsageError for nothing at all, for a parameter that is named twice, and for what is neither NAME=VALUE nor JSON.
 */
export const editParameters = (options: EditOptions): Record<string, JsonValue> => {
  const changes: Change[] = [
    ...(options.set ?? []).map((option) => nameAndText('set', option)),
    ...(options['set-json'] ?? []).map(jsonChange),
    ...(options.unset ?? []).map((name): Change => [name, null]),
  ];
  if (changes.length === 0) throw new UsageError('--set, --set-json or --unset is missing');
  const names = changes.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new UsageError(`parameter ${JSON.stringify(twice)} is named twice`);
  return Object.fromEntries(changes);
};
