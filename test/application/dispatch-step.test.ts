import { describe, expect, it } from '@jest/globals';
import { dispatchStep } from '../../src/application/dispatch-step.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { Cycle } from '../../src/contracts/plan-cycle.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { CYCLE_ID, newCycle, newItem } from '../support/cycles.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { SCOPE } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import { approveIntent, EXPIRY, fail, minute, newPlan, start, toStatus } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const INTENT = actionIntentId('p1', 's1', 1);
const FAILED_ONCE = [start('s1', 3), approveIntent('s1', 3), fail('s1', 4)];
const dispatch = (plans: PlanStore = world.runtime.plans, more: Partial<Cycle> = {}, step_id = 's1') =>
  dispatchStep(
    { clock: world.clock, attempts: world.runtime.attempts, registry: world.runtime.registry, plans },
    { cycle: newCycle(more), plan: newItem(), step_id },
  );
/** A version of how the first step's action is carried out. */
const register = (registry_version: number, tool_name: string) =>
  world.put('ACTION_TYPE_REGISTRY_TABLE_NAME', {
    ...{ pk: 'ACTION_TYPE#PREP_RENEWAL_BRIEF', sk: `REGISTRY_VERSION#00000${registry_version}` },
    ...{ action_type: 'PREP_RENEWAL_BRIEF', registry_version, tool_name, tool_schema_version: 'v1.0' },
    ...{ required_scopes: [], risk_class: 'LOW', compensation_strategy: 'NONE', parameter_mapping: {} },
    created_at: minute(0),
  });
const active = () => tell(world.runtime.plans, toStatus('ACTIVE'));
const stored = () => world.runtime.plans.get(newPlan());
const lastOf = async (count: number) => (await world.runtime.plans.ledger('p1')).slice(-count);

describe('dispatching a step', () => {
  it('makes its intent and puts it in flight', async () => {
    await active();
    world.clock.set(minute(3));
    expect(await dispatch()).toEqual({
      ...{ claimed: true, action_intent_id: INTENT, effect: 'started step s1 (attempt 1)' },
    });
    expect(await world.runtime.intents.get(SCOPE, INTENT)).toMatchObject({ status: 'PENDING_APPROVAL' });
    expect((await stored())?.steps[0]).toMatchObject({ status: 'PENDING_APPROVAL', last_attempt: 1 });
  });

  it('is in the ledger as STEP_STARTED, with the step, its action type and its attempt', async () => {
    await active();
    await dispatch();
    expect(await lastOf(1)).toMatchObject([
      {
        event_type: 'STEP_STARTED',
        actor: { kind: 'system', id: CYCLE_ID },
        data: { plan_id: 'p1', step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF', attempt: 1 },
      },
    ]);
  });

  it('makes a new attempt of a step that has failed', async () => {
    await tell(world.runtime.plans, FAILED_ONCE, await active());
    world.clock.set(minute(5));
    expect(await dispatch()).toMatchObject({
      ...{ claimed: true, action_intent_id: actionIntentId('p1', 's1', 2) },
      effect: 'started step s1 (attempt 2)',
    });
  });

  it('pins the latest version of its action type on the intent', async () => {
    await active();
    await register(1, 'internal.create_note');
    await register(2, 'internal.create_task');
    await dispatch();
    expect(await world.runtime.intents.get(SCOPE, INTENT)).toMatchObject({ registry_version: 2 });
    expect(await lastOf(1)).toMatchObject([{ data: { registry_version: 2 } }]);
  });

  it('pins version 1 of an action type that is not registered', async () => {
    await active();
    await dispatch();
    expect(await world.runtime.intents.get(SCOPE, INTENT)).toMatchObject({ registry_version: 1 });
  });

  it('judges by the instant that the cycle was asked for', async () => {
    await active();
    await dispatch(world.runtime.plans, { as_of: minute(7) });
    expect(await lastOf(1)).toMatchObject([{ timestamp: minute(7) }]);
  });
});

describe('a dispatch that lost', () => {
  it('to one that took the attempt has claimed nothing', async () => {
    await active();
    const meta = { pk: 'PLAN#p1', sk: 'STEP#s1#META', next_attempt: 1, in_flight_attempt: 1 };
    const racing = racingPlans(world.runtime.plans, () => world.put('PLAN_STEP_EXECUTION_TABLE_NAME', meta));
    const output = await dispatch(racing);
    expect(output).toMatchObject({ claimed: false, action_intent_id: null });
    expect(output.effect).toContain('another writer was first (ATTEMPT)');
    expect(await world.rows('ACTION_INTENT_TABLE_NAME')).toEqual([]);
  });

  it('to one that changed the plan looks again, and finds the step started', async () => {
    await active();
    const output = await dispatch(racingPlans(world.runtime.plans, () => dispatch()));
    expect(output).toMatchObject({ claimed: false, action_intent_id: null });
    expect(output.effect).toContain('is not the next to start');
    expect(await world.rows('ACTION_INTENT_TABLE_NAME')).toHaveLength(1);
  });

  it('is one of two that ran at once', async () => {
    await active();
    const outputs = await Promise.all([dispatch(), dispatch()]);
    expect(outputs.map(({ claimed }) => claimed).sort()).toEqual([false, true]);
    expect(await world.rows('ACTION_INTENT_TABLE_NAME')).toHaveLength(1);
  });

  it('is one that is repeated', async () => {
    await active();
    await dispatch();
    const before = await world.everything();
    expect((await dispatch()).claimed).toBe(false);
    expect(await world.everything()).toEqual(before);
  });
});

describe('a dispatch that starts nothing', () => {
  it('fails a step that has used up its attempts, and pauses the plan', async () => {
    const plan = await active();
    await tell(world.runtime.plans, FAILED_ONCE, plan);
    const meta = { pk: 'PLAN#p1', sk: 'STEP#s1#META', next_attempt: 3 };
    await world.put('PLAN_STEP_EXECUTION_TABLE_NAME', meta);
    world.clock.set(minute(60));
    expect(await dispatch()).toEqual({
      ...{ claimed: false, action_intent_id: null },
      effect: 'step s1 failed: retry_limit_exceeded; plan paused',
    });
    expect(await stored()).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'retry_limit_exceeded' });
    expect(await lastOf(2)).toMatchObject([
      { event_type: 'STEP_FAILED', data: { plan_id: 'p1', step_id: 's1', reason: 'retry_limit_exceeded' } },
      { event_type: 'PLAN_PAUSED' },
    ]);
    expect(await world.rows('ACTION_INTENT_TABLE_NAME')).toHaveLength(1);
  });

  it('ends a plan that has expired meanwhile', async () => {
    await active();
    world.clock.set(EXPIRY);
    expect(await dispatch()).toEqual({ claimed: false, action_intent_id: null, effect: 'expired' });
    expect((await stored())?.plan_status).toBe('EXPIRED');
  });

  it.each(['s2', 's9'])('is refused for step %s, which is not due', async (step_id) => {
    await active();
    const output = await dispatch(world.runtime.plans, {}, step_id);
    expect(output).toMatchObject({ claimed: false, effect: expect.stringContaining(`step ${step_id}`) });
  });

  it('says so of a plan that is gone', async () => {
    expect((await dispatch()).effect).toBe('there is no such plan');
  });
});
