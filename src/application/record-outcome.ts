import type { ExecutionState, InvokedTool } from '../contracts/execute-action.ts';
import { type ActionOutcome, OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import type { Clock } from './clock.ts';
import type { ExecutionStore } from './ports.ts';

export interface RecordOutcomeDeps {
  readonly clock: Clock;
  readonly executions: ExecutionStore;
}

const outcomeOf = (execution: ExecutionState, result: InvokedTool, completed_at: string): ActionOutcome => {
  const { execution_id: _owner, action_type: _type, parameters: _parameters, ...of } = execution;
  const { tool_name, tool_run_ref } = result;
  const base = { ...of, tool_name, tool_run_ref, compensation_status: 'NONE' as const, completed_at };
  if (result.success)
    return { ...base, status: 'SUCCEEDED', external_object_refs: result.external_object_refs };
  const { error_code, error_class, error_message } = result;
  const error = { error_code, error_class, ...(error_message !== undefined && { error_message }) };
  return { ...base, ...error, status: 'FAILED', external_object_refs: [] };
};

/** Writes how the execution ended and closes its attempt, once; gives back the outcome that stands. */
export const recordOutcome = async (
  { clock, executions }: RecordOutcomeDeps,
  { execution, result }: { execution: ExecutionState; result: InvokedTool },
): Promise<ActionOutcome> => executions.finishOnce(outcomeOf(execution, result, clock.now().toISOString()));

/** Longest part of an error's cause that an outcome keeps, in characters. */
const MAX_CAUSE = 1000;

/** Errors that say that the tool did nothing; after any other, nobody can tell whether it did. */
const NOTHING_WAS_DONE: readonly string[] = ['ValidationError', 'ConfigurationError'];

/** The same for an execution in which the tool call ended in an error instead of a result. */
export const recordFailure = async (
  deps: RecordOutcomeDeps,
  { execution, error }: { execution: ExecutionState; error: { Error: string; Cause?: string | undefined } },
): Promise<ActionOutcome> => {
  const { Error: name, Cause = '' } = error;
  const isKnown = NOTHING_WAS_DONE.includes(name);
  const result = {
    success: false as const,
    error_code: isKnown ? name : OUTCOME_UNKNOWN,
    error_class: isKnown ? 'VALIDATION' : name === 'States.Timeout' ? 'TIMEOUT' : 'UNKNOWN',
    error_message: `${name}: ${Cause}`.slice(0, MAX_CAUSE),
    tool_name: 'unknown',
    tool_run_ref: `failure/${execution.action_intent_id}`,
  };
  return recordOutcome(deps, { execution, result });
};
