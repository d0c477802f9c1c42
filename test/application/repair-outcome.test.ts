import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../src/application/errors.ts';
import { type RepairStepDeps, repairStep } from '../../src/application/repair-step.ts';
import { outcomeEntry } from '../../src/domain/execution/execution-ledger.ts';
import { type ExecutionSignal, signalOf } from '../../src/domain/execution/signal.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { fake } from '../support/fakes/fake.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { execute, INTENT, inFlight, lastEvents, storedPlan } from '../support/in-flight.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  minute,
  publishAgain,
  type Told,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const REFUSED = newOutcome({ status: 'FAILED', error_code: 'CRM_REFUSED', external_object_refs: [] });
const PUBLISHED_TWICE: Told[] = [publishAgain('s1', 9), publishAgain('s1', 14)];
const ABORT: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(15, ben)];
const NO_BUS = fake<RepairStepDeps['events']>('EventPublisher', {
  publishSignal: () => Promise.reject(new TransientError('the bus is full')),
});

const repair = (minutes: number, more: Partial<RepairStepDeps> = {}) => {
  world.clock.set(minute(minutes));
  const { plans, intents, executions, events } = world.runtime;
  const deps = { clock: world.clock, plans, intents, executions, events, ...more };
  return repairStep(deps, { cycle: newCycle(), plan: newItem(), step_id: 's1' });
};
const plan = () => storedPlan(world);
const stored = () => world.runtime.executions.outcome(SCOPE, INTENT);

/** An execution that has recorded how it ended, and told nobody. */
const ended = async (outcome = newOutcome()) => {
  await inFlight(world, [approveIntent('s1', 4)]);
  await execute(world, 'one', minute(5), minute(80));
  await world.runtime.executions.finishOnce(outcome);
};

/** The last of the executions that could be tried, of which nothing was heard. */
const unheard = async (approved: Told = approveIntent('s1', 4)) => {
  const live = await inFlight(world, [approved, ...PUBLISHED_TWICE]);
  await execute(world, 'one', minute(15), minute(80));
  return live;
};

describe('an outcome that never arrived at its plan', () => {
  it('is applied, and completes the plan if it was the last', async () => {
    await ended();
    expect(await repair(9)).toEqual({ completed: true, effect: 'applied the outcome of step s1' });
    expect(await plan()).toMatchObject({ plan_status: 'COMPLETED', steps: [{ status: 'DONE' }] });
    expect(world.signals).toEqual([signalOf(newOutcome())]);
  });

  it('is applied when it is a failure, too', async () => {
    await ended(REFUSED);
    expect(await repair(9)).toEqual({ completed: false, effect: 'applied the outcome of step s1' });
    expect(await plan()).toMatchObject({ steps: [{ status: 'FAILED', failure_reason: 'CRM_REFUSED' }] });
    expect(world.signals).toEqual([signalOf(REFUSED)]);
  });

  it('is told to the bus before the plan', async () => {
    await ended();
    const toldBefore: ExecutionSignal[] = [];
    const race = async () => void toldBefore.push(...world.signals);
    await repair(9, { plans: racingPlans(world.runtime.plans, race) });
    expect(toldBefore).toEqual([signalOf(newOutcome())]);
  });

  it('is not told to the plan while the bus does not take it, and to both later', async () => {
    await ended();
    const before = await world.everything();
    await expect(repair(9, { events: NO_BUS })).rejects.toThrow(TransientError);
    expect(await world.everything()).toEqual(before);
    expect(await repair(10)).toMatchObject({ completed: true });
    expect(world.signals).toHaveLength(1);
  });
});

describe('an execution of which nothing was ever heard', () => {
  it.each([
    ['HUMAN', approveIntent('s1', 4), false],
    ['POLICY', autoApprove('s1', 4), true],
  ] as const)(
    'leaves an unknown outcome in the end (approved by %s)',
    async (source, told, auto_executed) => {
      await unheard(told);
      expect(await repair(80)).toEqual({
        completed: false,
        effect: 'recorded an unknown outcome of step s1',
      });
      expect(await stored()).toMatchObject({
        ...{ status: 'FAILED', error_code: 'OUTCOME_UNKNOWN', approval_source: source, auto_executed },
        ...{ attempt_count: 1, started_at: minute(15), completed_at: minute(80) },
      });
      expect((await world.runtime.executions.get(SCOPE, INTENT))?.status).toBe('FAILED');
      expect(await plan()).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'OUTCOME_UNKNOWN' });
    },
  );

  it('leaves it in the ledger and among the signals, and on the bus', async () => {
    await unheard();
    await repair(80);
    const outcome = await stored();
    if (!outcome) throw new Error('no outcome');
    expect(await world.rows('LEDGER_TABLE_NAME')).toEqual([expect.objectContaining(outcomeEntry(outcome))]);
    expect(await world.rows('SIGNALS_TABLE_NAME')).toEqual([signalOf(outcome)]);
    expect(world.signals).toEqual([signalOf(outcome)]);
  });

  it('leaves it recorded while the bus does not take it, and the plan hears of it later', async () => {
    await unheard();
    await expect(repair(80, { events: NO_BUS })).rejects.toThrow(TransientError);
    expect(await stored()).toMatchObject({ error_code: 'OUTCOME_UNKNOWN', completed_at: minute(80) });
    expect((await plan())?.plan_status).toBe('ACTIVE');
    expect(await repair(81)).toEqual({ completed: false, effect: 'applied the outcome of step s1' });
    expect(await plan()).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'OUTCOME_UNKNOWN' });
    expect(world.signals).toMatchObject([{ timestamp: minute(80) }]);
  });

  it('leaves its own outcome when that arrives at the last moment', async () => {
    await unheard();
    const { executions } = world.runtime;
    const finishOnce: typeof executions.finishOnce = async (outcome) => {
      await executions.finishOnce(newOutcome());
      return executions.finishOnce(outcome);
    };
    expect(await repair(80, { executions: { ...executions, finishOnce } })).toMatchObject({
      completed: true,
    });
    expect(await stored()).toEqual(newOutcome());
    expect(world.signals).toEqual([signalOf(newOutcome())]);
    expect((await plan())?.plan_status).toBe('COMPLETED');
  });

  it('leaves a plan that was aborted meanwhile as it is', async () => {
    const live = await unheard();
    const race = () => tell(world.runtime.plans, [ABORT], live);
    expect(await repair(80, { plans: racingPlans(world.runtime.plans, race) })).toMatchObject({
      completed: false,
    });
    expect(await stored()).toMatchObject({ error_code: 'OUTCOME_UNKNOWN' });
    expect((await plan())?.plan_status).toBe('ABORTED');
    expect(await lastEvents(world, 1)).toEqual(['STEP_OUTCOME_RECORDED']);
  });
});

describe('a plan that ended while its action was under way', () => {
  const row = () => world.row('PLAN_STEP_EXECUTION_TABLE_NAME', 'PLAN#p1', 'STEP#s1#ATTEMPT#1');
  const dueSk = async () => (await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1'))?.due_sk;
  const endPlan = async () => {
    const live = await plan();
    if (!live) throw new Error('no plan');
    await tell(world.runtime.plans, [ABORT], live);
  };

  it('learns of an outcome that was told to nobody, and is not due any more', async () => {
    await ended();
    await endPlan();
    expect(await dueSk()).toBe(`${minute(9)}#p1`);
    expect(await repair(9)).toEqual({ completed: false, effect: 'applied the outcome of step s1' });
    expect(await lastEvents(world, 2)).toEqual(['PLAN_ABORTED', 'STEP_OUTCOME_RECORDED']);
    expect(world.signals).toEqual([signalOf(newOutcome())]);
    expect(await row()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await dueSk()).toBeUndefined();
  });

  it('waits for the execution until its deadline, and does not start another afterwards', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await execute(world, 'one', minute(5), minute(80));
    await endPlan();
    expect((await repair(9)).effect).toMatch(/is being executed/);
    expect(await dueSk()).toBe(`${minute(80)}#p1`);
    expect((await repair(80)).effect).toBe('recorded an unknown outcome of step s1');
    expect(world.published).toEqual([]);
    expect(world.signals).toMatchObject([{ timestamp: minute(80) }]);
    expect(await plan()).toMatchObject({ plan_status: 'ABORTED' });
    expect(await dueSk()).toBeUndefined();
  });

  it('closes the attempt that no execution ever took', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await endPlan();
    expect((await repair(9)).effect).toBe('no execution ever started: step s1');
    expect(world.published).toEqual([]);
    expect(await row()).toMatchObject({ status: 'SKIPPED' });
    expect((await world.runtime.intents.get(SCOPE, INTENT))?.status).toBe('CANCELLED');
    expect(await dueSk()).toBeUndefined();
  });

  it('does not close it when an execution has taken it at the last moment', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await endPlan();
    const race = () => execute(world, 'late', minute(9), minute(90));
    const output = await repair(9, { plans: racingPlans(world.runtime.plans, race) });
    expect(output.effect).toBe('not repaired: plan p1: another writer was first (EXECUTION)');
    expect(await lastEvents(world, 1)).toEqual(['PLAN_ABORTED']);
  });
});
