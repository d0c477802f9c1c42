import { StateError } from '../state-error.ts';
import { isTimeoutError } from './timeout-error.ts';

/**
 * What a Task fails with when its Lambda does: the error's name is the error, and the cause is the JSON that Lambda gives. Errors
 * of the Lambda service itself (`Lambda.…`) have a sentence for a cause.
 */
export function lambdaFailure(thrown: unknown): Error {
  if (thrown instanceof StateError || isTimeoutError(thrown)) return thrown as Error;
  const error = thrown instanceof Error || isErrorLike(thrown) ? thrown : new Error(String(thrown));
  if (error.name.startsWith('Lambda.')) return new StateError(error.name, error.message);
  const cause = { errorType: error.name, errorMessage: error.message, trace: traceOf(error) };
  return new StateError(error.name, JSON.stringify(cause));
}

/** Errors of another realm are no instances of this one's Error. */
function isErrorLike(thrown: unknown): thrown is Error {
  const fields = thrown as Partial<Error> | null;
  return typeof fields === 'object' && typeof fields?.name === 'string' && typeof fields.message === 'string';
}

function traceOf(error: Error & { readonly trace?: unknown }): readonly string[] {
  if (Array.isArray(error.trace)) return error.trace.map(String);
  return (error.stack ?? '').split('\n').map((line) => line.trim());
}
