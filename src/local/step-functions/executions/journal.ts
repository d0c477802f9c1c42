/** What is needed to run an execution again after a restart of the process. */
export interface StartedExecution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly startDate: Date;
}

/**
 * Keeps the executions that run, so that a restarted process can resume them. `started` is awaited before the first state
 * is entered, `ended` after the last; children of distributed Maps are not journalled, since their parent starts them again.
 */
export interface Journal {
  started(execution: StartedExecution): Promise<void>;
  ended(executionArn: string): Promise<void>;
}
