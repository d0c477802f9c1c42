import { compensateStep } from '../../src/application/compensate-step.ts';
import { stepTaskInput } from '../../src/contracts/plan-cycle.ts';
import { task } from '../../src/runtime/task.ts';

/** State CompensateStep of plan-cycle: undoes what a step of an aborted plan did. */
export const handler = task({
  input: stepTaskInput,
  environment: [
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'ACTION_INTENT_TABLE_NAME',
    'EXECUTION_OUTCOMES_TABLE_NAME',
    'LEDGER_TABLE_NAME',
    'ACTION_TYPE_REGISTRY_TABLE_NAME',
    'KILL_SWITCHES_TABLE_NAME',
    'GATEWAY_URL',
    'GATEWAY_TOKEN_URL',
    'GATEWAY_CLIENT_SECRET_ID',
  ],
  deps: ({ clock, plans, intents, executions, registry, killSwitches, tools, metrics }) => ({
    ...{ clock, plans, intents, executions, registry, killSwitches, tools, metrics },
  }),
  run: compensateStep,
});
