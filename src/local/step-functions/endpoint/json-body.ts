import { constraintViolated } from '../executions/validate-start.ts';
import { ServiceError } from '../service-error.ts';

/** The members of a request, as the JSON body has them. */
export type Members = Readonly<Record<string, unknown>>;

/** Throws SerializationException for what is no JSON object. */
export function parseMembers(body: string): Members {
  const members = body === '' ? {} : parse(body);
  if (typeof members === 'object' && members !== null && !Array.isArray(members)) return members as Members;
  throw serializationError('The request is not a JSON object');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw serializationError((error as Error).message);
  }
}

const serializationError = (message: string) => new ServiceError('SerializationException', message);

type TypeNames = { string: string; number: number; boolean: boolean };

/** A member that may be absent (or null). Throws SerializationException when it is of another type. */
export function optional<K extends keyof TypeNames>(
  members: Members,
  name: string,
  type: K,
): TypeNames[K] | undefined {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === type) return value as TypeNames[K];
  throw serializationError(`${name} must be a ${type}`);
}

/** Throws ValidationException when it is absent. */
export function required(members: Members, name: string): string {
  const value = optional(members, name, 'string');
  if (value === undefined) throw constraintViolated(`Value null at '${name}'`, 'Member must not be null');
  return value;
}

/** JSON text of a response: dates are seconds since the epoch, as this protocol has them. */
export function responseJson(response: unknown): string {
  return JSON.stringify(response, function (this: Record<string, unknown>, key, value) {
    // By the time `value` comes here, a Date has become a string.
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
}
