import {
  type CalledTool,
  type ExecutionState,
  type FailedState,
  type InvokedTool,
  invokedTool,
} from '../contracts/execute-action.ts';
import { type ActionOutcome, OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import { bounded, type Failure, failureOf } from '../domain/execution/failure.ts';
import type { Clock } from './clock.ts';
import { NOTHING_WAS_DONE } from './errors.ts';
import type { IdempotencyStore, Looked } from './ports/connectors.ts';
import type { ExecutionStore } from './ports/executions.ts';
import type { Metrics } from './ports/observability.ts';

export interface RecordOutcomeDeps {
  readonly clock: Clock;
  readonly executions: ExecutionStore;
  readonly metrics: Metrics;
}

export interface RecordFailureDeps extends RecordOutcomeDeps {
  readonly idempotency: Pick<IdempotencyStore, 'look'>;
}

type Ended = Pick<
  ActionOutcome,
  | 'status'
  | 'external_object_refs'
  | 'error_code'
  | 'error_class'
  | 'error_message'
  | 'nothing_done'
  | 'tool_name'
  | 'tool_run_ref'
> &
  Pick<ActionOutcome, 'compensation_status' | 'compensation_error'>;

const count = (metrics: Metrics, outcome: ActionOutcome): void => {
  const { tool_name, compensation_status: status } = outcome;
  metrics.outcome(outcome);
  if (status !== 'NONE') metrics.compensation({ tool_name, status });
};

const record = async (
  { clock, executions, metrics }: RecordOutcomeDeps,
  execution: ExecutionState,
  ended: Ended,
): Promise<ActionOutcome> => {
  const { execution_id: _owner, action_type: _type, ...of } = execution;
  const outcome = { ...of, ...ended, completed_at: clock.now().toISOString() };
  const standing = await executions.finishOnce(outcome);
  if (standing === outcome) count(metrics, outcome);
  return standing;
};

type Undone = Pick<ActionOutcome, 'compensation_status' | 'compensation_error'>;

/** Whether what a failed action did was undone: by itself, by a person yet to come, or not at all. */
const undoing = ({ compensation_strategy }: CalledTool, result: InvokedTool): Undone => {
  const { success, external_object_refs, compensation } = result;
  if (compensation && 'result' in compensation) {
    const { status, error } = compensation.result;
    return { compensation_status: status, ...(error !== undefined && { compensation_error: error }) };
  }
  if (compensation)
    return { compensation_status: 'FAILED', compensation_error: failureOf(compensation).error_message };
  const waits = !success && external_object_refs.length > 0 && compensation_strategy === 'MANUAL';
  return { compensation_status: waits ? 'PENDING' : 'NONE' };
};

const endedBy = (call: CalledTool, result: InvokedTool): Ended => {
  const { external_object_refs, tool_run_ref } = result;
  const base = { tool_name: call.tool_name, tool_run_ref, external_object_refs, ...undoing(call, result) };
  if (result.success) return { ...base, status: 'SUCCEEDED' };
  const { error_code, error_class, error_message } = result;
  return {
    ...base,
    status: 'FAILED',
    error_code,
    error_class,
    ...(error_message !== undefined && { error_message: bounded(error_message) }),
  };
};

/** Writes how the execution ended, its ledger entry and its signal, and closes its attempt, once; gives back the outcome that stands. */
export const recordOutcome = (
  deps: RecordOutcomeDeps,
  { execution, call, result }: { execution: ExecutionState; call: CalledTool; result: InvokedTool },
): Promise<ActionOutcome> => record(deps, execution, endedBy(call, result));

/** What the tool has answered before another state broke. */
const answerOf = ({ call, tool }: FailedState): Ended | undefined => {
  const answer = invokedTool.safeParse(tool?.answer);
  return call && answer.success ? endedBy(call, answer.data) : undefined;
};

/** An execution that took over from a dead one: nobody can tell how far that had come. */
const hadAPredecessor = ({ attempt_count, replay }: ExecutionState): boolean => attempt_count > 1 && !replay;

/**
 * Whether the tool has certainly not acted. Before the call it has not, unless for an execution that died; after an error that says so it
 * has not, unless an earlier try may have, which its idempotency key remembers. Of an answer that makes no sense nobody can tell.
 */
const nothingWasDone = ({ execution, call, tool, error }: FailedState, looked: Looked): boolean =>
  call
    ? !tool && NOTHING_WAS_DONE.includes(error.Error) && looked.state === 'FREE'
    : !hadAPredecessor(execution);

const FREE: Looked = { state: 'FREE' };

/** What the tool answered to a try of which this execution has not heard. */
const settledBy = (call: CalledTool, looked: Looked): Ended | undefined => {
  if (looked.state !== 'SETTLED' || !looked.answer.success) return undefined;
  const { external_object_refs, tool_run_ref } = looked.answer;
  return endedBy(call, { success: true, external_object_refs, tool_run_ref });
};

const unknown = (failure: Failure): Failure => ({
  ...failure,
  error_code: OUTCOME_UNKNOWN,
  error_message: bounded(`${failure.error_code}: ${failure.error_message}`),
});

/**
 * The same for an execution in which a state ended in an error: what the tool has answered if it has, else the error, and whether anything
 * can have been done.
 */
export const recordFailure = async (
  deps: RecordFailureDeps,
  { state }: { readonly state: FailedState },
): Promise<ActionOutcome> => {
  const { execution, call, error } = state;
  const looked = call ? await deps.idempotency.look(call.idempotency_key) : FREE;
  const answered = answerOf(state) ?? (call && settledBy(call, looked));
  if (answered) return record(deps, execution, answered);
  const failure = failureOf(error);
  const known = nothingWasDone(state, looked)
    ? { ...failure, nothing_done: true as const }
    : unknown(failure);
  return record(deps, execution, {
    ...known,
    status: 'FAILED',
    external_object_refs: [],
    tool_name: call?.tool_name ?? 'unknown',
    tool_run_ref: `failure/${execution.action_intent_id}`,
    compensation_status: 'NONE',
  });
};
