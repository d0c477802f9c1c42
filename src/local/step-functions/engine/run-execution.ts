import { roleArn } from '../arns.ts';
import type { Execution, Outcome } from '../executions/execution.ts';
import { toJson } from '../payload.ts';
import { type StateError, terminalError } from '../state-error.ts';
import { NO_LONGER_NEEDED } from './block.ts';
import { frameOf, record } from './frame.ts';
import type { Frame, Host } from './runtime.ts';

/** Quota of Step Functions. */
const MAX_EXPRESS_SECONDS = 300;

/** Runs an execution from its start to its end, which the record then tells; never rejects. */
export async function runExecution(host: Host, execution: Execution): Promise<void> {
  const stopTimer = startTimer(host, execution);
  const frame = startFrame(host, execution);
  try {
    const { input } = execution.record;
    const inputDetails = { truncated: false };
    record(frame, 'ExecutionStarted', {
      executionStartedEventDetails: { input, inputDetails, roleArn: roleArn(execution.machine.name) },
    });
    // AWS links the first state's event to nothing.
    frame.lastEventId = 0;
    const output = await host.runMachine(frame, JSON.parse(input));
    endExecution(host, execution, { status: 'SUCCEEDED', output: toJson(output) }, frame.lastEventId);
  } catch (error) {
    endExecution(host, execution, failure(error as StateError), frame.lastEventId);
  }
  stopTimer();
}

/** Ends an execution now, as StopExecution does; what it was doing is called off. False when it had ended before. */
export function abortExecution(host: Host, execution: Execution, outcome: Outcome): boolean {
  const lastEventId = execution.history?.length ?? 0;
  if (!endExecution(host, execution, outcome, lastEventId)) return false;
  execution.scope.cancel(terminalError('States.Aborted', outcome.status));
  return true;
}

function startFrame(host: Host, execution: Execution): Frame {
  const { record: started, machine, scope } = execution;
  const context = {
    Execution: {
      Id: started.executionArn,
      Input: JSON.parse(started.input),
      Name: started.name,
      RoleArn: roleArn(machine.name),
      StartTime: started.startDate.toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: started.stateMachineArn, Name: machine.name },
  };
  return frameOf({ host, execution, machine: machine.compiled, scope, context }, 0);
}

function startTimer(host: Host, execution: Execution): () => void {
  const seconds = Math.min(
    execution.machine.compiled.timeoutSeconds ?? Number.POSITIVE_INFINITY,
    execution.record.type === 'EXPRESS' ? MAX_EXPRESS_SECONDS : Number.POSITIVE_INFINITY,
  );
  if (!Number.isFinite(seconds)) return () => {};
  const timer = new AbortController();
  const expire = () => {
    if (!timer.signal.aborted) abortExecution(host, execution, { status: 'TIMED_OUT' });
  };
  host.clock.sleep(seconds * 1000, timer.signal).then(expire, () => {});
  return () => timer.abort(NO_LONGER_NEEDED);
}

/** AWS cuts the cause at this length. */
const MAX_CAUSE_CHARACTERS = 32_768;

const failure = (error: StateError): Outcome => ({
  status: 'FAILED',
  error: error.name,
  cause: error.message.slice(0, MAX_CAUSE_CHARACTERS),
});

const endEvents = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

function endExecution(host: Host, execution: Execution, outcome: Outcome, lastEventId: number): boolean {
  if (!execution.isRunning || host.isClosed()) return false;
  const now = host.clock.now();
  const type = endEvents[outcome.status];
  const field = `e${type.slice(1)}EventDetails` as const;
  execution.append(now, type, lastEventId, { [field]: endDetails(outcome) });
  return execution.end(now, outcome);
}

function endDetails({ output, error, cause }: Outcome): Record<string, unknown> {
  if (output !== undefined) return { output, outputDetails: { truncated: false } };
  return { ...(error && { error }), ...(cause && { cause }) };
}
