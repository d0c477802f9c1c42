/** The input does not fit; nothing was written. The message names the path and the value. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

/** A setting that the code needs is missing or does not fit. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Something that is likely to work when tried again; the state machines do so, and it uses up no attempt of a step. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** A stored row does not have the shape it must have; the message names the row and what is wrong. */
export class StoredRowInvalidError extends Error {
  override readonly name = 'StoredRowInvalidError';
}

/** There is no intent of that id for that tenant and account. */
export class IntentNotFoundError extends Error {
  override readonly name = 'IntentNotFoundError';
}

/** The intent is not, or no longer, approved; it must not run. */
export class IntentNotApprovedError extends Error {
  override readonly name = 'IntentNotApprovedError';
}

/** Another execution has, or had, the intent. */
export class ExecutionAlreadyInProgressError extends Error {
  override readonly name = 'ExecutionAlreadyInProgressError';
}

/** Names that the Retry blocks of the state machines may wait for; everything else is not worth another try. */
export const RETRYABLE_ERROR_NAMES: readonly string[] = ['TransientError'];
