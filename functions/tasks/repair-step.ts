import { repairStep } from '../../src/application/repair-step.ts';
import { stepTaskInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State RepairStep of plan-cycle: looks after an attempt of which nothing was heard in time. */
export const handler = task({
  input: stepTaskInput,
  environment: [
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'PLAN_STEP_EXECUTION_TABLE_NAME',
    'AUTONOMY_BUDGET_STATE_TABLE_NAME',
    'ACTION_INTENT_TABLE_NAME',
    'EXECUTION_ATTEMPTS_TABLE_NAME',
    'EXECUTION_OUTCOMES_TABLE_NAME',
    'LEDGER_TABLE_NAME',
    'SIGNALS_TABLE_NAME',
    'EVENT_BUS_NAME',
  ],
  deps: ({ clock, plans, intents, executions, events }) => ({ clock, plans, intents, executions, events }),
  run: repairStep,
});
