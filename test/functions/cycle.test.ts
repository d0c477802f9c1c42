import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Cycle, OpenCycleOutput, PlanItem } from '../../src/contracts/plan-cycle.ts';
import { CYCLE_ID, newCycle, newResult } from '../support/cycles.ts';
import { tell } from '../support/plan-commits.ts';
import { minute, toStatus } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';
import { functionCalls } from './function-calls.ts';

const world = useWorld();

const call = functionCalls(world);
const page = { totals: null, tenants: [], results: [] };
const enumerate = async (cycle: Cycle) =>
  (await call<{ tenants: unknown[] }>('enumerate-tenants', { cycle, cursor: null, ...page })).tenants;
const tenant = (tenantId: string, status = 'active') => world.put('TENANTS_TABLE_NAME', { tenantId, status });
const opened = async (input = {}): Promise<Cycle> => {
  const output = await call<OpenCycleOutput>('open-cycle', { execution_id: CYCLE_ID, input });
  if (!output.opened) throw new Error('not opened');
  return output.cycle;
};

beforeEach(() => world.clock.set(minute(5)));

describe('a scheduled cycle', () => {
  it('serves each active tenant of the Tenants table that has due plans', async () => {
    await Promise.all([tenant('acme'), tenant('bolt'), tenant('cork', 'suspended'), tenant('dove')]);
    for (const tenant_id of ['acme', 'bolt', 'cork']) {
      await tell(world.runtime.plans, toStatus('APPROVED', { tenant_id, plan_id: `p-${tenant_id}` }));
    }
    expect(await enumerate(await opened())).toEqual([
      { tenant_id: 'acme', plans: [{ account_id: 'a1', plan_id: 'p-acme' }] },
      { tenant_id: 'bolt', plans: [{ account_id: 'a1', plan_id: 'p-bolt' }] },
    ]);
  });

  it('does nothing when there are no tenants', async () => {
    await tell(world.runtime.plans, toStatus('APPROVED'));
    expect(await enumerate(await opened())).toEqual([]);
  });

  it('takes the lease for two intervals of the schedule, and gives it back', async () => {
    const cycle = await opened();
    const event = { execution_id: 'other', input: {} };
    expect(await call('open-cycle', event)).toEqual({ opened: false, held_by: CYCLE_ID, until: minute(15) });
    await call('close-cycle', { cycle, ...page, error: null });
    expect(await call('open-cycle', event)).toMatchObject({ opened: true });
  });

  it('opens for the same execution again', async () => {
    await opened();
    expect(await opened()).toMatchObject({ cycle_id: CYCLE_ID, max_plans_per_run: 2 });
  });

  it('adds up its counts, logs them and answers them', async () => {
    const plans = [
      newResult({ activated: true, started: true }),
      newResult({ plan_id: 'p2', error: 'Boom' }),
    ];
    const results = [{ tenant_id: 'acme', plans, error: null }];
    const tenants = [{ tenant_id: 'acme', plans: [] }];
    const event = { cycle: newCycle({ fencing_token: null }), totals: null, tenants, results, error: null };
    expect(await call('close-cycle', event)).toMatchObject({
      ...{ succeeded: false, tenants: 1, activated: 1, stepsStarted: 1, completed: 0, expired: 0, failed: 1 },
      failures: [{ tenant_id: 'acme', plan_id: 'p2', error: 'Boom' }],
    });
    expect(world.lines).toMatchObject([{ level: 'error', data: { activated: 1, failed: 1 } }]);
  });
});

describe('one tenant with three approved plans and K = 2', () => {
  it('has two of them activated in one cycle', async () => {
    await tenant('acme');
    for (const account_id of ['a1', 'a2', 'a3']) {
      await tell(world.runtime.plans, toStatus('APPROVED', { account_id, plan_id: `p-${account_id}` }));
    }
    const cycle = await opened();
    const [first] = await enumerate(cycle);
    const { plans } = await call<{ plans: PlanItem[] }>('enumerate-plans', { cycle, tenant: first });
    const outputs = [];
    for (const plan of plans) outputs.push(await call<object>('activate-plan', { cycle, plan }));
    const activated = { activated: true, expired: false, advance: true, effect: 'activated' };
    expect(outputs).toEqual([activated, activated]);
  });
});

describe('rows that are no plans', () => {
  it('do not keep the others from their turn, however many there are', async () => {
    await tenant('acme');
    for (const plan_id of ['p1', 'p2', 'p3']) {
      await tell(world.runtime.plans, toStatus('ACTIVE', { plan_id, account_id: `a-${plan_id}` }));
    }
    for (const plan_id of ['p1', 'p2']) {
      const row = await world.row(
        'REVENUE_PLANS_TABLE_NAME',
        `TENANT#acme#ACCOUNT#a-${plan_id}`,
        `PLAN#${plan_id}`,
      );
      const due_sk = `${minute(1)}#${plan_id}`;
      await world.put('REVENUE_PLANS_TABLE_NAME', { ...row, due_sk, steps: 'none' });
    }
    const looks: string[] = [];
    for (const now of [minute(5), minute(20)]) {
      world.clock.set(now);
      const cycle = await opened();
      const [first] = await enumerate(cycle);
      const { plans } = await call<{ plans: PlanItem[] }>('enumerate-plans', { cycle, tenant: first });
      looks.push(...plans.map(({ list, plan_id }) => `${list} ${plan_id}`));
      for (const plan of plans.filter(({ error }) => error !== null)) {
        await call('postpone-plan', { cycle, plan, error: { Error: plan.error } });
      }
    }
    expect(looks).toEqual(expect.arrayContaining(['INVALID p1', 'INVALID p2', 'LIVE p3']));
  });
});

describe('a dry run of a cycle', () => {
  it('changes no row of any table', async () => {
    await tenant('acme');
    await tell(world.runtime.plans, toStatus('APPROVED'));
    await tell(world.runtime.plans, toStatus('ACTIVE', { plan_id: 'p2', account_id: 'a2' }));
    const before = await world.everything();
    const cycle = await opened({ dry_run: true });
    const [first] = await enumerate(cycle);
    const { plans } = await call<{ plans: PlanItem[] }>('enumerate-plans', { cycle, tenant: first });
    const [approved, live] = plans;
    expect(await call('activate-plan', { cycle, plan: approved })).toMatchObject({
      effect: 'would activate, then start step s1',
    });
    expect(await call('evaluate-plan', { cycle, plan: live })).toMatchObject({
      ...{ move: 'NONE', effect: 'would start step s1' },
    });
    await call('close-cycle', { cycle, ...page, error: null });
    expect(await world.everything()).toEqual(before);
  });
});
