import { type ActionOutcome, OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import type { StepOutcome } from '../domain/plan/command.ts';

/** Codes of actions that were stopped from outside: trying again by itself would only use attempts up. */
const STOPPED: readonly string[] = ['KILL_SWITCH_ENABLED', 'TENANT_NOT_ACTIVE'];

/** What an execution's outcome means to the step it was made for. */
export const stepOutcome = (outcome: ActionOutcome): StepOutcome => {
  const { status, error_code = 'EXECUTION_FAILED', nothing_done } = outcome;
  if (status === 'SUCCEEDED') return { result: 'SUCCEEDED' };
  if (error_code === OUTCOME_UNKNOWN) return { result: 'UNKNOWN' };
  const result = STOPPED.includes(error_code) ? 'BLOCKED' : 'FAILED';
  return { result, reason: error_code, ...(nothing_done && { nothing_done }) };
};
