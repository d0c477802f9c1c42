import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold, type LedgerEntry, tamperings } from '../../../src/domain/ledger/plan-ledger.ts';
import { ledgerViolations } from '../../../src/domain/ledger/violations.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { effectsOf, type PlanEffect } from '../../../src/domain/plan/effects.ts';
import { canMove } from '../../../src/domain/plan/lifecycle.ts';
import { dueAt, nextMove } from '../../../src/domain/plan/next-move.ts';
import { isInFlight, isSettled, isTerminal, plan as planShape } from '../../../src/domain/plan/plan.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';
import { stories, type Turn, turnsOf } from './random-plans.ts';

const RUNS = { numRuns: 150 };

/** Holds a rule against every turn of random stories. */
const always = (rule: (turn: Turn) => void): void =>
  fc.assert(
    fc.property(stories, (told) => {
      for (const turn of turnsOf(told)) rule(turn);
    }),
    RUNS,
  );

/** Holds a rule against the ends of random stories: a whole ledger tells of every turn. */
const inTheEnd = (rule: (last: Turn, all: readonly Turn[]) => void): void =>
  fc.assert(
    fc.property(stories, (told) => {
      const turns = turnsOf(told);
      const last = turns.at(-1);
      if (last) rule(last, turns);
    }),
    RUNS,
  );

const attemptsIn = (type: PlanEvent['event_type'], events: readonly (PlanEvent | LedgerEntry)[]): string[] =>
  events.flatMap((event) =>
    event.event_type === type && 'attempt' in event.data
      ? [`${event.data.step_id}#${event.data.attempt}`]
      : [],
  );

const rowOf = (effect: PlanEffect): string => {
  if (effect.kind === 'TAKE_ACTIVE_LOCK' || effect.kind === 'RELEASE_ACTIVE_LOCK') return 'lock';
  if (effect.kind === 'START_ATTEMPT') return `attempt ${effect.intent.step_id} ${effect.intent.attempt}`;
  if (effect.kind === 'SETTLE_ATTEMPT') return `attempt ${effect.step_id} ${effect.attempt}`;
  return `intent ${effect.action_intent_id}`;
};

describe('whatever is asked of a plan', () => {
  it('a terminal status stays', () => {
    always(({ before, plan }) => {
      if (isTerminal(before.plan_status)) expect(plan.plan_status).toBe(before.plan_status);
    });
  });

  it('its status moves only as plans may move', () => {
    always(({ before, plan }) => {
      const [from, to] = [before.plan_status, plan.plan_status];
      expect(from === to || canMove(from, to)).toBe(true);
    });
  });

  it('it is the fold of its ledger, and has the shape of a plan', () => {
    always(({ plan, entries }) => {
      expect(fold(entries)).toEqual(plan);
      expect(planShape.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    });
  });

  it('nobody finds its ledger tampered with, or a rule broken in it', () => {
    inTheEnd(({ entries }) => {
      expect(tamperings(entries)).toEqual([]);
      expect(ledgerViolations(entries)).toEqual([]);
    });
  });

  it('a step that is DONE or SKIPPED never changes', () => {
    always(({ before, plan }) => {
      for (const [index, step] of before.steps.entries()) {
        if (isSettled(step)) expect(plan.steps[index]).toEqual(step);
      }
    });
  });

  it('an attempt starts only when none of its step is in flight, under a number of its own', () => {
    always(({ before, decision, entries }) => {
      const started = decision.events.flatMap((event) =>
        event.event_type === 'STEP_STARTED' ? [event.data.step_id] : [],
      );
      for (const step of before.steps) if (isInFlight(step)) expect(started).not.toContain(step.step_id);
      const all = attemptsIn('STEP_STARTED', entries);
      expect(new Set(all).size).toBe(all.length);
    });
  });

  it('a live plan has an attempt in flight for each step that says so, and for no other', () => {
    always(({ plan }) => {
      if (isTerminal(plan.plan_status)) return;
      for (const step of plan.steps) expect(step.in_flight !== undefined).toBe(isInFlight(step));
    });
  });

  it('a step starts only when everything that it depends on is settled', () => {
    always(({ before, decision }) => {
      for (const event of decision.events) {
        if (event.event_type !== 'STEP_STARTED') continue;
        const step = before.steps.find(({ step_id }) => step_id === event.data.step_id);
        const open = before.steps.filter(
          (other) => step?.dependencies.includes(other.step_id) && !isSettled(other),
        );
        expect(open).toEqual([]);
      }
    });
  });

  it('asking the same again starts, completes and approves no attempt a second time', () => {
    always(({ plan, command, context, entries }) => {
      const again = decide(plan, command, context).events;
      for (const type of ['STEP_STARTED', 'STEP_COMPLETED', 'STEP_APPROVED'] as const) {
        const before = attemptsIn(type, entries);
        for (const attempt of attemptsIn(type, again)) expect(before).not.toContain(attempt);
      }
    });
  });

  it('asking for an outcome once more, however late, completes no step a second time', () => {
    inTheEnd((last, turns) => {
      const done = attemptsIn('STEP_COMPLETED', last.entries);
      const outcomes = turns.filter(({ command }) => command.type === 'APPLY_OUTCOME');
      const again = outcomes.flatMap(({ command }) => decide(last.plan, command, last.context).events);
      for (const attempt of attemptsIn('STEP_COMPLETED', again)) expect(done).not.toContain(attempt);
    });
  });

  it('the same question has the same answer', () => {
    always(({ before, command, context, decision }) => {
      expect(decide(before, command, context)).toEqual(decision);
    });
  });

  it('a refusal tells the ledger of nothing but a rejected activation', () => {
    always(({ decision }) => {
      if (decision.ok) return;
      expect(decision.events.filter(({ event_type }) => event_type !== 'PLAN_ACTIVATION_REJECTED')).toEqual(
        [],
      );
    });
  });

  it('a decision writes each row once, as a transaction must, and holds the lock exactly while it is ACTIVE', () => {
    always(({ before, plan, decision }) => {
      const effects = effectsOf(before, plan, decision.events);
      const rows = effects.map(rowOf);
      expect(new Set(rows).size).toBe(rows.length);
      const [was, is] = [before.plan_status === 'ACTIVE', plan.plan_status === 'ACTIVE'];
      expect(effects.some(({ kind }) => kind === 'TAKE_ACTIVE_LOCK')).toBe(!was && is);
      expect(effects.some(({ kind }) => kind === 'RELEASE_ACTIVE_LOCK')).toBe(was && !is);
    });
  });
});

describe('a plan is looked at', () => {
  it('as long as it lives, and never after', () => {
    always(({ plan, context }) => {
      expect(dueAt(plan, context.now) !== undefined).toBe(!isTerminal(plan.plan_status));
    });
  });

  it('never later than at its expiry', () => {
    always(({ plan, context }) => {
      const due = dueAt(plan, context.now);
      if (due !== undefined) expect(due <= plan.expires_at).toBe(true);
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
      const reasons = plan.steps.flatMap(({ failure_reason }) => failure_reason ?? []);
      if (plan.plan_status === 'ACTIVE') expect(reasons).not.toContain('retry_limit_exceeded');
      if (plan.plan_status === 'ACTIVE') expect(reasons).not.toContain('OUTCOME_UNKNOWN');
    });
  });
});

describe('the random stories', () => {
  it('reach every status and every event, so that the rules above are held against all of them', () => {
    const seen = new Set<string>();
    for (const told of fc.sample(stories, { numRuns: 600, seed: 1 })) {
      for (const { plan, decision } of turnsOf(told)) {
        seen.add(plan.plan_status);
        for (const { event_type } of decision.events) seen.add(event_type);
      }
    }
    expect([...seen].sort()).toEqual(EVERYTHING);
  });
});

const EVERYTHING = [
  ...['ABORTED', 'ACTIVE', 'APPROVED', 'COMPLETED', 'DRAFT', 'EXPIRED', 'PAUSED'],
  ...['PLAN_ABORTED', 'PLAN_ACTIVATED', 'PLAN_ACTIVATION_REJECTED', 'PLAN_APPROVED', 'PLAN_COMPLETED'],
  ...['PLAN_EXPIRED', 'PLAN_PAUSED', 'PLAN_RESUMED', 'STEP_APPROVAL_REQUIRED', 'STEP_APPROVED'],
  ...['STEP_ATTEMPT_GRANTED', 'STEP_COMPLETED', 'STEP_FAILED', 'STEP_OUTCOME_RECORDED'],
  ...['STEP_PUBLISHED_AGAIN', 'STEP_SKIPPED', 'STEP_STARTED'],
];
