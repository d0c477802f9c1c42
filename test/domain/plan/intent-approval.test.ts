import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import {
  ana,
  approveIntent,
  at,
  autoApprove,
  ben,
  EXPIRY,
  fail,
  inShort,
  MINUTES_TO_EXPIRY,
  minute,
  newStep,
  planIn,
  requireApproval,
  start,
  stepOf,
  succeed,
  then,
} from '../../support/plan-fixtures.ts';

const DAY = 24 * 60;
const dispatched = then(planIn('ACTIVE'), start('s1', 3));
const waiting = then(dispatched, requireApproval('s1', 4));
const flight = (plan: typeof waiting) => stepOf(plan, 's1').in_flight;

describe('an attempt in flight', () => {
  it('is looked after two minutes after its dispatch', () => {
    expect(flight(dispatched)).toMatchObject({ attempt: 1, since: minute(3), check_at: minute(5) });
  });

  it('waits for a person until its intent lapses', () => {
    expect(flight(waiting)).toMatchObject({
      approval: { result: 'REQUIRED', reason: 'TENANT_POLICY' },
      check_at: EXPIRY,
    });
  });

  it('of a renewal meeting waits no longer than a week after its dispatch', () => {
    const steps = [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })];
    const meeting = then(planIn('ACTIVE', { steps }), start('s1', 3), requireApproval('s1', 60));
    expect(flight(meeting)?.check_at).toBe(minute(3 + 7 * DAY));
    const [command] = approveIntent('s1', 0);
    expect(inShort(decide(meeting, command, at(3 + 7 * DAY - 1, ben)))).toBe('STEP_APPROVED');
    expect(inShort(decide(meeting, command, at(3 + 7 * DAY, ben)))).toBe('PLAN_EXPIRED');
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
    ['a person', approveIntent('s1', MINUTES_TO_EXPIRY)],
    ['the policy', autoApprove('s1', MINUTES_TO_EXPIRY)],
  ])('is not approved by %s once the plan has expired', (_who, [command, context]) => {
    const events = decide(waiting, command, context).events.map(({ event_type }) => event_type);
    expect(events).not.toContain('STEP_APPROVED');
  });

  it('does not lapse when the approval came while somebody was about to let it lapse', () => {
    const approved = then(waiting, approveIntent('s1', MINUTES_TO_EXPIRY - 1));
    const [command] = fail('s1', 0, 1, 'approval_expired');
    const { events } = decide(approved, command, at(MINUTES_TO_EXPIRY - 1));
    expect(events.map(({ event_type }) => event_type)).not.toContain('STEP_FAILED');
  });

  it('does not succeed before anybody has approved it', () => {
    const events = [dispatched, waiting].flatMap((plan) => decide(plan, succeed('s1', 60)[0], at(60)).events);
    expect(events.map(({ event_type }) => event_type)).not.toContain('STEP_COMPLETED');
  });

  it('is rejected with the reason that the person gave, which the ledger keeps', () => {
    const command = { type: 'REJECT_INTENT', step_id: 's1', attempt: 1, reason: 'too early' } as const;
    expect(JSON.stringify(decide(waiting, command, at(60, ben)).events)).toContain('too early');
  });

  it('is rejected by a person, which pauses the plan until it is resumed', () => {
    const rejected = then(waiting, [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(60, ben)]);
    expect(rejected).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'approval_rejected' });
    expect(stepOf(rejected, 's1')).toMatchObject({ status: 'FAILED', failure_reason: 'approval_rejected' });
  });

  it('that was approved and not heard of is published again, and again looked after', () => {
    const [command, approved] = [
      { type: 'PUBLISH_AGAIN', step_id: 's1', attempt: 1 } as const,
      then(waiting, approveIntent('s1', 60)),
    ];
    expect(inShort(decide(approved, command, at(64)))).toBe('STEP_NOT_DUE');
    const again = then(approved, [command, at(65)]);
    expect(flight(again)).toMatchObject({ published_again: 1, check_at: minute(70) });
    expect(flight(then(again, [command, at(70)]))).toMatchObject({
      published_again: 2,
      check_at: minute(75),
    });
  });
});
