import type { ActionOutcome } from '../domain/execution/execution.ts';
import type { StepOutcome } from '../domain/plan/command.ts';

/** What an execution's outcome means to the step it was made for. */
export const stepOutcome = ({ status, error_code }: ActionOutcome): StepOutcome =>
  status === 'SUCCEEDED'
    ? { result: 'SUCCEEDED' }
    : { result: 'FAILED', reason: error_code ?? 'EXECUTION_FAILED' };
