import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { pageOfAttempts, placeOf, waitingAttempts } from '../../../src/domain/plan/waiting-approvals.ts';
import {
  approveIntent,
  at,
  ben,
  blockApproval,
  escalateApproval,
  MEETING_FIRST,
  minute,
  newStep,
  planIn,
  requireApproval,
  start,
  then,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const dispatched = then(planIn('ACTIVE', { steps: MEETING_FIRST }), start('s1', 0));
const waiting = then(dispatched, requireApproval('s1', 4));
const flags = (plan: Plan, minutes: number) =>
  waitingAttempts(plan, minute(minutes)).map(({ escalated_at, lapsed }) => ({ escalated_at, lapsed }));

describe('what waits for a person', () => {
  it.each<[string, Plan, number]>([
    ['an attempt that the gate has handed to a person', waiting, 1],
    ['an attempt that is blocked', then(dispatched, blockApproval('s1', 4)), 1],
    [
      'an attempt of a plan that is paused',
      then(waiting, [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(5, ben)]),
      1,
    ],
    ['no attempt that the gate has not decided on', dispatched, 0],
    ['no attempt that was approved', then(waiting, approveIntent('s1', 5)), 0],
    [
      'no attempt of a plan that has ended',
      then(waiting, [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)]),
      0,
    ],
    ['no step that was not started', planIn('ACTIVE'), 0],
  ])('is %s', (_what, plan, count) => {
    expect(waitingAttempts(plan, minute(5))).toHaveLength(count);
  });

  it('says whether it was escalated, and whether it has lapsed', () => {
    const [escalated_at, end] = [minute(WEEK_MINUTES - 9), WEEK_MINUTES];
    const escalated = then(waiting, escalateApproval('s1', end - 9));
    expect(flags(waiting, end - 9)).toEqual([{ escalated_at: undefined, lapsed: false }]);
    expect(flags(escalated, end - 1)).toEqual([{ escalated_at, lapsed: false }]);
    expect(flags(escalated, end)).toEqual([{ escalated_at, lapsed: true }]);
  });
});

describe('a page of what waits', () => {
  const steps = [
    newStep('s1'),
    newStep('s2', { action_type: 'REQUEST_RENEWAL_MEETING' }),
    newStep('s3', { action_type: 'REQUEST_RENEWAL_MEETING' }),
  ];
  const all = waitingAttempts(
    then(
      planIn('ACTIVE', { steps }),
      ...[start('s1', 3), start('s2', 4), start('s3', 3)],
      ...[requireApproval('s1', 5), requireApproval('s2', 5), blockApproval('s3', 5)],
    ),
    minute(6),
  );
  const ids = (page: readonly (typeof all)[number][]) => page.map(({ step }) => step.step_id);

  it('begins with the oldest deadline, and ends with what is blocked', () => {
    const { page, next } = pageOfAttempts(all, { limit: 9 });
    expect(ids(page)).toEqual(['s2', 's1', 's3']);
    expect(next).toBeUndefined();
  });

  it('says where the next one begins', () => {
    const first = pageOfAttempts(all, { limit: 2 });
    expect(ids(first.page)).toEqual(['s2', 's1']);
    expect(first.next).toEqual(placeOf(first.page[1] as never));
    const second = pageOfAttempts(all, { limit: 2, after: first.next });
    expect({ ids: ids(second.page), next: second.next }).toEqual({ ids: ['s3'], next: undefined });
  });

  it('is empty when nothing waits', () => {
    expect(pageOfAttempts([], { limit: 1 })).toEqual({ page: [], next: undefined });
  });
});
