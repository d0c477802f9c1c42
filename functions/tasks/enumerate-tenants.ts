import { enumerateTenants } from '../../src/application/enumerate-tenants.ts';
import { enumerateTenantsInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State EnumerateTenants of plan-cycle: the next page of tenants with due plans. */
export const handler = task({
  input: enumerateTenantsInput,
  environment: ['TENANTS_TABLE_NAME', 'REVENUE_PLANS_TABLE_NAME'],
  deps: ({ clock, plans, tenants }) => ({ clock, plans, tenants }),
  run: enumerateTenants,
});
