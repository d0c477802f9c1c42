import { postponePlan } from '../../src/application/postpone-plan.ts';
import { postponePlanInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State PostponePlan of plan-cycle: moves a plan whose look failed behind the others. */
export const handler = task({
  input: postponePlanInput,
  environment: ['REVENUE_PLANS_TABLE_NAME'],
  deps: ({ clock, plans, log }) => ({ clock, plans, log }),
  run: postponePlan,
});
