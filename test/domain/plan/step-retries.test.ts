import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import { attemptLimit } from '../../../src/domain/plan/decide-step.ts';
import { nextMove } from '../../../src/domain/plan/next-move.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import {
  at,
  autoApprove,
  ben,
  EXPIRY,
  fail,
  inShort,
  MINUTES_TO_EXPIRY,
  minute,
  NOTHING_IN_THE_WAY,
  planIn,
  start,
  stepOf,
  succeed,
  type Told,
  then,
} from '../../support/plan-fixtures.ts';

const attemptAt = (attempt: number, minutes: number): Told[] => [
  start('s1', minutes, attempt - 1),
  autoApprove('s1', minutes, attempt),
];
const failedAt = (attempt: number, minutes: number): Told[] => [
  ...attemptAt(attempt, minutes),
  fail('s1', minutes, attempt),
];
const active = planIn('ACTIVE');
const failedOnce = then(active, ...failedAt(1, 10));
const failedTwice = then(failedOnce, ...failedAt(2, 20));
const exhausted = then(failedTwice, ...failedAt(3, 30));

const resume = (minutes: number): Told => [
  { type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY },
  at(minutes, ben),
];
const DAY = 24 * 60;

const pause = (minutes: number): Told => [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(minutes, ben)];

describe('a step that failed', () => {
  it('waits a minute after the first failure and two after the second', () => {
    expect(stepOf(failedOnce, 's1').retry_at).toBe(minute(11));
    expect(stepOf(failedTwice, 's1').retry_at).toBe(minute(22));
  });

  it('is not started before its wait is over', () => {
    const [command] = start('s1', 0, 1);
    const wait = { now: '2026-01-05T09:10:59.999Z', actor: at(0).actor };
    expect(inShort(decide(failedOnce, command, wait))).toBe('STEP_NOT_DUE');
    expect(inShort(decide(failedOnce, command, at(11)))).toBe('STEP_STARTED');
  });

  it('continues as a new attempt with a number of its own and nothing of the failure left', () => {
    const retried = stepOf(then(failedOnce, ...attemptAt(2, 11)), 's1');
    expect(retried).toMatchObject({ status: 'AUTO_EXECUTED', last_attempt: 2, in_flight: { attempt: 2 } });
    expect(retried).not.toHaveProperty('retry_at');
    expect(retried).not.toHaveProperty('failure_reason');
  });

  it('is done for good once an attempt succeeds', () => {
    const done = stepOf(then(failedOnce, ...attemptAt(2, 11), succeed('s1', 12, 2)), 's1');
    expect(done).toMatchObject({ status: 'DONE', last_attempt: 2 });
    expect(done).not.toHaveProperty('in_flight');
  });

  it('keeps the steps that depend on it waiting', () => {
    expect(nextMove(failedOnce, minute(10))).toEqual({ kind: 'WAIT', until: minute(11) });
  });

  it.each([
    ...['retry_limit_exceeded', 'OUTCOME_UNKNOWN', 'approval_expired', 'approval_rejected'],
    ...['execution_not_started', 'attempt_granted', ''],
  ])('is retried, even when a tool gives its error the name %j', (reason) => {
    const failed = then(active, ...attemptAt(1, 10), fail('s1', 11, 1, reason));
    expect(failed.plan_status).toBe('ACTIVE');
    expect(stepOf(failed, 's1')).not.toHaveProperty('needs_person');
    expect(nextMove(failed, minute(60))).toMatchObject({ kind: 'DISPATCH', step: { step_id: 's1' } });
  });

  it('makes no attempt a second time, even when the count of attempts is stale', () => {
    const decision = decide(failedOnce, start('s1', 60, 0)[0], at(60));
    expect(decision.events).toMatchObject([{ event_type: 'STEP_STARTED', data: { attempt: 2 } }]);
  });

  it.each([
    ['doubles its wait with every attempt', 4, 8],
    ['waits for almost a day after its eleventh attempt', 11, 1024],
    ['waits for a day at most', 12, DAY],
    ['waits for a day at most, however many attempts were granted', 1100, DAY],
  ])('%s', (_what, attempt, wait) => {
    const many: Plan = {
      ...active,
      steps: active.steps.map((step) => ({ ...step, granted_attempts: 2000 })),
    };
    const failed = then(many, ...failedAt(attempt, 10));
    expect(stepOf(failed, 's1').retry_at).toBe(minute(10 + wait));
  });
});

describe('the retry limit', () => {
  it('fails the step with retry_limit_exceeded after its third attempt and pauses the plan', () => {
    const decision = decide(then(failedTwice, ...attemptAt(3, 30)), fail('s1', 31, 3)[0], at(31));
    expect(decision.events.map(({ event_type, data }) => ({ event_type, ...data }))).toMatchObject([
      { event_type: 'STEP_FAILED', reason: 'CRM_REFUSED', attempt: 3 },
      { event_type: 'STEP_FAILED', reason: 'retry_limit_exceeded' },
      { event_type: 'PLAN_PAUSED', reason: 'retry_limit_exceeded', step_id: 's1' },
    ]);
    expect(exhausted).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'retry_limit_exceeded' });
    expect(stepOf(exhausted, 's1')).toMatchObject({
      status: 'FAILED',
      failure_reason: 'retry_limit_exceeded',
      needs_person: true,
    });
    expect(stepOf(exhausted, 's1')).not.toHaveProperty('retry_at');
  });

  it.each([3, 4])('starts no step that has made %i attempts, fails it and pauses the plan', (attempts) => {
    const decision = decide(active, start('s1', 60, attempts)[0], at(60));
    expect(inShort(decision)).toBe('STEP_FAILED PLAN_PAUSED');
    expect(decision.events[0]?.data).toEqual({
      plan_id: 'p1',
      step_id: 's1',
      reason: 'retry_limit_exceeded',
      needs_person: true,
    });
  });

  it('starts a step that has made two', () => {
    expect(inShort(decide(active, start('s1', 60, 2)[0], at(60)))).toBe('STEP_STARTED');
  });

  it('holds for the attempts that the plan knows of, even when the count of attempts is stale', () => {
    const resumed = then(failedTwice, ...attemptAt(3, 30), pause(31), fail('s1', 32, 3), resume(40));
    expect(inShort(decide(resumed, start('s1', 60, 0)[0], at(60)))).toBe('STEP_FAILED PLAN_PAUSED');
  });

  it('is acted on at resume when the last attempt fails while the plan is paused', () => {
    const resumed = then(failedTwice, ...attemptAt(3, 30), pause(31), fail('s1', 32, 3), resume(40));
    expect(resumed.plan_status).toBe('ACTIVE');
    expect(inShort(decide(resumed, start('s1', 60, 3)[0], at(60)))).toBe('STEP_FAILED PLAN_PAUSED');
  });

  it('counts one attempt for a plan type that does not exist any more', () => {
    expect(attemptLimit({ plan_type: 'GROWTH' }, {})).toBe(1);
    expect(attemptLimit({ plan_type: 'RENEWAL_DEFENSE' }, {})).toBe(3);
    expect(attemptLimit({ plan_type: 'RENEWAL_DEFENSE' }, { granted_attempts: 2 })).toBe(5);
  });

  it('pauses a plan of a type that does not exist any more at the first failure, without a wait', () => {
    const orphan: Plan = { ...then(active, ...attemptAt(1, 10)), plan_type: 'GROWTH' };
    const decision = decide(orphan, fail('s1', 11)[0], at(11));
    expect(inShort(decision)).toBe('STEP_FAILED STEP_FAILED PLAN_PAUSED');
    expect(decision.events[0]?.data).toMatchObject({ retry_at: minute(11) });
  });
});

describe('an outcome that arrives at the expiry of the plan', () => {
  const running = then(active, ...attemptAt(1, 10));

  it.each([
    ['a failure', fail('s1', MINUTES_TO_EXPIRY), 'STEP_FAILED PLAN_EXPIRED'],
    ['a success', succeed('s1', MINUTES_TO_EXPIRY), 'STEP_COMPLETED PLAN_EXPIRED'],
  ])('is recorded before the plan expires: %s', (_name, [command, context], expected) => {
    expect(inShort(decide(running, command, context))).toBe(expected);
    expect(then(running, [command, context])).toMatchObject({ plan_status: 'EXPIRED', expired_at: EXPIRY });
  });

  it('uses up no attempts any more: the last failure expires the plan and does not pause it', () => {
    const last = then(failedTwice, ...attemptAt(3, 30));
    const [command, context] = fail('s1', MINUTES_TO_EXPIRY, 3);
    expect(inShort(decide(last, command, context))).toBe('STEP_FAILED PLAN_EXPIRED');
  });
});

describe('the last step', () => {
  const first = then(active, ...attemptAt(1, 10), succeed('s1', 11));
  const last = then(first, start('s2', 12), autoApprove('s2', 13));

  it('completes the plan in the decision that ends it', () => {
    expect(inShort(decide(last, succeed('s2', 14)[0], at(14)))).toBe('STEP_COMPLETED PLAN_COMPLETED');
    expect(then(last, succeed('s2', 14))).toMatchObject({
      plan_status: 'COMPLETED',
      completion_reason: 'all_steps_done',
      completed_at: minute(14),
    });
  });

  it('completes the plan by being skipped, too', () => {
    const decision = decide(first, { type: 'SKIP_STEP', step_id: 's2', reason: 'moot' }, at(14, ben));
    expect(inShort(decision)).toBe('STEP_SKIPPED PLAN_COMPLETED');
  });
});
