import { describe, expect, it } from '@jest/globals';
import { IntentNotFoundError } from '../../src/application/errors.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import { repairStep } from '../../src/application/repair-step.ts';
import type { Cycle } from '../../src/contracts/plan-cycle.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { execute, INTENT, inFlight, lastEvents, storedPlan } from '../support/in-flight.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  autoApprove,
  minute,
  newStep,
  publishAgain,
  requireApproval,
  type Told,
  toStatus,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const MEETING = { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })] };
const IN_A_WEEK = 3 + 7 * 24 * 60;
const PUBLISHED_TWICE: Told[] = [autoApprove('s1', 4), publishAgain('s1', 9), publishAgain('s1', 14)];

const repair = (minutes: number, plans: PlanStore = world.runtime.plans, more: Partial<Cycle> = {}) => {
  world.clock.set(minute(minutes));
  const { intents, executions, events } = world.runtime;
  const deps = { clock: world.clock, plans, intents, executions, events };
  return repairStep(deps, { cycle: newCycle(more), plan: newItem(), step_id: 's1' });
};
const plan = () => storedPlan(world);
const published = (approval_source: 'HUMAN' | 'POLICY') => ({
  ...{ ...SCOPE, action_intent_id: INTENT, approval_source, auto_executed: approval_source === 'POLICY' },
});

describe('an approval that nobody gave', () => {
  it('lapses, and the plan waits for a person', async () => {
    await inFlight(world, [requireApproval('s1', 4)], MEETING);
    expect(await repair(IN_A_WEEK)).toEqual({
      ...{ completed: false, effect: 'nobody approved in time: step s1' },
    });
    expect(await lastEvents(world, 2)).toEqual(['STEP_FAILED', 'PLAN_PAUSED']);
    expect((await world.runtime.intents.get(SCOPE, INTENT))?.status).toBe('EXPIRED');
  });

  it('does not lapse before its time', async () => {
    await inFlight(world, [requireApproval('s1', 4)], MEETING);
    const before = await plan();
    expect((await repair(IN_A_WEEK - 1)).effect).toMatch(/^not repaired: /);
    expect(await plan()).toEqual(before);
  });
});

describe('an approval of which no execution has heard', () => {
  it.each([
    ['HUMAN', approveIntent('s1', 4)],
    ['POLICY', autoApprove('s1', 4)],
  ] as const)('given by %s is published again, as what it was', async (source, told) => {
    await inFlight(world, [told]);
    expect(await repair(9)).toEqual({ completed: false, effect: 'published the approval again of step s1' });
    expect(world.published).toEqual([published(source)]);
    expect(await lastEvents(world, 1)).toEqual(['STEP_PUBLISHED_AGAIN']);
  });

  it('is not published when somebody else has just done so', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    const output = await repair(
      9,
      racingPlans(world.runtime.plans, () => repair(9)),
    );
    expect(output.effect).toMatch(/^not repaired: attempt 1 of step s1/);
    expect(world.published).toHaveLength(1);
  });

  it('is given up when it was published again twice', async () => {
    await inFlight(world, PUBLISHED_TWICE);
    expect(await repair(19)).toEqual({ completed: false, effect: 'no execution ever started: step s1' });
    expect(await plan()).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'execution_not_started' });
    expect(world.published).toEqual([]);
  });

  it('is not given up when an execution has started at the last moment', async () => {
    await inFlight(world, PUBLISHED_TWICE);
    const race = () => execute(world, 'late', minute(19), minute(90));
    const output = await repair(19, racingPlans(world.runtime.plans, race));
    expect(output).toEqual({
      ...{ completed: false, effect: 'not repaired: plan p1: another writer was first (EXECUTION)' },
    });
    expect(await plan()).toMatchObject({ plan_status: 'ACTIVE', steps: [{ status: 'AUTO_EXECUTED' }] });
  });
});

describe('an execution that has said nothing', () => {
  it('is waited for until its deadline', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await execute(world, 'one', minute(5), minute(80));
    const before = await plan();
    expect(await repair(9)).toEqual({
      ...{ completed: false, effect: `step s1 is being executed; waits until ${minute(80)}` },
    });
    expect(await plan()).toEqual(before);
    const row = await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1');
    expect(row?.due_sk).toBe(`${minute(80)}#p1`);
  });

  it('is dead at its deadline, and another may take over', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await execute(world, 'one', minute(5), minute(80));
    expect((await repair(80)).effect).toBe('published the approval again of step s1');
    expect(world.published).toEqual([published('HUMAN')]);
  });
});

describe('a repair that is not needed any more', () => {
  const NOT_IN_FLIGHT = { completed: false, effect: 'step s1 is not in flight any more' };

  it('is one of a step that is not in flight', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    expect(await repair(9)).toEqual(NOT_IN_FLIGHT);
  });

  it('is one of a plan that is gone', async () => {
    expect(await repair(9)).toEqual(NOT_IN_FLIGHT);
  });

  it('judges by the instant that the cycle was asked for', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    expect((await repair(0, world.runtime.plans, { as_of: minute(9) })).effect).toMatch(/^published/);
  });

  it('fails by name when the intent is gone', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await world.remove('ACTION_INTENT_TABLE_NAME', SCOPE_PK, `ACTION_INTENT#${INTENT}`);
    await expect(repair(9)).rejects.toThrow(IntentNotFoundError);
  });
});
