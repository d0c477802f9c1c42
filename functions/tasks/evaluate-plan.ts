import { evaluatePlan } from '../../src/application/evaluate-plan.ts';
import { planTaskInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State EvaluatePlan of plan-cycle: the look at one live plan. */
export const handler = task({
  input: planTaskInput,
  environment: ['REVENUE_PLANS_TABLE_NAME', 'PLAN_LEDGER_TABLE_NAME', 'ACTION_INTENT_TABLE_NAME'],
  deps: ({ clock, plans }) => ({ clock, plans }),
  run: evaluatePlan,
});
