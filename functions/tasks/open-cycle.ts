import { openCycle } from '../../src/application/open-cycle.ts';
import { openCycleInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State OpenCycle of plan-cycle: checks the input and takes the lease. */
export const handler = task({
  input: openCycleInput,
  environment: [
    'TENANTS_TABLE_NAME',
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'CYCLE_LEASE_TABLE_NAME',
    'ORCHESTRATOR_MAX_PLANS_PER_RUN',
    'CYCLE_INTERVAL_SECONDS',
  ],
  deps: ({ clock, lease, tenants, plans, settings }) => ({ clock, lease, tenants, plans, settings }),
  run: openCycle,
});
