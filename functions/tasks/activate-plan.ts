import { activatePlan } from '../../src/application/activate-plan.ts';
import { planTaskInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State ActivatePlan of plan-cycle: an approved plan becomes ACTIVE, or the reasons why not. */
export const handler = task({
  input: planTaskInput,
  environment: ['REVENUE_PLANS_TABLE_NAME', 'PLAN_LEDGER_TABLE_NAME', 'TENANTS_TABLE_NAME'],
  deps: ({ clock, plans, tenants }) => ({ clock, plans, tenants }),
  run: activatePlan,
});
