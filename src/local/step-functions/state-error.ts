interface StateErrorTraits {
  /** Whether a `Retry` may match it. */
  readonly isRetryable?: boolean;
  /** Whether a `Catch` may match it. */
  readonly isCatchable?: boolean;
}

/**
 * The failure of a state. `name` is what `ErrorEquals` matches and DescribeExecution reports as `error`; `message` is the
 * `cause`. Both are empty strings when there is none, as for a Fail state without them.
 */
export class StateError extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause = '', { isRetryable = true, isCatchable = true }: StateErrorTraits = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = isRetryable;
    this.isCatchable = isCatchable;
  }
}

/** An error that no `Retry` and no `Catch` may stop, `States.ALL` included. */
export const terminalError = (name: string, cause = ''): StateError =>
  new StateError(name, cause, { isRetryable: false, isCatchable: false });

export const runtimeError = (cause: string): StateError => terminalError('States.Runtime', cause);
