import { decideApproval } from '../../src/application/decide-approval.ts';
import { decideApprovalInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State DecideApproval of plan-cycle: the autonomy gate, which may be invoked by itself too. */
export const handler = task({
  input: decideApprovalInput,
  environment: [
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'ACTION_INTENT_TABLE_NAME',
    'AUTONOMY_CONFIG_TABLE_NAME',
    'AUTONOMY_BUDGET_STATE_TABLE_NAME',
    'TENANTS_TABLE_NAME',
    'KILL_SWITCHES_TABLE_NAME',
    'EVENT_BUS_NAME',
  ],
  deps: ({ clock, plans, intents, tenants, killSwitches, autonomy, events }) => ({
    ...{ clock, plans, intents, tenants, killSwitches, autonomy, events },
  }),
  run: decideApproval,
});
