import { exceedsPayloadLimit, MAX_PAYLOAD_BYTES } from '../payload.ts';
import { invalidExecutionInput, invalidName, validationException } from '../service-error.ts';

const MAX_NAME_CHARACTERS = 80;

/** Characters that AWS refuses in a name: white space, wildcards, brackets, quotes and other signs, control characters. */
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\u{fffe}\u{ffff}]/u;

/** Throws what StartExecution answers to a name it does not take. */
export function validateName(name: string): void {
  const isTooShort = name.length === 0;
  if (isTooShort || name.length > MAX_NAME_CHARACTERS) {
    const limit = isTooShort ? 'greater than or equal to 1' : `less than or equal to ${MAX_NAME_CHARACTERS}`;
    throw constraintViolated(`Value '${name}' at 'name'`, `Member must have length ${limit}`);
  }
  if (FORBIDDEN_IN_NAME.test(name)) throw invalidName(name);
}

/** Throws what StartExecution answers to an input that is too long or is not JSON. */
export function validateInput(input: string): void {
  if (input.length > MAX_PAYLOAD_BYTES) {
    throw constraintViolated(
      "Value at 'input'",
      `Member must have length less than or equal to ${MAX_PAYLOAD_BYTES}`,
    );
  }
  if (exceedsPayloadLimit(input)) throw invalidExecutionInput('Input exceeds the maximum number of bytes');
  try {
    JSON.parse(input);
  } catch (error) {
    throw invalidExecutionInput((error as Error).message);
  }
}

export const constraintViolated = (where: string, constraint: string) =>
  validationException(`1 validation error detected: ${where} failed to satisfy constraint: ${constraint}`);
