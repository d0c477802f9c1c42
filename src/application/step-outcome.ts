import { type ActionOutcome, OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import type { StepOutcome } from '../domain/plan/command.ts';

/** Codes of actions that were stopped from outside: trying again by itself would only use attempts up. */
const STOPPED: readonly string[] = ['KILL_SWITCH_ENABLED', 'TENANT_NOT_ACTIVE'];

/** What an execution's outcome means to the step it was made for. */
export const stepOutcome = ({ status, error_code = 'EXECUTION_FAILED' }: ActionOutcome): StepOutcome => {
  if (status === 'SUCCEEDED') return { result: 'SUCCEEDED' };
  if (error_code === OUTCOME_UNKNOWN) return { result: 'UNKNOWN' };
  return { result: STOPPED.includes(error_code) ? 'BLOCKED' : 'FAILED', reason: error_code };
};
