import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import {
  ALLOWLIST_SK,
  autonomySk,
  BUDGET_CONFIG_SK,
  intentSk,
  planPk,
  scopePk,
  tenantPk,
} from '../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import { decideApproval } from '../../src/application/decide-approval.ts';
import { TransientError } from '../../src/application/errors.ts';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import { newActionIntent } from '../../src/domain/intent/action-intent.ts';
import { append } from '../../src/domain/ledger/plan-ledger.ts';
import type { PlanCommand } from '../../src/domain/plan/command.ts';
import { decide } from '../../src/domain/plan/decide.ts';
import { findStep, type Plan, type PlanStep } from '../../src/domain/plan/plan.ts';
import { createCapacityMeter, meterCapacity } from '../../src/local/dynamodb/capacity-meter.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type BenchSystem, startBenchSystem } from './bench-system.ts';
import { measured } from './process-cost.ts';

const TENANT = 't0';
const TYPE = 'PREP_RENEWAL_BRIEF';
const STEP = 's1';
/** Gates that decide at the same time. */
const AT_ONCE = 32;
const BATCH_ROWS = 25;
const DAY_SECONDS = 86_400;

/** How the actions are spread over budgets. */
export interface GateLayout {
  readonly layout: string;
  readonly accounts: number;
  /** Whether the tenant has a budget, which all of its accounts share. */
  readonly tenantBudget: boolean;
}

export const LAYOUTS: readonly GateLayout[] = [
  { layout: 'one account', accounts: 1, tenantBudget: false },
  { layout: '1,000 accounts', accounts: 1000, tenantBudget: false },
  { layout: '1,000 accounts, one tenant budget', accounts: 1000, tenantBudget: true },
];

/** An ACTIVE plan of three steps, the first of which waits for the gate. */
const planOf = (index: number, accounts: number, now: string): Plan => {
  const steps = [STEP, 's2', 's3'].map((step_id, at, all) => ({
    ...{ step_id, action_type: TYPE, dependencies: all.slice(Math.max(at - 1, 0), at) },
  }));
  const commands: PlanCommand[] = [
    {
      type: 'CREATE_PLAN',
      trigger: 'bench',
      plan: {
        ...{ plan_id: `plan-${index}`, plan_type: 'RENEWAL_DEFENSE', tenant_id: TENANT, steps },
        ...{ account_id: `a${index % accounts}`, objective: 'Secure the renewal before day -30' },
        expires_at: secondsAfter(now, 30 * DAY_SECONDS),
      },
    },
    { type: 'APPROVE_PLAN' },
    { type: 'ACTIVATE_PLAN', facts: { existing_active_plan_ids: [], unmet_preconditions: [] } },
    { type: 'START_STEP', step_id: STEP, attempts_made: 0 },
  ];
  let plan: Plan | undefined;
  commands.forEach((command, by) => {
    const decision = decide(plan, command, { now, actor: { kind: 'human', id: `person-${by}` } });
    if (!decision.ok) throw new Error(decision.message);
    plan = append(plan, decision.events).plan;
  });
  return plan as Plan;
};

type Row = Readonly<Record<string, unknown>>;

const writeAll = async (
  { documentClient, tables }: BenchSystem,
  table: keyof TableNames,
  rows: readonly Row[],
): Promise<void> => {
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const requests = rows.slice(from, from + BATCH_ROWS).map((Item) => ({ PutRequest: { Item } }));
    await documentClient.send(new BatchWriteCommand({ RequestItems: { [tables[table]]: requests } }));
  }
};

/** Writes plans and intents as they stand after a dispatch, past their ledgers: the gate reads neither these nor locks. */
const seed = async (bench: BenchSystem, plans: readonly Plan[], layout: GateLayout): Promise<void> => {
  const intents = plans.map((plan) =>
    newActionIntent(plan, findStep(plan, STEP) as PlanStep, 1, plan.updated_at),
  );
  const budgetPks = [...new Set(plans.map(scopePk)), ...(layout.tenantBudget ? [tenantPk(TENANT)] : [])];
  await writeAll(bench, 'TENANTS_TABLE_NAME', [{ tenantId: TENANT, status: 'active' }]);
  await writeAll(bench, 'AUTONOMY_CONFIG_TABLE_NAME', [
    { pk: tenantPk(TENANT), sk: ALLOWLIST_SK, action_types: [TYPE] },
    { pk: tenantPk(TENANT), sk: autonomySk(TYPE), mode: 'AUTO_EXECUTE' },
  ]);
  await writeAll(
    bench,
    'AUTONOMY_BUDGET_STATE_TABLE_NAME',
    budgetPks.map((pk) => ({ pk, sk: BUDGET_CONFIG_SK, max_autonomous_per_day: plans.length })),
  );
  await writeAll(
    bench,
    'REVENUE_PLANS_TABLE_NAME',
    plans.map((plan) => ({ pk: scopePk(plan), sk: planPk(plan.plan_id), ...plan })),
  );
  await writeAll(
    bench,
    'ACTION_INTENT_TABLE_NAME',
    intents.map((intent) => ({ pk: scopePk(intent), sk: intentSk(intent.action_intent_id), ...intent })),
  );
};

/** Asks about all of them, some at a time; what passes is tried again, as the machine does. Gives back how often that was. */
const decideAll = async (
  runtime: Runtime,
  plans: readonly Plan[],
): Promise<{ approved: number; again: number }> => {
  const told = { approved: 0, again: 0 };
  let next = 0;
  const ask = async (plan: Plan): Promise<void> => {
    const { tenant_id, account_id } = plan;
    const action_intent_id = findStep(plan, STEP)?.in_flight?.action_intent_id ?? '';
    try {
      const { result } = await decideApproval(runtime, { tenant_id, account_id, action_intent_id });
      if (result === 'AUTO_EXECUTED') told.approved += 1;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      told.again += 1;
      await ask(plan);
    }
  };
  const worker = async () => {
    for (let plan = plans[next++]; plan; plan = plans[next++]) await ask(plan);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return told;
};

/** Decides on so many actions by the autonomy gate, all within budget: reads, decision, the approving transaction, the event. */
export const approvalGates = async (gates: number, layout: GateLayout) => {
  const bench = await startBenchSystem({ clock: systemClock, maxPlansPerRun: 10 });
  const now = systemClock.now().toISOString();
  const plans = Array.from({ length: gates }, (_, index) => planOf(index, layout.accounts, now));
  await seed(bench, plans, layout);
  const meter = createCapacityMeter();
  const client = createDynamoDbClient({ endpoint: bench.endpoint });
  meterCapacity(client, meter);
  const runtime = createRuntime(bench.environment, {
    ...{ clock: systemClock, dynamoDb: client, log: { info: () => {}, error: () => {} } },
    eventBridge: { send: async () => ({ FailedEntryCount: 0 }) } as unknown as Pick<
      EventBridgeClient,
      'send'
    >,
  });
  let told = { approved: 0, again: 0 };
  const cost = await measured(bench.databasePid, async () => {
    told = await decideAll(runtime, plans);
  });
  await bench.stop();
  return {
    ...{ layout: layout.layout, gates, ...told, ...cost },
    gates_per_s: gates / cost.wall_s,
    cpu_ms_per_gate: cost.cpu_ms / gates,
    wru_per_gate: meter.wru / gates,
    rru_per_gate: meter.rru / gates,
  };
};
