/** One call of a Lambda function by a Task state. */
export interface LambdaInvocation {
  readonly functionName: string;
  /** The event, as parsed from JSON for this call alone. */
  readonly payload: unknown;
  readonly executionArn: string;
  readonly stateName: string;
  readonly stateMachineName: string;
  /** 0 at the first call of this entry into the state. */
  readonly retryCount: number;
}

/**
 * Runs a Lambda function and resolves with its result. A rejection is the function's failure: the error's `name` is the
 * errorType that Retry and Catch match, and an array `trace` on it replaces the stack in the cause. The signal is aborted when
 * nobody waits for the result any more (timeout, stopped execution).
 */
export type InvokeLambda = (invocation: LambdaInvocation, signal: AbortSignal) => Promise<unknown>;
