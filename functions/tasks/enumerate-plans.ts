import { enumeratePlans } from '../../src/application/enumerate-plans.ts';
import { enumeratePlansInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State EnumeratePlans of plan-cycle: a tenant's plans to look at now. */
export const handler = task({
  input: enumeratePlansInput,
  environment: ['REVENUE_PLANS_TABLE_NAME'],
  deps: ({ plans }) => ({ plans }),
  run: enumeratePlans,
});
