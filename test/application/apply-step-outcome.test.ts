import { describe, expect, it } from '@jest/globals';
import { applyStepOutcome } from '../../src/application/apply-step-outcome.ts';
import { dispatchStep } from '../../src/application/dispatch-step.ts';
import type { ActionOutcome } from '../../src/domain/execution/execution.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { INTENT, inFlight, lastEvents, storedPlan } from '../support/in-flight.ts';
import { newOutcome } from '../support/outcomes.ts';
import { tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  at,
  ben,
  fail,
  minute,
  NOTHING_IN_THE_WAY,
  start,
  type Told,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const APPROVED = [approveIntent('s1', 4)];
const PAUSE: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(5, ben)];
const ABORT: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)];
const RESUME: Told = [{ type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY }, at(8, ben)];
const FAILED: Partial<ActionOutcome> = {
  ...{ status: 'FAILED', error_code: 'CRM_REFUSED', external_object_refs: [] },
};

const apply = (more: Partial<ActionOutcome> = {}, minutes = 7) => {
  world.clock.set(minute(minutes));
  return applyStepOutcome({ clock: world.clock, plans: world.runtime.plans }, { outcome: newOutcome(more) });
};
const plan = () => storedPlan(world);

describe('applying an outcome', () => {
  it('that is a success makes the step DONE and ends the plan with the last of them', async () => {
    await inFlight(world, APPROVED);
    expect(await apply()).toEqual({
      ...{ applied: true, plan_status: 'COMPLETED', effect: 'STEP_COMPLETED, PLAN_COMPLETED' },
    });
    const last = (await world.runtime.plans.ledger('p1')).at(-1);
    expect(last).toMatchObject({
      timestamp: minute(7),
      actor: { kind: 'system', id: `execute-action ${INTENT}` },
    });
  });

  it('that is a failure leaves the step to another attempt', async () => {
    await inFlight(world, APPROVED);
    expect(await apply(FAILED)).toEqual({ applied: true, plan_status: 'ACTIVE', effect: 'STEP_FAILED' });
    expect(await plan()).toMatchObject({ steps: [{ status: 'FAILED', failure_reason: 'CRM_REFUSED' }] });
  });

  it('that is a failure without a code says at least that', async () => {
    await inFlight(world, APPROVED);
    const { error_code: _code, ...unnamed } = FAILED;
    await apply(unnamed);
    expect(await plan()).toMatchObject({ steps: [{ failure_reason: 'EXECUTION_FAILED' }] });
  });

  it('that nobody knows pauses the plan for a person', async () => {
    await inFlight(world, APPROVED);
    const output = await apply({ ...FAILED, error_code: 'OUTCOME_UNKNOWN' });
    expect(output).toEqual({ applied: true, plan_status: 'PAUSED', effect: 'STEP_FAILED, PLAN_PAUSED' });
  });

  it.each(['KILL_SWITCH_ENABLED', 'TENANT_NOT_ACTIVE'])(
    'that was stopped from outside (%s) pauses the plan for a person, for that reason',
    async (error_code) => {
      await inFlight(world, APPROVED);
      const output = await apply({ ...FAILED, error_code });
      expect(output).toEqual({ applied: true, plan_status: 'PAUSED', effect: 'STEP_FAILED, PLAN_PAUSED' });
      expect(await plan()).toMatchObject({
        pause_reason: error_code,
        steps: [{ status: 'FAILED', failure_reason: error_code, needs_person: true }],
      });
    },
  );

  it('that is the last failure of the limit fails the step for good and pauses the plan', async () => {
    const twice = [fail('s1', 5), start('s1', 10, 1), approveIntent('s1', 11, 2), fail('s1', 12, 2)];
    await inFlight(world, [...APPROVED, ...twice, start('s1', 20, 2), approveIntent('s1', 21, 3)]);
    const output = await apply({ ...FAILED, attempt: 3 }, 22);
    expect(output.plan_status).toBe('PAUSED');
    expect(await plan()).toMatchObject({ steps: [{ failure_reason: 'retry_limit_exceeded' }] });
  });

  it('again changes nothing', async () => {
    await inFlight(world, APPROVED);
    await apply();
    const before = await world.everything();
    expect(await apply()).toEqual({ applied: false, plan_status: 'COMPLETED', effect: '' });
    expect(await world.everything()).toEqual(before);
  });

  it('of an earlier attempt changes nothing', async () => {
    await inFlight(world, [...APPROVED, fail('s1', 5)]);
    const { plans, attempts, registry } = world.runtime;
    const deps = { clock: world.clock, plans, attempts, registry };
    await dispatchStep(deps, { cycle: newCycle({ as_of: minute(7) }), plan: newItem(), step_id: 's1' });
    const before = await world.everything();
    expect((await apply()).applied).toBe(false);
    expect(await world.everything()).toEqual(before);
  });
});

describe('an outcome that arrives late', () => {
  it('for a PAUSED plan is recorded, and ends the plan when it is resumed', async () => {
    const paused = await inFlight(world, [...APPROVED, PAUSE]);
    expect(await apply()).toEqual({ applied: true, plan_status: 'PAUSED', effect: 'STEP_COMPLETED' });
    expect((await plan())?.steps[0]?.status).toBe('DONE');
    expect(paused.steps[0]?.status).not.toBe('DONE');
    const resumed = await tell(world.runtime.plans, [RESUME], await plan());
    expect(resumed.plan_status).toBe('ACTIVE');
  });

  it('for a plan that has ended is recorded and changes no status', async () => {
    const ended = await inFlight(world, [...APPROVED, ABORT]);
    expect(await apply()).toEqual({ applied: true, plan_status: 'ABORTED', effect: 'STEP_OUTCOME_RECORDED' });
    expect((await plan())?.steps[0]?.status).toBe(ended.steps[0]?.status);
    expect(await lastEvents(world, 1)).toEqual(['STEP_OUTCOME_RECORDED']);
  });

  it('for a plan that has ended says that it was stopped from outside', async () => {
    await inFlight(world, [...APPROVED, ABORT]);
    await apply({ ...FAILED, error_code: 'KILL_SWITCH_ENABLED' });
    expect((await world.runtime.plans.ledger('p1')).at(-1)?.data).toMatchObject({
      ...{ outcome: 'BLOCKED', reason: 'KILL_SWITCH_ENABLED' },
    });
  });

  it('for a plan that is gone is refused', async () => {
    expect(await apply()).toEqual({ applied: false, plan_status: 'NONE', effect: 'there is no such plan' });
  });

  it('for an attempt that nobody approved is refused', async () => {
    await inFlight(world);
    const before = await world.everything();
    expect(await apply()).toMatchObject({ applied: false, plan_status: 'ACTIVE' });
    expect(await world.everything()).toEqual(before);
  });
});
