import type { ErrorClass } from '../domain/execution/error-class.ts';

/** What an error tells beyond its name and message; it travels to the outcome of an execution. */
export interface ErrorDetails extends ErrorOptions {
  readonly error_class?: ErrorClass;
  /** In capitals; adapters hand on the code that the other system gave. */
  readonly error_code?: string;
}

/** The base of all errors with a name of their own. The name is what the state machines' Retry and Catch blocks go by. */
abstract class ClassifiedError extends Error {
  readonly error_class: ErrorClass;
  readonly error_code: string;

  constructor(message: string, standard: Required<Omit<ErrorDetails, 'cause'>>, details: ErrorDetails) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.error_class = details.error_class ?? standard.error_class;
    this.error_code = details.error_code ?? standard.error_code;
  }
}

export type { ClassifiedError };

/** Names the error classes below and what each stands for in an outcome; the message is the error's own. */
const classified = (name: string, error_class: ErrorClass, error_code: string) =>
  class extends ClassifiedError {
    override readonly name = name;

    constructor(message: string, details: ErrorDetails = {}) {
      super(message, { error_class, error_code }, details);
    }
  };

/** The input does not fit; nothing was written. The message names the path and the value. */
export class ValidationError extends classified('ValidationError', 'VALIDATION', 'VALIDATION_FAILED') {}

/** A setting that the code needs is missing or does not fit. */
export class ConfigurationError extends classified(
  'ConfigurationError',
  'VALIDATION',
  'CONFIGURATION_ERROR',
) {}

/** Something that is likely to work when tried again, and nothing was done; the state machines do so, and it uses up no attempt of a step. */
export class TransientError extends classified('TransientError', 'DOWNSTREAM', 'TRANSIENT_ERROR') {}

/** A tool may have acted, or not; asking again under the same idempotency key is safe. */
export class EffectUnknownError extends classified('EffectUnknownError', 'TIMEOUT', 'TIMEOUT') {}

/** A tool's answer makes no sense; asking again under the same idempotency key is safe. */
export class InvalidToolResponseError extends classified(
  'InvalidToolResponseError',
  'UNKNOWN',
  'INVALID_TOOL_RESPONSE',
) {}

/** A stored row does not have the shape it must have; the message names the row and what is wrong. */
export class StoredRowInvalidError extends classified(
  'StoredRowInvalidError',
  'VALIDATION',
  'STORED_ROW_INVALID',
) {}

/** There is no intent of that id for that tenant and account. */
export class IntentNotFoundError extends classified(
  'IntentNotFoundError',
  'VALIDATION',
  'INTENT_NOT_FOUND',
) {}

/** The intent is not, or no longer, approved; it must not run. */
export class IntentNotApprovedError extends classified(
  'IntentNotApprovedError',
  'VALIDATION',
  'INTENT_NOT_APPROVED',
) {}

/** Another execution has, or had, the intent. */
export class ExecutionAlreadyInProgressError extends classified(
  'ExecutionAlreadyInProgressError',
  'VALIDATION',
  'EXECUTION_ALREADY_IN_PROGRESS',
) {}

/** A kill switch stops the action. */
export class KillSwitchEnabledError extends classified(
  'KillSwitchEnabledError',
  'VALIDATION',
  'KILL_SWITCH_ENABLED',
) {}

/** The registry has no such version of the action type, or the version names a tool that there is not. */
export class ToolMappingNotFoundError extends classified(
  'ToolMappingNotFoundError',
  'VALIDATION',
  'TOOL_MAPPING_NOT_FOUND',
) {}

/** Who is asked did not accept who asks. */
export class AuthError extends classified('AuthError', 'AUTH', 'AUTH_FAILED') {}

/** Names that the Retry blocks of the state machines may wait for; everything else is not worth another try. */
export const RETRYABLE_ERROR_NAMES: readonly string[] = [
  'TransientError',
  'EffectUnknownError',
  'InvalidToolResponseError',
];

/** After an error of these names a tool has certainly not acted; after any other nobody can tell. */
export const NOTHING_WAS_DONE: readonly string[] = [
  'TransientError',
  'ValidationError',
  'ConfigurationError',
  'KillSwitchEnabledError',
  'ToolMappingNotFoundError',
  'IntentNotFoundError',
  'AuthError',
];
