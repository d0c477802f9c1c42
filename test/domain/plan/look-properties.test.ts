import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import { dueAt, nextMove, stepThatNeedsAPerson } from '../../../src/domain/plan/next-move.ts';
import { isTerminal } from '../../../src/domain/plan/plan.ts';
import { always } from './random-plans.ts';

describe('a plan is looked at', () => {
  it('as long as it lives, and afterwards while an approved attempt is in flight', () => {
    always(({ plan, context }) => {
      const isUnheard = plan.steps.some(({ in_flight }) => in_flight?.approval?.result === 'GIVEN');
      expect(dueAt(plan, context.now) !== undefined).toBe(!isTerminal(plan.plan_status) || isUnheard);
    });
  });

  it('never later than at its expiry, while it lives', () => {
    always(({ plan, context }) => {
      const due = dueAt(plan, context.now);
      if (due !== undefined && !isTerminal(plan.plan_status)) expect(due <= plan.expires_at).toBe(true);
    });
  });

  it('not before the instant until which it waits, and then there is something to do', () => {
    always(({ plan, context }) => {
      const move = nextMove(plan, context.now);
      if (move.kind !== 'WAIT' || move.until === undefined) return;
      const [from, until] = [Date.parse(context.now), Date.parse(move.until)];
      expect(until).toBeGreaterThan(from);
      for (const share of [0, 0.5, 1]) {
        const instant = new Date(from + Math.floor((until - 1 - from) * share)).toISOString();
        expect(nextMove(plan, instant)).toEqual(move);
      }
      expect(nextMove(plan, move.until).kind).not.toBe('WAIT');
    });
  });

  it('and expires on time from every live status', () => {
    always(({ plan, context }) => {
      const late = { ...context, now: plan.expires_at };
      const { events } = decide(plan, { type: 'EVALUATE_PLAN' }, late);
      const expected = isTerminal(plan.plan_status) ? [] : ['PLAN_EXPIRED'];
      expect(events.map(({ event_type }) => event_type)).toEqual(expected);
    });
  });

  it('and an ACTIVE plan is never stuck behind a step that only a person can answer', () => {
    always(({ plan }) => {
      if (plan.plan_status === 'ACTIVE') expect(stepThatNeedsAPerson(plan)).toBeUndefined();
    });
  });
});
