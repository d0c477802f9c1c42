import { dispatchStep } from '../../src/application/dispatch-step.ts';
import { stepTaskInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State DispatchStep of plan-cycle: starts a step's next attempt. */
export const handler = task({
  input: stepTaskInput,
  environment: [
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'PLAN_STEP_EXECUTION_TABLE_NAME',
    'ACTION_INTENT_TABLE_NAME',
    'ACTION_TYPE_REGISTRY_TABLE_NAME',
  ],
  deps: ({ clock, plans, attempts, registry }) => ({ clock, plans, attempts, registry }),
  run: dispatchStep,
});
