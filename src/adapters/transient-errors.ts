import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransientError } from '../application/errors.ts';

/** Faults of the platform that pass by themselves; by the names that the SDK gives, never by text. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TransactionInProgressException',
  'TransactionConflictException',
  'TimeoutError',
  'AbortError',
]);

const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

interface SdkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly $fault?: unknown;
}

/** The error to throw for what the SDK threw: TransientError where trying again is likely to help, else the same. */
export const translateError = (error: unknown): unknown => {
  const { name, message, code, $fault } = (error ?? {}) as SdkError;
  const isTransient = TRANSIENT.has(String(name)) || TRANSIENT_CODES.has(String(code)) || $fault === 'server';
  return isTransient ? new TransientError(`${name}: ${message}`, { cause: error }) : error;
};

/** Makes a client throw TransientError for passing faults, once its own retries are used up. */
export const throwTransientErrors = (client: Pick<DynamoDBClient, 'middlewareStack'>): void => {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw translateError(error);
      }
    },
    { step: 'initialize', priority: 'high', name: 'throwTransientErrors', override: true },
  );
};
