import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import { nextMove, stepThatNeedsAPerson } from '../../../src/domain/plan/next-move.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import {
  at,
  autoApprove,
  ben,
  cancelUnstarted,
  expireApproval,
  fail,
  inShort,
  loseTrack,
  MEETING_FIRST,
  minute,
  NOTHING_IN_THE_WAY,
  planIn,
  requireApproval,
  start,
  stepOf,
  succeed,
  type Told,
  then,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const failedAt = (attempt: number, minutes: number): Told[] => [
  start('s1', minutes, attempt - 1),
  autoApprove('s1', minutes, attempt),
  fail('s1', minutes, attempt),
];
const active = planIn('ACTIVE', { steps: MEETING_FIRST });
const running = then(active, start('s1', 10), autoApprove('s1', 10));
const exhausted = then(active, ...failedAt(1, 10), ...failedAt(2, 20), ...failedAt(3, 30));
const lost = then(running, loseTrack('s1', 11));
const blocked = then(running, [
  {
    ...{ type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1 },
    outcome: { result: 'BLOCKED', reason: 'KILL_SWITCH_ENABLED' },
  },
  at(11),
]);

const grant = (minutes: number): Told => [
  { type: 'GRANT_ATTEMPT', step_id: 's1', reason: 'the CRM is back' },
  at(minutes, ben),
];
const skip = (minutes: number): Told => [
  { type: 'SKIP_STEP', step_id: 's1', reason: 'moot' },
  at(minutes, ben),
];
const resume = (minutes: number): Told => [
  { type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY },
  at(minutes, ben),
];

describe.each<[string, Plan, string]>([
  ['used up its attempts', exhausted, 'retry_limit_exceeded'],
  ['has an unknown outcome', lost, 'OUTCOME_UNKNOWN'],
  ['was stopped from outside', blocked, 'KILL_SWITCH_ENABLED'],
])('a step that %s', (_what, paused, reason) => {
  it('is FAILED and needs a person, and pauses its plan', () => {
    expect(paused).toMatchObject({ plan_status: 'PAUSED', pause_reason: reason });
    expect(stepThatNeedsAPerson(paused)).toEqual(stepOf(paused, 's1'));
    expect(stepOf(paused, 's1')).toMatchObject({
      status: 'FAILED',
      failure_reason: reason,
      needs_person: true,
    });
  });

  it('keeps the plan from being resumed, which says what has to be done first', () => {
    const [command, context] = resume(60);
    expect(decide(paused, command, context)).toEqual({
      ok: false,
      code: 'NEEDS_A_PERSON',
      message: `step s1 is FAILED (${reason}): grant an attempt or skip it first`,
      events: [],
    });
  });

  it('is never started by the orchestrator, even were its plan ACTIVE', () => {
    const resumed: Plan = { ...paused, plan_status: 'ACTIVE' };
    expect(nextMove(resumed, minute(60))).toEqual({ kind: 'WAIT', until: active.expires_at });
    expect(inShort(decide(resumed, start('s1', 60, 1)[0], at(60)))).toBe('STEP_NOT_DUE');
  });

  it('makes another attempt, at once, when a person grants it', () => {
    const granted = then(paused, grant(60));
    expect(stepThatNeedsAPerson(granted)).toBeUndefined();
    expect(stepOf(granted, 's1')).toMatchObject({ granted_attempts: 1, failure_reason: 'attempt_granted' });
    expect(nextMove(then(granted, resume(61)), minute(61))).toMatchObject({
      kind: 'DISPATCH',
      step: { step_id: 's1' },
    });
  });

  it('may be skipped instead, and the plan goes on', () => {
    const skipped = then(paused, skip(60));
    expect(stepThatNeedsAPerson(skipped)).toBeUndefined();
    expect(nextMove(then(skipped, resume(61)), minute(61))).toMatchObject({
      kind: 'DISPATCH',
      step: { step_id: 's2' },
    });
  });
});

describe('what a person grants', () => {
  it('is one attempt, and no second one', () => {
    const again = then(exhausted, grant(60), resume(61), ...failedAt(4, 62));
    expect(again).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'retry_limit_exceeded' });
    expect(stepThatNeedsAPerson(again)?.step_id).toBe('s1');
  });

  it('adds up', () => {
    expect(stepOf(then(exhausted, grant(60), grant(61)), 's1').granted_attempts).toBe(2);
  });

  it('ends the need for a person for good once the attempt succeeds', () => {
    const again = then(lost, grant(60), resume(61), start('s1', 62, 1), autoApprove('s1', 63, 2));
    const done = stepOf(then(again, succeed('s1', 64, 2)), 's1');
    expect(done).toMatchObject({ status: 'DONE', last_attempt: 2 });
    expect(done).not.toHaveProperty('needs_person');
  });
});

describe('a step whose outcome is lost while its plan is paused', () => {
  it('keeps the plan from being resumed', () => {
    const paused = then(running, [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(11, ben)]);
    const [command, context] = resume(60);
    expect(inShort(decide(then(paused, loseTrack('s1', 12)), command, context))).toBe('NEEDS_A_PERSON');
  });
});

describe('a step that needs no person', () => {
  const waiting = then(active, start('s1', 10), requireApproval('s1', 10));

  it.each<[string, Plan, Told]>([
    ['a rejection', waiting, [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(11, ben)]],
    ['an approval that nobody gave', waiting, expireApproval('s1', 10 + WEEK_MINUTES)],
    ['an execution that never started', running, cancelUnstarted('s1', 20)],
  ])('is one that failed by %s: resuming the plan makes a new attempt', (_by, plan, told) => {
    const paused = then(plan, told);
    expect(paused.plan_status).toBe('PAUSED');
    expect(stepThatNeedsAPerson(paused)).toBeUndefined();
    const later = 11 + WEEK_MINUTES;
    expect(nextMove(then(paused, resume(later)), minute(later))).toMatchObject({
      kind: 'DISPATCH',
      step: { step_id: 's1' },
    });
  });
});
