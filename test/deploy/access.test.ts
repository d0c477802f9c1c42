import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ALLOWLIST_SK, autonomySk, BUDGET_CONFIG_SK, scopePk } from '../../src/adapters/dynamodb/keys.ts';
import { commandPlan, type PersonCommand } from '../../src/application/command-plan.ts';
import { createPlan } from '../../src/application/create-plan.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import type { NewStep } from '../../src/domain/plan/plan-event.ts';
import { createRuntime, type Runtime, type RuntimeOverrides } from '../../src/runtime/runtime.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { type FreshTables, freshTables } from '../support/dynamodb.ts';
import { EXPIRY, minute, newPlan, newStep } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';
import { type GuardedFunctions, grants, guardedFunctions } from './guarded-functions.ts';

const ACCOUNT = { tenant_id: 'acme', account_id: 'a1' };
const clock = settableClock();
const log = { info: () => {}, error: () => {} };
const cycle = newCycle();
/** Two steps of which neither waits for the other. */
const SIDE_BY_SIDE = [newStep('s1'), newStep('s2', { action_type: 'ESCALATE_SUPPORT_RISK' })];

let tables: FreshTables;
let functions: GuardedFunctions;
/** What people do, who are not held to a role here. */
let people: Runtime;

beforeAll(async () => {
  tables = await freshTables();
  functions = await guardedFunctions(tables, { clock, log });
  const eventBridge = { send: async () => ({}) } as unknown as NonNullable<RuntimeOverrides['eventBridge']>;
  people = createRuntime(
    { ...tables.env, EVENT_BUS_NAME: 'bus' },
    { clock, log, dynamoDb: tables.client, eventBridge },
  );
});
beforeEach(() => begin());
afterAll(() => tables.release());

const put = (logicalId: string, Item: Record<string, unknown>) =>
  tables.documentClient.send(new PutCommand({ TableName: tables.tableNames[logicalId] ?? '', Item }));

/** Only a tenant and what the policy may approve for it, at the start of time. */
const begin = async (): Promise<void> => {
  await tables.clear();
  clock.set(minute(0));
  await put('TenantsTable', { tenantId: 'acme', status: 'active' });
  await put('AutonomyConfigTable', {
    pk: scopePk(ACCOUNT),
    sk: ALLOWLIST_SK,
    action_types: ['PREP_RENEWAL_BRIEF'],
  });
  await put('AutonomyConfigTable', {
    pk: scopePk(ACCOUNT),
    sk: autonomySk('PREP_RENEWAL_BRIEF'),
    mode: 'AUTO_EXECUTE',
  });
  await put('AutonomyBudgetStateTable', {
    pk: scopePk(ACCOUNT),
    sk: BUDGET_CONFIG_SK,
    max_autonomous_per_day: 10,
  });
};

const call = (key: string, payload: unknown) => functions.call(key, payload);

const command = async (plan_id: string, of: PersonCommand) => {
  const result = await commandPlan(people, { key: { ...ACCOUNT, plan_id }, by: 'ben', command: of });
  expect(result).toMatchObject({ ok: true });
};

const approvedPlan = async (plan_id: string, steps: NewStep[]): Promise<void> => {
  await createPlan(people, { plan: newPlan({ plan_id, steps }), by: 'ana', trigger: 'test' });
  await command(plan_id, { do: 'approve_plan' });
};

const item = (plan_id: string, more = {}) => ({ cycle, plan: newItem({ plan_id, ...more }) });

const activePlan = async (plan_id: string, steps: NewStep[]): Promise<void> => {
  await approvedPlan(plan_id, steps);
  expect(await call('activatePlan', item(plan_id, { list: 'APPROVED' }))).toMatchObject({ activated: true });
};

const dispatch = async (plan_id: string, step_id: string): Promise<void> => {
  expect(await call('dispatchStep', { ...item(plan_id), step_id })).toMatchObject({ claimed: true });
};

const decide = (plan_id: string, step_id: string) =>
  call('decideApproval', { ...ACCOUNT, action_intent_id: actionIntentId(plan_id, step_id, 1) });

const start = (plan_id: string, step_id: string) => {
  const data = { ...ACCOUNT, action_intent_id: actionIntentId(plan_id, step_id, 1) };
  const approval = { approval_source: 'HUMAN', auto_executed: false };
  return call('startExecution', {
    execution_id: 'arn:one',
    input: { detail: { data: { ...data, ...approval } } },
  });
};

const repair = (plan_id: string, step_id: string) => call('repairStep', { ...item(plan_id), step_id });

/** An active plan whose first step is approved by the policy and published. */
const approvedAttempt = async (plan_id: string, steps: NewStep[]): Promise<void> => {
  await activePlan(plan_id, steps);
  await dispatch(plan_id, 's1');
  expect(await decide(plan_id, 's1')).toMatchObject({ result: 'AUTO_EXECUTED' });
};

const STORIES: Record<string, () => Promise<void>> = {
  'a cycle is opened, enumerated and closed; a backfill looks its tenants and plans up': async () => {
    await approvedPlan('p1', [newStep('s1')]);
    const { cycle: opened } = await call('openCycle', { execution_id: 'arn:one', input: {} });
    const empty = { totals: null, tenants: [], results: [] };
    const page = await call('enumerateTenants', { cycle: opened, cursor: null, ...empty });
    const plans = await call('enumeratePlans', { cycle: opened, tenant: page.tenants[0] });
    expect(plans).toMatchObject({ plans: [{ plan_id: 'p1', list: 'APPROVED' }] });
    await call('closeCycle', { cycle: opened, ...empty, error: null });
    const input = { tenant_ids: ['acme'], plan_ids: ['p1'], force: true };
    const backfill = await call('openCycle', { execution_id: 'arn:two', input });
    expect(await call('enumerateTenants', { cycle: backfill.cycle, cursor: null, ...empty })).toMatchObject({
      tenants: [{ tenant_id: 'acme' }],
    });
  },
  'a plan is refused activation, once on record and then put off': async () => {
    await activePlan('p1', [newStep('s1')]);
    await approvedPlan('p2', [newStep('s1')]);
    for (const _ of [1, 2])
      expect(await call('activatePlan', item('p2', { list: 'APPROVED' }))).toMatchObject({
        activated: false,
      });
  },
  'a plan whose look failed is postponed': async () => {
    await activePlan('p1', [newStep('s1')]);
    const failure = { ...item('p1'), error: { Error: 'TransientError' } };
    expect(await call('postponePlan', failure)).toEqual({ postponed: true });
  },
  'steps run to the end of their plan, approved by the policy and by a person': async () => {
    await activePlan('p1', SIDE_BY_SIDE);
    for (const step_id of ['s1', 's2']) {
      expect(await call('evaluatePlan', item('p1'))).toMatchObject({ move: 'DISPATCH', step_id });
      await dispatch('p1', step_id);
      const { result } = await decide('p1', step_id);
      if (result === 'REQUIRE_APPROVAL') await command('p1', { do: 'approve_intent', step_id });
      expect(await call('evaluatePlan', item('p1'))).toMatchObject({ completed: false });
      const execution = await start('p1', step_id);
      expect(await start('p1', step_id)).toEqual(execution);
      const tool = await call('invokeTool', { execution });
      const outcome = await call('recordOutcome', { execution, result: tool });
      expect(await call('recordOutcome', { execution, result: tool })).toEqual(outcome);
      expect(await call('applyStepOutcome', { outcome })).toMatchObject({ applied: true });
    }
    expect(await call('applyStepOutcome', await ended())).toMatchObject({ plan_status: 'COMPLETED' });
  },
  'a plan expires with an attempt in flight, noticed by the look at it': async () => {
    await approvedAttempt('p1', SIDE_BY_SIDE);
    clock.set(EXPIRY);
    expect(await call('evaluatePlan', item('p1'))).toMatchObject({ expired: true });
  },
  'a plan expires with an attempt in flight, noticed by the dispatch of the next': async () => {
    await approvedAttempt('p1', SIDE_BY_SIDE);
    clock.set(EXPIRY);
    expect(await call('dispatchStep', { ...item('p1'), step_id: 's2' })).toMatchObject({ effect: 'expired' });
  },
  'a plan expires with an attempt in flight, noticed when the failure of another is applied': async () => {
    await approvedAttempt('p1', SIDE_BY_SIDE);
    await dispatch('p1', 's2');
    const execution = await start('p1', 's1');
    const failure = { execution, error: { Error: 'States.Timeout', Cause: '' } };
    const outcome = await call('recordFailure', failure);
    expect(await call('recordFailure', failure)).toEqual(outcome);
    clock.set(EXPIRY);
    const known = { ...outcome, error_code: 'REFUSED' };
    expect(await call('applyStepOutcome', { outcome: known })).toMatchObject({ plan_status: 'EXPIRED' });
  },
  'an approval that started nothing is published again, then given up': async () => {
    await approvedAttempt('p1', [newStep('s1')]);
    for (const minutes of [10, 20]) {
      clock.set(minute(minutes));
      expect((await repair('p1', 's1')).effect).toContain('published the approval again');
    }
    clock.set(minute(30));
    expect((await repair('p1', 's1')).effect).toContain('no execution ever started');
  },
  'an execution is waited for, and its outcome is unknown when it never said anything': async () => {
    await approvedAttempt('p1', [newStep('s1')]);
    await start('p1', 's1');
    clock.set(minute(10));
    expect((await repair('p1', 's1')).effect).toContain('is being executed');
    for (const minutes of [200, 300]) {
      clock.set(minute(minutes));
      await repair('p1', 's1');
    }
    clock.set(minute(400));
    expect((await repair('p1', 's1')).effect).toContain('recorded an unknown outcome');
  },
};

/** The outcome of the last step, as the store has it. */
const ended = async () => ({
  outcome: await people.executions.outcome(ACCOUNT, actionIntentId('p1', 's2', 1)),
});

for (const [name, tell] of Object.entries(STORIES)) test(`within its role: ${name}`, tell);

test('no function may do what none of these stories needs', async () => {
  for (const tell of Object.values(STORIES)) {
    await begin();
    await tell();
  }
  expect(grants().filter((grant) => !functions.used.has(grant))).toEqual([]);
});

test('a function is refused what its role does not name', async () => {
  await activePlan('p1', [newStep('s1')]);
  const run = guardedFunctions(tables, { clock, log }, { enumeratePlans: { PlanLedgerTable: ['GetItem'] } });
  const tenant = { tenant_id: 'acme', plans: [{ account_id: 'a1', plan_id: 'p1' }] };
  await expect((await run).call('enumeratePlans', { cycle, tenant })).rejects.toThrow(
    'enumeratePlans may not BatchGetItem RevenuePlansTable',
  );
});
