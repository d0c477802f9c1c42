import { ERROR_CLASSES, type ErrorClass } from './error-class.ts';

/** What a state machine's Catch gives: the error's name, and its cause as text. */
export interface CaughtError {
  readonly Error: string;
  readonly Cause?: string | undefined;
}

export interface Failure {
  readonly error_class: ErrorClass;
  readonly error_code: string;
  readonly error_message: string;
}

/** Longest error message that an outcome keeps, in characters. */
const MAX_MESSAGE = 1000;

/** A message that an outcome can keep; cut between two characters. */
export const bounded = (message: string): string => message.slice(0, MAX_MESSAGE).toWellFormed();

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const isClass = (value: unknown): value is ErrorClass => ERROR_CLASSES.some((known) => known === value);

/** Errors of the platform: a function or a state that ran out of time. */
const TIMEOUTS: readonly string[] = ['States.Timeout', 'Sandbox.Timedout', 'States.HeartbeatTimeout'];

/**
 * What an error tells of itself. Functions put class, code and message as JSON into the error's message, and Lambda puts that into the
 * cause; whatever comes without is UNKNOWN, or a TIMEOUT by its name, with the name as its code.
 */
export const failureOf = ({ Error: name, Cause = '' }: CaughtError): Failure => {
  const errorMessage = textOf(parsed(Cause).errorMessage) ?? Cause;
  const { error_class, error_code, message } = parsed(errorMessage);
  return {
    error_class: isClass(error_class) ? error_class : TIMEOUTS.includes(name) ? 'TIMEOUT' : 'UNKNOWN',
    error_code: typeof error_code === 'string' ? error_code : name,
    error_message: bounded(`${name}: ${textOf(message) ?? errorMessage}`),
  };
};

/** The message under which an error travels from a function to `failureOf`. */
export const travellingMessage = (error: {
  readonly message: string;
  readonly error_class: string;
  readonly error_code: string;
}): string =>
  JSON.stringify({
    ...{ error_class: error.error_class, error_code: error.error_code },
    message: bounded(error.message),
  });
