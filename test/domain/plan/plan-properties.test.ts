import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newestIntentId } from '../../../src/domain/intent/action-intent.ts';
import { fold, type LedgerEntry, tamperings } from '../../../src/domain/ledger/plan-ledger.ts';
import { ledgerViolations } from '../../../src/domain/ledger/violations.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { effectsOf, type PlanEffect } from '../../../src/domain/plan/effects.ts';
import { canMove } from '../../../src/domain/plan/lifecycle.ts';
import {
  isInFlight,
  isSettled,
  isTerminal,
  PLAN_STATUSES,
  type Plan,
  plan as planShape,
} from '../../../src/domain/plan/plan.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';
import { always, KINDS, RUNS, stories, type Turn, turnsOf } from './random-plans.ts';

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
  if (effect.kind === 'REVISE_ATTEMPT') return `attempt ${effect.intent.step_id} ${effect.intent.attempt}`;
  if (effect.kind === 'SETTLE_ATTEMPT') return `attempt ${effect.step_id} ${effect.attempt}`;
  if ('action_intent_id' in effect) return `intent ${effect.action_intent_id}`;
  return `budget of ${effect.day}`;
};

describe('whatever is asked of a plan', () => {
  it('what an approval takes from the budget is settled or given back once, and only what was taken is', () => {
    always(({ before, plan, decision }) => {
      const moves = effectsOf(before, plan, decision.events).filter(({ kind }) => kind.endsWith('_BUDGET'));
      const taken = (of: Plan): number =>
        of.steps.filter(
          ({ in_flight }) => in_flight?.approval?.result === 'GIVEN' && in_flight.approval.budget,
        ).length;
      const change = moves.map(({ kind }) => (kind === 'SPEND_BUDGET' ? 1 : -1) as number);
      expect(taken(plan)).toBe(change.reduce((sum, one) => sum + one, taken(before)));
    });
  });

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

  it('no attempt has an outcome that nobody approved, and none fails otherwise once it was approved', () => {
    always(({ before, command, decision }) => {
      const ended = decision.events.filter(
        ({ event_type, data }) =>
          ['STEP_COMPLETED', 'STEP_FAILED', 'STEP_OUTCOME_RECORDED'].includes(event_type) &&
          'attempt' in data,
      );
      for (const { data } of ended) {
        const step = before.steps.find(({ step_id }) => 'step_id' in data && step_id === data.step_id);
        const isApproved = step?.in_flight?.approval?.result === 'GIVEN';
        expect(isApproved).toBe(command.type === 'APPLY_OUTCOME' || command.type === 'CANCEL_UNSTARTED');
      }
    });
  });

  it('an attempt that a person was asked about is approved by nobody else', () => {
    always(({ before, command, decision }) => {
      if (command.type !== 'AUTO_APPROVE' || !decision.ok) return;
      const step = before.steps.find(({ step_id }) => step_id === command.step_id);
      expect(step?.in_flight).toMatchObject({ attempt: command.attempt });
      expect(step?.in_flight).not.toHaveProperty('approval');
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

  it('no attempt is approved for an intent other than the newest, and every older one is closed', () => {
    always(({ before, plan, decision, entries }) => {
      const effects = effectsOf(before, plan, decision.events);
      const approved = effects.flatMap((effect) => {
        if (effect.kind === 'APPROVE_INTENT') return [effect.action_intent_id];
        const isApproved = effect.kind === 'REVISE_ATTEMPT' && effect.intent.status === 'APPROVED';
        return isApproved ? [effect.intent.action_intent_id] : [];
      });
      const newest = plan.steps.map((step) => newestIntentId(plan.plan_id, step));
      for (const id of approved) expect(newest).toContain(id);
      const events = decision.events.filter(({ event_type }) => event_type === 'STEP_APPROVED');
      expect(approved).toHaveLength(events.length);
      const revised = effects.flatMap((effect) =>
        effect.kind === 'REVISE_ATTEMPT' ? [effect.intent.supersedes] : [],
      );
      const superseded = effects.flatMap((effect) =>
        effect.kind === 'CLOSE_INTENT' && effect.status === 'SUPERSEDED' ? [effect.action_intent_id] : [],
      );
      expect(superseded).toEqual(revised);
      const made = entries.flatMap(({ data }) =>
        'action_intent_id' in data && !('source' in data) ? [data.action_intent_id] : [],
      );
      expect(new Set(made).size).toBe(made.length);
    });
  });

  it('nobody approves a plan of their own, or an edit that they have handed in before', () => {
    always(({ before, decision, context }) => {
      for (const { event_type, data } of decision.events) {
        if (event_type !== 'STEP_APPROVED' || data.source !== 'HUMAN') continue;
        const step = before.steps.find(({ step_id }) => step_id === data.step_id);
        expect([before.created_by, ...(step?.in_flight?.edited_by ?? [])]).not.toContain(context.actor.id);
      }
    });
  });

  it('a person who approves or rejects twice has done so once', () => {
    always(({ plan, command, context, decision }) => {
      if (!decision.ok) return;
      if (command.type !== 'APPROVE_INTENT' && command.type !== 'REJECT_INTENT') return;
      expect(decide(plan, command, context)).toEqual({ ok: true, events: [] });
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

const EVENTS = [
  ...['PLAN_ABORTED', 'PLAN_ACTIVATED', 'PLAN_ACTIVATION_REJECTED', 'PLAN_APPROVED', 'PLAN_COMPLETED'],
  ...[
    'PLAN_EXPIRED',
    'PLAN_PAUSED',
    'PLAN_RESUMED',
    'STEP_APPROVAL_BLOCKED',
    'STEP_APPROVAL_ESCALATED',
    'STEP_APPROVAL_REQUIRED',
    'STEP_APPROVED',
    'STEP_INTENT_EDITED',
  ],
  ...['STEP_ATTEMPT_GRANTED', 'STEP_CHECK_POSTPONED', 'STEP_COMPLETED', 'STEP_FAILED'],
  'STEP_OUTCOME_RECORDED',
  ...['STEP_PUBLISHED_AGAIN', 'STEP_SKIPPED', 'STEP_STARTED'],
];

describe('the random stories', () => {
  it('reach every status, command and event, so that the rules above are held against all of them', () => {
    const seen = new Set<string>();
    for (const told of fc.sample(stories, { numRuns: 600, seed: 1 })) {
      for (const { plan, command, decision } of turnsOf(told)) {
        seen.add(plan.plan_status);
        for (const { event_type } of decision.events) seen.add(event_type);
        if (decision.ok && decision.events.length > 0) seen.add(command.type);
      }
    }
    expect([...seen].sort()).toEqual([...PLAN_STATUSES, ...KINDS, ...EVENTS].sort());
  });
});
