import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import { dueAt, nextMove } from '../../../src/domain/plan/next-move.ts';
import {
  ana,
  approveIntent,
  at,
  autoApprove,
  ben,
  blockApproval,
  cancelUnstarted,
  EXPIRY,
  editIntent,
  escalateApproval,
  expireApproval,
  inShort,
  MEETING_FIRST,
  MINUTES_TO_EXPIRY,
  minute,
  planIn,
  publishAgain,
  requireApproval,
  start,
  stepOf,
  succeed,
  then,
} from '../../support/plan-fixtures.ts';

const DAY = 24 * 60;
const dispatched = then(planIn('ACTIVE'), start('s1', 3));
const waiting = then(dispatched, requireApproval('s1', 4));
const meeting = planIn('ACTIVE', { steps: MEETING_FIRST });
const waitingForMeeting = then(meeting, start('s1', 3), requireApproval('s1', 60));
const flight = (plan: typeof waiting) => stepOf(plan, 's1').in_flight;

describe('an attempt in flight', () => {
  it('is looked after two minutes after its dispatch', () => {
    expect(flight(dispatched)).toMatchObject({ attempt: 1, since: minute(3), check_at: minute(5) });
  });

  it('waits for a person, and is escalated once when three quarters of its time are over', () => {
    const [nearly, lapse] = [minute(3 + 5.25 * DAY), minute(3 + 7 * DAY)];
    expect(flight(waitingForMeeting)).toMatchObject({
      approval: { result: 'REQUIRED', reason: 'TENANT_POLICY' },
      check_at: nearly,
    });
    expect(nextMove(waitingForMeeting, nearly)).toMatchObject({ kind: 'REPAIR' });
    const escalated = then(waitingForMeeting, escalateApproval('s1', 3 + 6 * DAY));
    expect(flight(escalated)).toMatchObject({
      approval: { result: 'REQUIRED', reason: 'TENANT_POLICY', escalated_at: minute(3 + 6 * DAY) },
      check_at: lapse,
    });
    expect(inShort(decide(escalated, ...escalateApproval('s1', 3 + 6 * DAY)))).toBe('nothing');
    expect(dueAt(escalated, minute(3 + 6 * DAY))).toBe(lapse);
  });

  it('is escalated at once when a person is asked only then', () => {
    const asked = then(meeting, start('s1', 3), requireApproval('s1', 3 + 6 * DAY));
    expect(nextMove(asked, minute(3 + 6 * DAY))).toMatchObject({ kind: 'REPAIR' });
  });

  it('stays escalated when it is edited', () => {
    const escalated = then(waitingForMeeting, escalateApproval('s1', 3 + 6 * DAY));
    const edited = then(escalated, editIntent(escalated, 's1', 3 + 6 * DAY + 1));
    expect(flight(edited)).toMatchObject({ approval: { escalated_at: minute(3 + 6 * DAY) } });
  });

  it('of a renewal meeting waits no longer than a week after its dispatch', () => {
    const [command] = approveIntent('s1', 0);
    expect(inShort(decide(waitingForMeeting, command, at(3 + 7 * DAY - 1, ben)))).toBe('STEP_APPROVED');
    expect(inShort(decide(waitingForMeeting, command, at(3 + 7 * DAY, ben)))).toBe('PLAN_EXPIRED');
  });

  it('is approved by a person, whose name it bears', () => {
    expect(flight(then(waiting, approveIntent('s1', 60)))).toMatchObject({
      approval: { result: 'GIVEN', source: 'HUMAN', by: 'ben', at: minute(60) },
      check_at: minute(65),
    });
  });

  it('is not approved by the creator of the plan', () => {
    const [command] = approveIntent('s1', 0);
    expect(decide(waiting, command, at(60, ana))).toMatchObject({
      ok: false,
      code: 'SELF_APPROVAL',
      events: [],
    });
  });

  it('is approved by policy', () => {
    expect(flight(then(dispatched, autoApprove('s1', 4)))).toMatchObject({
      approval: { result: 'GIVEN', source: 'POLICY', by: 'AutoApprovalPolicyV1' },
      check_at: minute(9),
    });
  });

  it.each([
    ['a person', waiting, approveIntent('s1', MINUTES_TO_EXPIRY)],
    ['the policy', dispatched, autoApprove('s1', MINUTES_TO_EXPIRY)],
  ])('is not approved by %s once the plan has expired', (_who, plan, [command, context]) => {
    expect(decide(plan, command, context)).toMatchObject({
      ok: false,
      code: 'PLAN_EXPIRED',
      message: `the approval was due by ${EXPIRY}`,
      events: [],
    });
  });

  it('is approved by nobody but a person once a person was asked', () => {
    const [command, context] = autoApprove('s1', 60);
    expect(inShort(decide(waiting, command, context))).toBe('NOT_WAITING_FOR_APPROVAL');
  });

  it('lapses when nobody approved it in time, which pauses the plan until it is resumed', () => {
    const lapsed = then(waitingForMeeting, expireApproval('s1', 3 + 7 * DAY));
    expect(lapsed).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'approval_expired' });
    expect(stepOf(lapsed, 's1')).toMatchObject({ status: 'FAILED', failure_reason: 'approval_expired' });
    expect(stepOf(lapsed, 's1')).not.toHaveProperty('needs_person');
  });

  it('does not lapse when the approval came while somebody was about to let it lapse', () => {
    const approved = then(waiting, approveIntent('s1', MINUTES_TO_EXPIRY - 1));
    const [command, context] = expireApproval('s1', MINUTES_TO_EXPIRY);
    expect(inShort(decide(approved, command, context))).toBe('NOT_WAITING_FOR_APPROVAL');
  });

  it('lapses before anybody was asked, and not before its intent does', () => {
    const asked = then(meeting, start('s1', 3));
    expect(inShort(decide(asked, ...expireApproval('s1', 3 + 7 * DAY - 1)))).toBe('NOT_WAITING_FOR_APPROVAL');
    expect(inShort(decide(asked, ...expireApproval('s1', 3 + 7 * DAY)))).toBe('STEP_FAILED PLAN_PAUSED');
  });

  it('is blocked, once for each reason and each time that it is due, and looked at again five minutes later', () => {
    const blocked = then(dispatched, blockApproval('s1', 4));
    expect(flight(blocked)).toMatchObject({ blocked_by: 'KILL_SWITCH_ENABLED', check_at: minute(9) });
    expect(inShort(decide(blocked, ...blockApproval('s1', 8)))).toBe('nothing');
    expect(inShort(decide(blocked, ...blockApproval('s1', 9)))).toBe('STEP_APPROVAL_BLOCKED');
    const [command, context] = blockApproval('s1', 8, 'ACTION_TYPE_DISABLED');
    expect(inShort(decide(blocked, command, context))).toBe('STEP_APPROVAL_BLOCKED');
    expect(nextMove(blocked, minute(9))).toMatchObject({ kind: 'DECIDE' });
  });

  it.each([
    ['approved', autoApprove('s1', 9)],
    ['handed to a person', requireApproval('s1', 9)],
  ])('is not blocked any more when it was %s', (_how, told) => {
    const after = then(dispatched, blockApproval('s1', 4), told);
    expect(flight(after)).not.toHaveProperty('blocked_by');
  });

  it.each([
    [4, 9],
    [63, 123],
    [3 + 2 * DAY, 3 + 2 * DAY + 360],
  ])('is looked at the later the longer it has been blocked, in minute %i: %i', (now, then_) => {
    expect(flight(then(dispatched, blockApproval('s1', now)))).toMatchObject({ check_at: minute(then_) });
  });

  it('is not approved by a person while it is blocked', () => {
    const blocked = then(dispatched, blockApproval('s1', 4));
    expect(decide(blocked, ...approveIntent('s1', 5))).toMatchObject({
      code: 'APPROVAL_BLOCKED',
      message: `step s1 of plan p1 is blocked by KILL_SWITCH_ENABLED and looked at again at ${minute(9)}`,
    });
  });

  it('of a step that the plan does not have is not blocked', () => {
    expect(inShort(decide(dispatched, ...blockApproval('s9', 4)))).toBe('STEP_NOT_FOUND');
  });

  it('has no outcome before anybody has approved it, and says so', () => {
    for (const plan of [dispatched, waiting]) {
      expect(decide(plan, succeed('s1', 60)[0], at(60))).toEqual({
        ok: false,
        code: 'NOT_APPROVED',
        message: 'attempt 1 of step s1 of plan p1 was never approved',
        events: [],
      });
    }
  });

  it('is rejected by a person, which pauses the plan until it is resumed', () => {
    const rejected = then(waiting, [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(60, ben)]);
    expect(rejected).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'approval_rejected' });
    expect(stepOf(rejected, 's1')).toMatchObject({ status: 'FAILED', failure_reason: 'approval_rejected' });
  });

  it('is not published again once the plan has expired, but may be given up', () => {
    const approved = then(waiting, approveIntent('s1', 60));
    const [[publish, late], [cancel]] = [publishAgain('s1', MINUTES_TO_EXPIRY), cancelUnstarted('s1', 0)];
    expect(inShort(decide(approved, publish, late))).toBe('STEP_NOT_DUE');
    expect(inShort(decide(approved, cancel, late))).toBe('STEP_FAILED PLAN_PAUSED');
  });

  it('that no execution took is given up, which pauses the plan until it is resumed', () => {
    const cancelled = then(waiting, approveIntent('s1', 60), cancelUnstarted('s1', 65));
    expect(cancelled).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'execution_not_started' });
    expect(stepOf(cancelled, 's1')).toMatchObject({
      status: 'FAILED',
      failure_reason: 'execution_not_started',
    });
    expect(stepOf(cancelled, 's1')).not.toHaveProperty('needs_person');
  });

  it('that was approved and not heard of is published again, and again looked after', () => {
    const [command] = publishAgain('s1', 0);
    const approved = then(waiting, approveIntent('s1', 60));
    expect(inShort(decide(approved, command, at(64)))).toBe('STEP_NOT_DUE');
    const again = then(approved, [command, at(65)]);
    expect(flight(again)).toMatchObject({ published_again: 1, check_at: minute(70) });
    expect(flight(then(again, [command, at(70)]))).toMatchObject({
      published_again: 2,
      check_at: minute(75),
    });
  });
});
