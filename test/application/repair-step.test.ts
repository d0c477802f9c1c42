import { describe, expect, it } from '@jest/globals';
import { IntentNotFoundError, TransientError } from '../../src/application/errors.ts';
import { type RepairStepDeps, repairStep } from '../../src/application/repair-step.ts';
import type { Cycle } from '../../src/contracts/plan-cycle.ts';
import type { ApprovalEscalation } from '../../src/domain/plan/escalation.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { execute, INTENT, inFlight, lastEvents, storedPlan } from '../support/in-flight.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  autoApprove,
  editIntent,
  escalationMinute,
  minute,
  newStep,
  publishAgain,
  requireApproval,
  type Told,
  toStatus,
  WEEK_MINUTES,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const MEETING = { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })] };
const IN_A_WEEK = 3 + WEEK_MINUTES;
/** When three quarters of the week are over. */
const NEARLY = escalationMinute(3, IN_A_WEEK);
const NO_ANSWER = new TransientError('the bus is full');
const PUBLISHED_TWICE: Told[] = [autoApprove('s1', 4), publishAgain('s1', 9), publishAgain('s1', 14)];

const repair = (minutes: number, deps: Partial<RepairStepDeps> = {}, more: Partial<Cycle> = {}) => {
  world.clock.set(minute(minutes));
  const { plans, intents, executions, events } = world.runtime;
  const real = { clock: world.clock, plans, intents, executions, events };
  return repairStep({ ...real, ...deps }, { cycle: newCycle(more), plan: newItem(), step_id: 's1' });
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

  it('is escalated in the last quarter of its time, once, and does not lapse before its time', async () => {
    await inFlight(world, [requireApproval('s1', 4)], MEETING);
    const before = await plan();
    expect((await repair(NEARLY - 1)).effect).toMatch(/is not overdue before/);
    expect([await plan(), world.escalations]).toEqual([before, []]);
    expect((await repair(NEARLY)).effect).toBe('escalated: nobody has approved step s1');
    expect((await repair(IN_A_WEEK - 1)).effect).toMatch(/is not overdue before/);
    expect(await lastEvents(world, 2)).toEqual(['STEP_APPROVAL_REQUIRED', 'STEP_APPROVAL_ESCALATED']);
    expect(world.escalations).toEqual([
      {
        escalation_id: `escalation-${INTENT}-a1`,
        ...{ ...SCOPE, plan_id: 'p1', step_id: 's1', attempt: 1, action_intent_id: INTENT },
        ...{ action_type: 'REQUEST_RENEWAL_MEETING', risk: 'HIGH', reason: 'TENANT_POLICY' },
        ...{ since: minute(3), deadline: minute(IN_A_WEEK) },
      },
    ]);
    const row = await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1');
    expect(row?.due_sk).toBe(`${minute(IN_A_WEEK)}#p1`);
  });

  it('is not written down as escalated before the bus was told, and told again under the same id', async () => {
    const waiting = await inFlight(world, [requireApproval('s1', 4)], MEETING);
    const bus = world.runtime.events.publishApprovalEscalated;
    const events = { ...world.runtime.events, publishApprovalEscalated: () => Promise.reject(NO_ANSWER) };
    await expect(repair(NEARLY, { events })).rejects.toThrow(NO_ANSWER);
    expect((await plan())?.version).toBe(waiting.version);
    const lost = async (escalation: ApprovalEscalation) => {
      await bus(escalation);
      throw NO_ANSWER;
    };
    const mute = { ...world.runtime.events, publishApprovalEscalated: lost };
    await expect(repair(NEARLY, { events: mute })).rejects.toThrow(NO_ANSWER);
    await tell(world.runtime.plans, [editIntent(waiting, 's1', NEARLY)], waiting);
    await repair(NEARLY);
    const [first, second, ...more] = world.escalations;
    expect([second?.escalation_id, more]).toEqual([first?.escalation_id, []]);
    expect(second?.action_intent_id).not.toBe(first?.action_intent_id);
  });

  it('is not escalated in the ledger when somebody approves it meanwhile', async () => {
    await inFlight(world, [requireApproval('s1', 4)], MEETING);
    const approve = async () => {
      const known = await plan();
      if (known) await tell(world.runtime.plans, [approveIntent('s1', NEARLY)], known);
    };
    const plans = racingPlans(world.runtime.plans, approve);
    expect((await repair(NEARLY, { plans })).effect).toMatch(/^not repaired: .* is not waiting/);
    expect(await lastEvents(world, 1)).toEqual(['STEP_APPROVED']);
  });
});

describe('an attempt on which the gate has not decided', () => {
  it('is left to the gate, and nobody is told of it', async () => {
    const before = await inFlight(world, [], MEETING);
    expect((await repair(NEARLY)).effect).toBe('step s1 waits for the autonomy gate');
    expect([await plan(), world.escalations]).toEqual([before, []]);
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
    const plans = racingPlans(world.runtime.plans, () => repair(9));
    const output = await repair(9, { plans });
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
    const output = await repair(19, { plans: racingPlans(world.runtime.plans, race) });
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
    expect(await repair(9)).toEqual({
      ...{ completed: false, effect: `step s1 is being executed; waits until ${minute(80)}` },
    });
    expect(await lastEvents(world, 2)).toEqual(['STEP_APPROVED', 'STEP_CHECK_POSTPONED']);
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
    expect((await repair(0, {}, { as_of: minute(9) })).effect).toMatch(/^published/);
  });

  it('fails by name when the intent is gone', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await world.remove('ACTION_INTENT_TABLE_NAME', SCOPE_PK, `ACTION_INTENT#${INTENT}`);
    await expect(repair(9)).rejects.toThrow(IntentNotFoundError);
  });
});
