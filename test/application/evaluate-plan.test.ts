import { describe, expect, it } from '@jest/globals';
import { evaluatePlan } from '../../src/application/evaluate-plan.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { Cycle } from '../../src/contracts/plan-cycle.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { SCOPE_PK } from '../support/intents.ts';
import { commitOf, tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  at,
  ben,
  EXPIRY,
  minute,
  newPlan,
  newStep,
  requireApproval,
  start,
  succeed,
  type Told,
  toStatus,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const evaluate = (more: Partial<Cycle> = {}, plans: PlanStore = world.runtime.plans) =>
  evaluatePlan({ clock: world.clock, plans }, { cycle: newCycle(more), plan: newItem() });
const stored = () => world.runtime.plans.get(newPlan());
const dueSk = async () => (await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1'))?.due_sk;

const NOTHING = { move: 'NONE', step_id: null, action_intent_id: null, completed: false, expired: false };
const ONE_STEP = { steps: [newStep('s1')] };
const INTENT = actionIntentId('p1', 's1', 1);

/** Makes a plan that was looked at with all its steps done, and not ended by whoever did the last of them. */
const allDone = async () => {
  const told = [...toStatus('ACTIVE', ONE_STEP), start('s1', 3), approveIntent('s1', 3)];
  const active = await tell(world.runtime.plans, told);
  const commit = commitOf(active, succeed('s1', 4));
  const steps = commit.plan.steps;
  const row = { pk: SCOPE_PK, sk: 'PLAN#p1', ...active, steps };
  await world.put('REVENUE_PLANS_TABLE_NAME', row);
};

describe('looking at a live plan', () => {
  it('finds the step that is due', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    world.clock.set(minute(5));
    expect(await evaluate()).toEqual({
      ...NOTHING,
      ...{ move: 'DISPATCH', step_id: 's1', effect: 'due: DISPATCH s1' },
    });
  });

  it('finds an attempt about which the autonomy gate has said nothing', async () => {
    await tell(world.runtime.plans, [...toStatus('ACTIVE'), start('s1', 3)]);
    world.clock.set(minute(5));
    expect(await evaluate()).toEqual({
      ...NOTHING,
      ...{ move: 'DECIDE', step_id: 's1', action_intent_id: INTENT, effect: 'due: DECIDE s1' },
    });
  });

  it('finds an attempt of which nothing was heard in time', async () => {
    const lifetime = { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })] };
    const told = [...toStatus('ACTIVE', lifetime), start('s1', 3), requireApproval('s1', 4)];
    await tell(world.runtime.plans, told);
    world.clock.set(minute(3 + 7 * 24 * 60));
    expect(await evaluate()).toMatchObject({ move: 'REPAIR', step_id: 's1', action_intent_id: INTENT });
  });

  it('postpones it until there is something to do', async () => {
    await tell(world.runtime.plans, [...toStatus('ACTIVE'), start('s1', 3)]);
    world.clock.set(minute(4));
    expect(await evaluate()).toEqual({ ...NOTHING, effect: `waits until ${minute(5)}` });
    expect(await dueSk()).toBe(`${minute(5)}#p1`);
  });

  it.each(['DRAFT', 'PAUSED'] as const)('postpones a plan that is %s until it expires', async (status) => {
    await tell(world.runtime.plans, toStatus(status));
    expect(await evaluate()).toEqual({ ...NOTHING, effect: `waits until ${EXPIRY}` });
  });

  it('leaves an APPROVED plan to its activation', async () => {
    await tell(world.runtime.plans, toStatus('APPROVED'));
    const before = await world.everything();
    expect(await evaluate()).toEqual({ ...NOTHING, effect: 'nothing to do' });
    expect(await world.everything()).toEqual(before);
  });

  it('takes one that has ended out of the due index', async () => {
    const plan = await tell(world.runtime.plans, toStatus('ABORTED'));
    const due = { due_shard: 'DUE#0', due_sk: `${minute(1)}#p1` };
    await world.put('REVENUE_PLANS_TABLE_NAME', { pk: SCOPE_PK, sk: 'PLAN#p1', ...plan, ...due });
    expect(await evaluate()).toEqual({ ...NOTHING, effect: 'nothing to do' });
    expect(await dueSk()).toBeUndefined();
  });

  it('has nothing to do about one that is gone', async () => {
    expect(await evaluate()).toEqual({ ...NOTHING, effect: 'nothing to do' });
  });
});

describe('a plan that has come to its end', () => {
  it('is completed when all its steps are done', async () => {
    await allDone();
    expect(await evaluate()).toEqual({ ...NOTHING, completed: true, effect: 'completed' });
    expect(await stored()).toMatchObject({ plan_status: 'COMPLETED', completion_reason: 'all_steps_done' });
  });

  it.each(['DRAFT', 'ACTIVE', 'PAUSED'] as const)('expires on time while it is %s', async (status) => {
    await tell(world.runtime.plans, toStatus(status));
    world.clock.set(EXPIRY);
    expect(await evaluate()).toEqual({ ...NOTHING, expired: true, effect: 'expired' });
    expect(await stored()).toMatchObject({ plan_status: 'EXPIRED', expired_at: EXPIRY });
  });

  it('is left alone when somebody else has ended it since', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    const abort: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)];
    world.clock.set(EXPIRY);
    const racing: PlanStore = {
      ...world.runtime.plans,
      get: async (key) => {
        const plan = await world.runtime.plans.get(key);
        if (plan?.plan_status === 'ACTIVE') await tell(world.runtime.plans, [abort], plan);
        return plan;
      },
    };
    expect(await evaluate({}, racing)).toEqual({ ...NOTHING, effect: 'nothing to do' });
    expect((await stored())?.plan_status).toBe('ABORTED');
  });

  it('is left alone when it is gone by then', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    world.clock.set(EXPIRY);
    let looks = 0;
    const get: PlanStore['get'] = async (key) => {
      looks += 1;
      return looks === 1 ? world.runtime.plans.get(key) : undefined;
    };
    expect(await evaluate({}, { ...world.runtime.plans, get })).toEqual({
      ...NOTHING,
      effect: 'nothing to do',
    });
  });
});

describe('a dry look', () => {
  const cases: [string, string, () => Promise<unknown>, string][] = [
    ['complete', 'would complete', allDone, minute(5)],
    ['expire', 'would expire', () => tell(world.runtime.plans, toStatus('PAUSED')), EXPIRY],
    ['start', 'would start step s1', () => tell(world.runtime.plans, toStatus('ACTIVE')), minute(5)],
    [
      'ask again',
      'would ask the autonomy gate again about step s1',
      () => tell(world.runtime.plans, [...toStatus('ACTIVE'), start('s1', 3)]),
      minute(5),
    ],
    [
      'wait',
      `waits until ${minute(5)}`,
      () => tell(world.runtime.plans, [...toStatus('ACTIVE'), start('s1', 3)]),
      minute(4),
    ],
  ];
  it.each(cases)('at a plan to %s says so and writes nothing', async (_, effect, seed, now) => {
    await seed();
    world.clock.set(now);
    const before = await world.everything();
    expect(await evaluate({ dry_run: true })).toMatchObject({ move: 'NONE', effect });
    expect(await world.everything()).toEqual(before);
  });

  it('says that it would look after an attempt that is overdue', async () => {
    const lifetime = { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })] };
    const told = [...toStatus('ACTIVE', lifetime), start('s1', 3), requireApproval('s1', 4)];
    await tell(world.runtime.plans, told);
    world.clock.set(minute(3 + 7 * 24 * 60));
    expect(await evaluate({ dry_run: true })).toMatchObject({ effect: 'would look after overdue step s1' });
  });
});
