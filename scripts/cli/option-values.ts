import { anyInstant, identifier } from '../../src/domain/identifiers.ts';
import { UsageError } from './run-tool.ts';

const complaintOf = ({ issues }: { issues: readonly { message: string }[] }): string =>
  issues.map(({ message }) => message).join('; ');

const fitting = (
  schema: typeof identifier | typeof anyInstant,
  name: string,
  value: string | undefined,
): string => {
  if (value === undefined) throw new UsageError(`${name} is missing`);
  const result = schema.safeParse(value);
  if (result.success) return value;
  throw new UsageError(`${name}: ${JSON.stringify(value)}: ${complaintOf(result.error)}`);
};

/** An identifier from the command line; throws UsageError naming it. */
export const identifierOf = (name: string, value: string | undefined): string =>
  fitting(identifier, name, value);

/** A date and time with an offset, as it was given; throws UsageError naming it. */
export const dateTimeOf = (name: string, value: string): string => fitting(anyInstant, name, value);

/** Free text of a bounded length; throws UsageError naming it. */
export const textOf = (name: string, value: string | undefined, maxCharacters: number): string => {
  const text = value?.trim() ?? '';
  if (text === '') throw new UsageError(`${name} is missing`);
  if (text.length <= maxCharacters) return text;
  throw new UsageError(`${name} has ${text.length} characters; ${maxCharacters} are allowed`);
};
