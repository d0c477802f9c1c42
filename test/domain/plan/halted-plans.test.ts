import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  cancelUnstarted,
  editIntent,
  expireApproval,
  fail,
  inShort,
  loseTrack,
  MEETING_FIRST,
  MINUTES_TO_EXPIRY,
  NOTHING_IN_THE_WAY,
  planIn,
  publishAgain,
  requireApproval,
  start,
  stepOf,
  succeed,
  type Told,
  then,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const LAPSE = 3 + WEEK_MINUTES;
const grant: Told = [{ type: 'GRANT_ATTEMPT', step_id: 's1', reason: 'once more' }, at(60, ben)];
const skip: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' }, at(60, ben)];
const reject: Told = [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(60, ben)];
const skipped: Told = [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'SKIPPED', reason: 'moot' } },
  at(60),
];
const blocked: Told = [
  {
    ...{ type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1 },
    outcome: { result: 'BLOCKED', reason: 'KILL_SWITCH_ENABLED' },
  },
  at(60),
];
const pause: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(10, ben)];
const abort: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(10, ben)];
const complete: Told = [{ type: 'EVALUATE_PLAN', signals: ['RENEWAL_SECURED'] }, at(10)];
const expire: Told = [{ type: 'EVALUATE_PLAN' }, at(MINUTES_TO_EXPIRY)];

const pending = planIn('ACTIVE', { steps: MEETING_FIRST });
const dispatched = then(pending, start('s1', 3));
const waiting = then(dispatched, requireApproval('s1', 4));
const running = then(dispatched, autoApprove('s1', 4));
const failed = then(running, fail('s1', 5));

describe('a step of a paused plan', () => {
  it.each<[string, Plan, Told, string]>([
    ['is not started', pending, start('s1', 60), 'STEP_NOT_DUE'],
    ['is not approved by policy', dispatched, autoApprove('s1', 60), 'INVALID_TRANSITION'],
    ['is not approved by a person', waiting, approveIntent('s1', 60), 'INVALID_TRANSITION'],
    ['keeps its approval from lapsing', waiting, expireApproval('s1', LAPSE), 'INVALID_TRANSITION'],
    ['is not published again', running, publishAgain('s1', 60), 'INVALID_TRANSITION'],
    ['is not given up', running, cancelUnstarted('s1', 60), 'INVALID_TRANSITION'],
    ['is not edited', waiting, editIntent(waiting, 's1', 60), 'INVALID_TRANSITION'],
    ['may be handed to a person', dispatched, requireApproval('s1', 60), 'STEP_APPROVAL_REQUIRED'],
    ['may be rejected', waiting, reject, 'STEP_FAILED'],
    ['may be skipped', waiting, skip, 'STEP_SKIPPED'],
    ['may be granted an attempt', failed, grant, 'STEP_ATTEMPT_GRANTED'],
    ['takes its success', running, succeed('s1', 60), 'STEP_COMPLETED'],
    ['takes its failure', running, fail('s1', 60), 'STEP_FAILED'],
    ['takes an unknown outcome', running, loseTrack('s1', 60), 'STEP_FAILED'],
    ['takes that it was stopped from outside', running, blocked, 'STEP_FAILED'],
    ['takes no outcome that nobody approved', waiting, succeed('s1', 60), 'NOT_APPROVED'],
  ])('%s', (_name, plan, [command, context], expected) => {
    expect(inShort(decide(then(plan, pause), command, context))).toBe(expected);
  });

  it('leaves the plan PAUSED, even when it was the last; the plan is completed once it is resumed', () => {
    const last = then(running, succeed('s1', 5), start('s2', 6), autoApprove('s2', 7), pause);
    const recorded = then(last, succeed('s2', 58));
    expect(recorded.plan_status).toBe('PAUSED');
    expect(inShort(decide(recorded, { type: 'EVALUATE_PLAN' }, at(58)))).toBe('nothing');
    const resumed = then(recorded, [{ type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY }, at(59, ben)]);
    expect(inShort(decide(resumed, { type: 'EVALUATE_PLAN' }, at(60)))).toBe('PLAN_COMPLETED');
  });
});

describe.each<[string, Told]>([
  ['ABORTED', abort],
  ['COMPLETED', complete],
  ['EXPIRED', expire],
])('a step of a plan that is %s', (status, end) => {
  it.each([succeed('s1', 60), fail('s1', 60), loseTrack('s1', 60), blocked, skipped])(
    'has its outcome recorded once: %j',
    (command, context) => {
      const ended = then(running, end);
      expect(inShort(decide(ended, command, context))).toBe('STEP_OUTCOME_RECORDED');
      const recorded = then(ended, [command, context]);
      expect(recorded.plan_status).toBe(status);
      expect(stepOf(recorded, 's1').status).toBe('AUTO_EXECUTED');
      expect(inShort(decide(recorded, command, context))).toBe('nothing');
    },
  );

  it('of which no execution ever heard is recorded as skipped, and not before its time', () => {
    const ended = then(running, end);
    expect(inShort(decide(ended, ...cancelUnstarted('s1', 8)))).toBe('STEP_NOT_DUE');
    const recorded = then(ended, cancelUnstarted('s1', 60));
    expect(recorded).toMatchObject({ plan_status: status, version: ended.version + 1 });
    expect(stepOf(recorded, 's1').in_flight).toBeUndefined();
    expect(inShort(decide(recorded, ...cancelUnstarted('s1', 61)))).toBe('STEP_NOT_DUE');
  });

  it('that nobody approved is not recorded as skipped', () => {
    expect(inShort(decide(then(waiting, end), ...cancelUnstarted('s1', LAPSE)))).toBe('STEP_NOT_DUE');
  });

  it('has no outcome recorded that nobody approved', () => {
    const [command, context] = succeed('s1', 60);
    expect(inShort(decide(then(waiting, end), command, context))).toBe('NOT_APPROVED');
  });

  it.each<[string, Plan, Told]>([
    ['handed to a person', dispatched, requireApproval('s1', 60)],
    ['approved by policy', dispatched, autoApprove('s1', 60)],
    ['approved by a person', waiting, approveIntent('s1', 60)],
    ['edited', waiting, editIntent(waiting, 's1', 60)],
    ['rejected', waiting, reject],
    ['lapsed', waiting, expireApproval('s1', LAPSE)],
    ['published again', running, publishAgain('s1', 60)],
    ['skipped', waiting, skip],
    ['granted an attempt', failed, grant],
  ])('is not %s any more', (_what, plan, [command, context]) => {
    expect(inShort(decide(then(plan, end), command, context))).toBe('INVALID_TRANSITION');
  });
});
