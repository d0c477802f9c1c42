import { decisionCostGate } from '../../src/application/decision-cost-gate.ts';
import { decisionCostGateInput } from '../../src/contracts/decisions.ts';
import { task } from '../../src/runtime/task.ts';

/** A RUN_DECISION event of the bus, a trigger that comes back, or an Invoke: whether a decision is worth it, and if so, the decision. */
export const handler = task({
  input: decisionCostGateInput,
  environment: [
    'TENANTS_TABLE_NAME',
    'REVENUE_PLANS_TABLE_NAME',
    'PLAN_LEDGER_TABLE_NAME',
    'DECISION_RUN_STATE_TABLE_NAME',
    'IDEMPOTENCY_STORE_TABLE_NAME',
    'DECISION_SCHEDULE_GROUP_NAME',
    'DECISION_SCHEDULE_ROLE_ARN',
    'DECISION_COST_GATE_ARN',
    'DECISION_DEAD_LETTERS_ARN',
  ],
  deps: ({ clock, log, tenants, plans, reservations, runStates, proposals, requeue }) => ({
    ...{ clock, log, tenants, plans, reservations, runStates, proposals, requeue },
  }),
  run: decisionCostGate,
});
