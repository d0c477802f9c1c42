import { applyStepOutcome } from '../../src/application/apply-step-outcome.ts';
import { applyStepOutcomeInput } from '../../src/contracts/execute-action.ts';
import { task } from '../../src/runtime/task.ts';

/** State ApplyStepOutcome of execute-action: tells the plan how the attempt ended. */
export const handler = task({
  input: applyStepOutcomeInput,
  environment: [
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'PLAN_STEP_EXECUTION_TABLE_NAME',
    'AUTONOMY_BUDGET_STATE_TABLE_NAME',
    'ACTION_INTENT_TABLE_NAME',
  ],
  deps: ({ clock, plans }) => ({ clock, plans }),
  run: applyStepOutcome,
});
