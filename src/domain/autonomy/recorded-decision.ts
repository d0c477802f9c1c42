import type { LedgerEntry } from '../ledger/plan-ledger.ts';
import type { NewStep, PlanEvent } from '../plan/plan-event.ts';
import type { GateDecision } from './approval-gate.ts';
import { type BudgetSpend, budgetDay } from './budget.ts';

/** What the gate says of an attempt; entries of early ledgers name no clause. */
export interface Verdict {
  readonly result: GateDecision['result'];
  readonly reason: string | null;
  readonly policy_clause: string | null;
  readonly explanation: string | null;
}

/** What a person made of an attempt, beside the gate or after it. */
export interface PersonDecision {
  readonly did: 'APPROVED' | 'REJECTED' | 'SKIPPED';
  readonly by: string;
  readonly at: string;
  readonly reason: string | null;
}

/** How an attempt ended. LAPSED: nobody approved it in time; NOT_STARTED: approved, and no execution took it; PLAN_ENDED: before anybody approved it. */
export interface AttemptEnd {
  readonly result: 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'REJECTED' | 'LAPSED' | 'NOT_STARTED' | 'PLAN_ENDED';
  readonly reason: string | null;
  readonly at: string;
}

/** What the gate decided on an attempt in the end, and what came of it. */
export interface RecordedDecision {
  readonly tenant_id: string;
  readonly account_id: string;
  readonly plan_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly action_type: string;
  readonly risk_estimate: string | undefined;
  readonly confidence_score: number | undefined;
  /** Instant of the decision. */
  readonly at: string;
  /** Whose budgets count for it: YYYY-MM-DD in the tenant's time zone. */
  readonly day: string;
  readonly was: Verdict;
  /** What the approval took from the budgets; undefined when it took nothing. */
  readonly spend: BudgetSpend | undefined;
  /** Who gave the approval; undefined when nobody has. */
  readonly source: 'POLICY' | 'HUMAN' | undefined;
  readonly person: PersonDecision | undefined;
  /** Undefined while it waits, or runs. */
  readonly end: AttemptEnd | undefined;
  /** When it became certain that the attempt, though approved, did nothing, so that it counts against no budget. */
  readonly given_back_at: string | undefined;
}

type Gate = Pick<RecordedDecision, 'at' | 'was' | 'spend'>;
type Attempt = Pick<RecordedDecision, 'attempt' | 'source' | 'person' | 'end' | 'given_back_at'> & {
  readonly step: NewStep;
  /** Undefined as long as the gate has said nothing. */
  readonly gate: Gate | undefined;
};
type EventOf<T extends PlanEvent['event_type']> = Extract<PlanEvent, { event_type: T }>;
type Failed = EventOf<'STEP_FAILED'>;
type Recorded = EventOf<'STEP_OUTCOME_RECORDED'>;

const verdict = (
  result: Verdict['result'],
  { reason, policy_clause, explanation }: { reason?: string; policy_clause?: string; explanation?: string },
): Verdict => ({
  ...{ result, reason: reason ?? null },
  ...{ policy_clause: policy_clause ?? null, explanation: explanation ?? null },
});

const withheld = (attempt: Attempt, at: string, was: Verdict): Attempt => ({
  ...attempt,
  gate: { at, was, spend: undefined },
});

const byPerson = (
  did: PersonDecision['did'],
  { actor, timestamp }: PlanEvent,
  reason: string | undefined,
): PersonDecision => ({ did, by: actor.id, at: timestamp, reason: reason ?? null });

const ended = (
  attempt: Attempt,
  result: AttemptEnd['result'],
  at: string,
  reason: string | undefined,
): Attempt => ({ ...attempt, end: { result, reason: reason ?? null, at } });

const approved = (attempt: Attempt, event: EventOf<'STEP_APPROVED'>): Attempt => {
  const { source, budget, reason } = event.data;
  if (source === 'HUMAN') return { ...attempt, source, person: byPerson('APPROVED', event, reason) };
  const was = verdict('AUTO_EXECUTED', event.data);
  return { ...attempt, source, gate: { at: event.timestamp, was, spend: budget } };
};

/** What an approval took is given back when its attempt certainly did nothing. */
const givenBack = (attempt: Attempt, { data, timestamp }: Failed | Recorded): Attempt =>
  attempt.source !== undefined && (data.nothing_done || data.intent_status !== undefined)
    ? { ...attempt, given_back_at: timestamp }
    : attempt;

const failed = (attempt: Attempt, event: Failed): Attempt => {
  const { intent_status, note, reason } = event.data;
  if (intent_status === 'REJECTED') {
    const person = byPerson('REJECTED', event, note);
    return ended({ ...attempt, person }, 'REJECTED', event.timestamp, note);
  }
  const unstarted = attempt.source === undefined ? 'LAPSED' : 'NOT_STARTED';
  const result = intent_status === 'EXPIRED' ? unstarted : 'FAILED';
  return givenBack(ended(attempt, result, event.timestamp, reason), event);
};

const recorded = (attempt: Attempt, event: Recorded): Attempt => {
  const { outcome, reason, intent_status } = event.data;
  const other = outcome === 'SUCCEEDED' || outcome === 'SKIPPED' ? outcome : 'FAILED';
  const result = intent_status === undefined ? other : 'NOT_STARTED';
  return givenBack(ended(attempt, result, event.timestamp, reason), event);
};

const skipped = (attempt: Attempt, event: EventOf<'STEP_SKIPPED'>): Attempt => {
  const { reason } = event.data;
  const person = event.actor.kind === 'human' ? byPerson('SKIPPED', event, reason) : attempt.person;
  return ended({ ...attempt, person }, 'SKIPPED', event.timestamp, reason);
};

const afterEvent = (attempt: Attempt, event: PlanEvent): Attempt => {
  switch (event.event_type) {
    case 'STEP_APPROVAL_BLOCKED':
      return withheld(attempt, event.timestamp, verdict('BLOCKED', event.data));
    case 'STEP_APPROVAL_REQUIRED':
      return withheld(attempt, event.timestamp, verdict('REQUIRE_APPROVAL', event.data));
    case 'STEP_APPROVED':
      return approved(attempt, event);
    case 'STEP_COMPLETED':
    case 'STEP_REPLAYED':
      return ended(attempt, 'SUCCEEDED', event.timestamp, undefined);
    case 'STEP_FAILED':
      return failed(attempt, event);
    case 'STEP_SKIPPED':
      return skipped(attempt, event);
    case 'STEP_OUTCOME_RECORDED':
      return recorded(attempt, event);
    default:
      return attempt;
  }
};

/** An attempt that nobody has approved by the end of its plan never is. */
const afterPlanEnd = (attempt: Attempt, at: string): Attempt =>
  attempt.end || attempt.source ? attempt : ended(attempt, 'PLAN_ENDED', at, undefined);

const newAttempt = (step: NewStep, attempt: number): Attempt => ({
  ...{ step, attempt, gate: undefined, source: undefined },
  ...{ person: undefined, end: undefined, given_back_at: undefined },
});

const PLAN_ENDS: readonly string[] = ['PLAN_COMPLETED', 'PLAN_ABORTED', 'PLAN_EXPIRED'];

/** Every attempt that a ledger tells of, in the order in which they started. */
const attemptsOf = (entries: readonly LedgerEntry[]): Attempt[] => {
  const steps = new Map<string, NewStep>();
  const attempts = new Map<string, Attempt>();
  for (const entry of entries) {
    const event = entry as PlanEvent;
    const { step_id, attempt } = event.data as { step_id?: string; attempt?: number };
    const key = `${step_id}/${attempt}`;
    const step = steps.get(String(step_id));
    if (event.event_type === 'PLAN_CREATED')
      for (const made of event.data.steps) steps.set(made.step_id, made);
    if (event.event_type === 'STEP_STARTED' && step) attempts.set(key, newAttempt(step, event.data.attempt));
    const of = attempts.get(key);
    if (of) attempts.set(key, afterEvent(of, event));
    if (PLAN_ENDS.includes(event.event_type))
      for (const [other, waiting] of attempts) attempts.set(other, afterPlanEnd(waiting, event.timestamp));
  }
  return [...attempts.values()];
};

/**
 * What the gate decided on the attempts of one plan, folded from its whole ledger. An attempt on which it was asked again counts by its
 * final decision; one that a person approved before the gate was asked does not count at all.
 *
 * @param timeZone IANA name of the time zone in which the tenant's days begin; absent: UTC.
 */
export const recordedDecisions = (entries: readonly LedgerEntry[], timeZone?: string): RecordedDecision[] => {
  const [first] = entries;
  if (!first) return [];
  const { tenant_id, account_id, plan_id } = first;
  return attemptsOf(entries).flatMap(({ step, gate, ...attempt }): RecordedDecision[] => {
    if (!gate) return [];
    const { step_id, action_type, risk_estimate, confidence_score } = step;
    const day = gate.spend?.day ?? budgetDay(gate.at, timeZone);
    const of = { tenant_id, account_id, plan_id, step_id, action_type, risk_estimate, confidence_score };
    return [{ ...of, ...attempt, ...gate, day }];
  });
};
