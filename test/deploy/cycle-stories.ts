import { expect } from '@jest/globals';
import { EXPIRY, minute, newStep } from '../support/plan-fixtures.ts';
import {
  activePlan,
  approvedAttempt,
  approvedPlan,
  command,
  decide,
  dispatch,
  execute,
  item,
  prepare,
  SIDE_BY_SIDE,
  type Story,
  start,
} from './story.ts';

const repair = ({ call }: Parameters<Story>[0], plan_id: string, step_id: string) =>
  call('repairStep', { ...item(plan_id), step_id });

/** What the functions of plan-cycle do, by the whole way of plans and by what gets in it. */
export const CYCLE_STORIES: Readonly<Record<string, Story>> = {
  'a cycle is opened, enumerated and closed; a backfill looks its tenants and plans up': async (world) => {
    const { call } = world;
    await approvedPlan(world, 'p1', [newStep('s1')]);
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
  'a plan is refused activation, once on record and then put off': async (world) => {
    await activePlan(world, 'p1', [newStep('s1')]);
    await approvedPlan(world, 'p2', [newStep('s1')]);
    for (const _ of [1, 2])
      expect(await world.call('activatePlan', item('p2', { list: 'APPROVED' }))).toMatchObject({
        activated: false,
      });
  },
  'a plan whose look failed is postponed': async (world) => {
    await activePlan(world, 'p1', [newStep('s1')]);
    const failure = { ...item('p1'), error: { Error: 'TransientError' } };
    expect(await world.call('postponePlan', failure)).toEqual({ postponed: true });
  },
  'steps run to the end of their plan, approved by the policy and by a person': async (world) => {
    await activePlan(world, 'p1', SIDE_BY_SIDE);
    for (const [step_id, plan_status] of [
      ['s1', 'ACTIVE'],
      ['s2', 'COMPLETED'],
    ] as const) {
      expect(await world.call('evaluatePlan', item('p1'))).toMatchObject({ move: 'DISPATCH', step_id });
      await dispatch(world, 'p1', step_id);
      const { result } = await decide(world, 'p1', step_id);
      if (result === 'REQUIRE_APPROVAL') await command(world, 'p1', { do: 'approve_intent', step_id });
      expect(await world.call('evaluatePlan', item('p1'))).toMatchObject({ completed: false });
      const { applied } = await execute(world, 'p1', step_id);
      expect(applied).toMatchObject({ applied: true, plan_status });
    }
  },
  'a plan expires with an attempt in flight, noticed by the look at it': async (world) => {
    await approvedAttempt(world, 'p1', SIDE_BY_SIDE);
    world.clock.set(EXPIRY);
    expect(await world.call('evaluatePlan', item('p1'))).toMatchObject({ expired: true });
  },
  'a plan expires with an attempt in flight, noticed by the dispatch of the next': async (world) => {
    await approvedAttempt(world, 'p1', SIDE_BY_SIDE);
    world.clock.set(EXPIRY);
    const next = { ...item('p1'), step_id: 's2' };
    expect(await world.call('dispatchStep', next)).toMatchObject({ effect: 'expired' });
  },
  'a plan expires with an attempt in flight, noticed when the failure of another is applied': async (
    world,
  ) => {
    const { call } = world;
    await approvedAttempt(world, 'p1', SIDE_BY_SIDE);
    await dispatch(world, 'p1', 's2');
    const execution = await start(world, 'p1', 's1');
    const mapped = await prepare(world, execution);
    const failure = {
      state: { execution, call: mapped, error: { Error: 'AuthError', Cause: 'who are you' } },
    };
    const outcome = await call('recordFailure', failure);
    expect(await call('recordFailure', failure)).toEqual(outcome);
    world.clock.set(EXPIRY);
    expect(await call('applyStepOutcome', { outcome })).toMatchObject({ plan_status: 'EXPIRED' });
  },
  'an approval that started nothing is published again, then given up': async (world) => {
    await approvedAttempt(world, 'p1', [newStep('s1')]);
    for (const minutes of [10, 20]) {
      world.clock.set(minute(minutes));
      expect((await repair(world, 'p1', 's1')).effect).toContain('published the approval again');
    }
    world.clock.set(minute(30));
    expect((await repair(world, 'p1', 's1')).effect).toContain('no execution ever started');
  },
  'an execution is waited for, and its outcome is unknown when it never said anything': async (world) => {
    await approvedAttempt(world, 'p1', [newStep('s1')]);
    await start(world, 'p1', 's1');
    world.clock.set(minute(10));
    expect((await repair(world, 'p1', 's1')).effect).toContain('is being executed');
    for (const minutes of [200, 300]) {
      world.clock.set(minute(minutes));
      await repair(world, 'p1', 's1');
    }
    world.clock.set(minute(400));
    expect((await repair(world, 'p1', 's1')).effect).toContain('recorded an unknown outcome');
  },
};
