import { describe, expect, it } from '@jest/globals';
import { append } from '../../../src/domain/ledger/plan-ledger.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { dueAt, nextMove } from '../../../src/domain/plan/next-move.ts';
import { PLAN_STATUSES, type Plan } from '../../../src/domain/plan/plan.ts';
import type { NewStep } from '../../../src/domain/plan/plan-event.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  blockApproval,
  EXPIRY,
  escalateApproval,
  fail,
  minute,
  newStep,
  planIn,
  postponeCheck,
  requireApproval,
  start,
  succeed,
  type Told,
  then,
} from '../../support/plan-fixtures.ts';

const active = (...steps: NewStep[]): Plan => planIn('ACTIVE', { steps });
const brief = (plan: Plan, minutes: number, signals?: string[]): string => {
  const move = nextMove(plan, minute(minutes), signals);
  return 'step' in move ? `${move.kind} ${move.step.step_id}` : move.kind;
};
const pause: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(50, ben)];

describe('the next move', () => {
  it.each([
    ['DRAFT', 'WAIT'],
    ['APPROVED', 'ACTIVATE'],
    ['ACTIVE', 'DISPATCH s1'],
    ['PAUSED', 'WAIT'],
    ['COMPLETED', 'WAIT'],
    ['ABORTED', 'WAIT'],
    ['EXPIRED', 'WAIT'],
  ] as const)('of a plan that is %s is %s', (status, move) => expect(brief(planIn(status), 60)).toBe(move));

  it.each(['DRAFT', 'APPROVED', 'ACTIVE', 'PAUSED'] as const)(
    'of a plan that is %s is to expire, on time',
    (status) => {
      expect(nextMove(planIn(status), EXPIRY)).toEqual({ kind: 'EXPIRE', expired_at: EXPIRY });
    },
  );

  it('of a plan with a step in flight is to expire, too', () => {
    expect(nextMove(then(planIn('ACTIVE'), start('s1', 3)), EXPIRY).kind).toBe('EXPIRE');
  });

  it('is to complete a plan whose objective is met, and only while it is ACTIVE', () => {
    const met = ['RENEWAL_SECURED'];
    expect(nextMove(planIn('ACTIVE'), minute(5), met)).toEqual({
      kind: 'COMPLETE',
      completion_reason: 'objective_met',
    });
    expect(brief(planIn('APPROVED'), 5, met)).toBe('ACTIVATE');
    expect(brief(planIn('PAUSED'), 5, met)).toBe('WAIT');
  });

  it('is to complete a plan whose last step was settled while it was paused', () => {
    const skip: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'moot' }, at(51, ben)];
    const settled = then(active(newStep('s1')), pause, skip);
    expect(brief(settled, 52)).toBe('WAIT');
    expect(brief({ ...settled, plan_status: 'ACTIVE' }, 52)).toBe('COMPLETE');
    expect(dueAt({ ...settled, plan_status: 'ACTIVE' }, minute(52))).toBe(minute(52));
  });

  it('waits for the expiry of a plan without steps', () => {
    expect(nextMove(active(), minute(5))).toEqual({ kind: 'WAIT', until: EXPIRY });
  });

  it('starts the step of the lowest sequence that may start, those without a sequence last', () => {
    const steps = [newStep('none'), newStep('ten', { sequence: 10 }), newStep('nine', { sequence: 9 })];
    expect(brief(active(...steps), 5)).toBe('DISPATCH nine');
    expect(brief(active(newStep('none'), newStep('last', { sequence: 1000 })), 5)).toBe('DISPATCH last');
  });

  it('starts steps of the same sequence in the order in which they are listed', () => {
    expect(brief(active(newStep('b', { sequence: 1 }), newStep('a', { sequence: 1 })), 5)).toBe('DISPATCH b');
    expect(brief(active(newStep('b'), newStep('a')), 5)).toBe('DISPATCH b');
  });

  it('starts a step only when all it depends on is DONE or SKIPPED', () => {
    const steps = [
      newStep('end', { sequence: 1, dependencies: ['done', 'skipped'] }),
      newStep('done', { sequence: 2 }),
      newStep('skipped', { sequence: 3 }),
    ];
    const half = then(active(...steps), start('done', 3), autoApprove('done', 3), succeed('done', 4));
    expect(brief(half, 5)).toBe('DISPATCH skipped');
    const ready = then(half, [{ type: 'SKIP_STEP', step_id: 'skipped', reason: 'moot' }, at(5, ben)]);
    expect(brief(ready, 6)).toBe('DISPATCH end');
  });

  it('never starts a step whose dependency is no step of the plan', () => {
    const [step] = active(newStep('s1')).steps;
    const plan = { ...active(), steps: step ? [{ ...step, dependencies: ['s9'] }] : [] };
    expect(brief(plan, 5)).toBe('WAIT');
  });

  it('starts an independent step while another is in flight', () => {
    const plan = then(active(newStep('s1'), newStep('s2')), start('s1', 3));
    expect(brief(plan, 4)).toBe('DISPATCH s2');
  });

  it('starts a step before it looks after an overdue one, and looks after it next', () => {
    const plan = then(active(newStep('s1'), newStep('s2')), start('s1', 3), autoApprove('s1', 4));
    expect(brief(plan, 60)).toBe('DISPATCH s2');
    expect(brief(then(plan, start('s2', 60)), 60)).toBe('REPAIR s1');
  });

  it('asks the autonomy gate again when it has not answered in time', () => {
    const plan = then(active(newStep('s1')), start('s1', 3));
    expect(nextMove(plan, minute(4))).toEqual({ kind: 'WAIT', until: minute(5) });
    expect(brief(plan, 5)).toBe('DECIDE s1');
  });

  it('repairs an approved attempt of which nothing was heard for five minutes', () => {
    const plan = then(active(newStep('s1')), start('s1', 3), autoApprove('s1', 4));
    expect(nextMove(plan, minute(8))).toEqual({ kind: 'WAIT', until: minute(9) });
    expect(brief(plan, 9)).toBe('REPAIR s1');
  });

  it('repairs an attempt for which nobody gave an approval in time', () => {
    const steps = [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })];
    const plan = then(planIn('ACTIVE', { steps }), start('s1', 0), requireApproval('s1', 1));
    const week = 7 * 24 * 60;
    const [nearly, late] = [week * 0.75, then(plan, escalateApproval('s1', week - 9))];
    expect(nextMove(plan, minute(nearly - 1))).toEqual({ kind: 'WAIT', until: minute(nearly) });
    expect(brief(plan, nearly)).toBe('REPAIR s1');
    expect(nextMove(late, minute(week - 1))).toEqual({ kind: 'WAIT', until: minute(week) });
    expect(brief(late, week)).toBe('REPAIR s1');
  });

  it.each([
    ['blocked', [], blockApproval('s1', 60), 'DECIDE s1'],
    ['at work', [autoApprove('s1', 5)], postponeCheck('s1', 60), 'REPAIR s1'],
  ])('looks after the other steps, too, while one is %s', (_how, told, looked, first) => {
    const both = then(active(newStep('s1'), newStep('s2')), start('s1', 3), start('s2', 4), ...told);
    const late = then(both, autoApprove('s2', 5));
    expect(brief(late, 60)).toBe(first);
    expect(brief(then(late, looked), 60)).toBe('REPAIR s2');
  });

  it('looks after nothing while the plan is paused', () => {
    const plan = then(active(newStep('s1')), start('s1', 3), autoApprove('s1', 4), pause);
    expect(nextMove(plan, minute(60))).toEqual({ kind: 'WAIT', until: EXPIRY });
  });
});

describe('a plan that has ended with an attempt in flight', () => {
  const running = then(active(newStep('s1')), start('s1', 3), autoApprove('s1', 4));
  const abort = (compensate?: true): Told => [{ type: 'ABORT_PLAN', reason: 'lost', compensate }, at(5, ben)];

  it('is looked after until that is heard of, when it was approved', () => {
    const ended = then(running, abort());
    expect(dueAt(ended, minute(5))).toBe(minute(9));
    expect(nextMove(ended, minute(8))).toEqual({ kind: 'WAIT', until: minute(9) });
    expect(brief(ended, 9)).toBe('REPAIR s1');
    const heard = then(ended, fail('s1', 10));
    expect(nextMove(heard, minute(11))).toEqual({ kind: 'WAIT', until: undefined });
  });

  it('is not looked after when nobody approved that', () => {
    const asked = then(active(newStep('s1')), start('s1', 3), requireApproval('s1', 4), abort());
    expect(dueAt(asked, minute(5))).toBeUndefined();
    expect(brief(asked, 60 * 24 * 20)).toBe('WAIT');
  });

  it('undoes first what is to be undone', () => {
    const steps = [newStep('s1'), newStep('s2')];
    const done = then(active(...steps), start('s1', 3), autoApprove('s1', 4), succeed('s1', 5));
    const both = then(done, start('s2', 5), autoApprove('s2', 6), abort(true));
    expect(brief(both, 60)).toBe('COMPENSATE s1');
    const [command, context] = [
      { type: 'RECORD_COMPENSATION', step_id: 's1', attempt: 1, result: 'COMPLETED' } as const,
      at(61),
    ];
    expect(brief(then(both, [command, context]), 61)).toBe('REPAIR s2');
  });
});

describe('a live plan is due', () => {
  it.each([
    ['DRAFT', EXPIRY],
    ['APPROVED', minute(60)],
    ['ACTIVE', minute(60)],
    ['PAUSED', EXPIRY],
  ] as const)('when it is %s at %s', (status, due) => expect(dueAt(planIn(status), minute(60))).toBe(due));

  it.each(PLAN_STATUSES.slice(4))('never when it is %s', (status) => {
    expect(dueAt(planIn(status), minute(60))).toBeUndefined();
  });

  it('a minute later when its activation was rejected, so that it starves no other', () => {
    const approved = planIn('APPROVED');
    const facts = { existing_active_plan_ids: ['p2'], unmet_preconditions: [] };
    const rejected = append(approved, decide(approved, { type: 'ACTIVATE_PLAN', facts }, at(60)).events).plan;
    expect(dueAt(rejected, minute(60))).toBe(minute(61));
    expect(dueAt(rejected, '2026-02-04T08:59:30.000Z')).toBe(EXPIRY);
  });

  it('when the first of its retries and checks is', () => {
    const plan = active(newStep('s1'), newStep('s2'));
    const running = [start('s1', 10), start('s2', 10), autoApprove('s1', 10), autoApprove('s2', 10)];
    const both = then(plan, ...running, fail('s1', 10));
    expect(dueAt(both, minute(10))).toBe(minute(11));
    expect(dueAt(then(both, start('s1', 11, 1), approveIntent('s1', 12, 2)), minute(12))).toBe(minute(15));
  });

  it('now, and not in the past, when the wait for a retry is over', () => {
    const failed = then(active(newStep('s1')), start('s1', 10), autoApprove('s1', 10), fail('s1', 10));
    expect(dueAt(failed, minute(60))).toBe(minute(60));
  });

  it('at its expiry when nothing comes before', () => {
    const plan = planIn('ACTIVE', { steps: [newStep('s1')], expires_at: minute(20) });
    const waiting = then(plan, start('s1', 3), requireApproval('s1', 4));
    expect(dueAt(then(waiting, escalateApproval('s1', 16)), minute(16))).toBe(minute(20));
  });
});
