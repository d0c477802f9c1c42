import { type ActionOutcome, OUTCOME_UNKNOWN } from '../domain/execution/execution.ts';
import type { StepOutcome } from '../domain/plan/command.ts';

/** What an execution's outcome means to the step it was made for. */
export const stepOutcome = ({ status, error_code = 'EXECUTION_FAILED' }: ActionOutcome): StepOutcome => {
  if (status === 'SUCCEEDED') return { result: 'SUCCEEDED' };
  return error_code === OUTCOME_UNKNOWN ? { result: 'UNKNOWN' } : { result: 'FAILED', reason: error_code };
};
