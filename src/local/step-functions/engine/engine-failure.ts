import { originalPaths } from '../definition/expression.ts';
import { runtimeError, StateError } from '../state-error.ts';
import { isTimeoutError } from './timeout-error.ts';

interface EngineError extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;
}

/**
 * Why the engine ended a machine, as the adapter's own error: what a handler threw is passed on; what the engine found (a
 * path without a value, no matching choice) keeps its name; what it stumbled over is a States.Runtime.
 */
export function engineFailure(rejection: unknown): Error {
  const error = ((rejection as Error).cause ?? rejection) as Error;
  if (error instanceof StateError || isTimeoutError(error)) return error;
  const message = originalPaths(error.message);
  if (!isEngineError(error)) return runtimeError(`${error.name}: ${message}`);
  const { isRetryable, isCatchable } = error;
  return new StateError(error.name, message === error.name ? '' : message, { isRetryable, isCatchable });
}

const isEngineError = (error: Error): error is EngineError => 'isCatchable' in error;
