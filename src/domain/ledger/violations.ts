import { evolve } from '../plan/evolve.ts';
import { canMove } from '../plan/lifecycle.ts';
import { findStep, isSettled, isTerminal, type Plan, type PlanStep } from '../plan/plan.ts';
import type { PlanEvent } from '../plan/plan-event.ts';
import { canonicalHash } from './canonical-json.ts';
import { fold, type LedgerEntry, tamperings } from './plan-ledger.ts';

type Body = ReturnType<typeof evolve>;

const AFTER_THE_END: readonly string[] = [
  'STEP_CHECK_POSTPONED',
  'STEP_OUTCOME_RECORDED',
  'STEP_COMPENSATED',
];

const movesWrongly = (before: Body, after: Body): string[] => {
  const [from, to] = [before.plan_status, after.plan_status];
  return from === to || canMove(from, to) ? [] : [`moves from ${from} to ${to}`];
};

const changesTheEnd = (before: Body, event: PlanEvent): string[] =>
  isTerminal(before.plan_status) && !AFTER_THE_END.includes(event.event_type)
    ? [`changes a plan that is ${before.plan_status}`]
    : [];

const startsWrongly = (step: PlanStep, attempt: number): string[] => [
  ...(step.in_flight
    ? [`starts attempt ${attempt} while attempt ${step.in_flight.attempt} is in flight`]
    : []),
  ...(attempt === (step.last_attempt ?? 0) + 1
    ? []
    : [`attempt ${attempt} follows ${step.last_attempt ?? 0}`]),
];

const completesUnapproved = (step: PlanStep): string[] =>
  step.in_flight?.approval?.result === 'GIVEN' ? [] : ['completes an attempt that nobody approved'];

/** Nobody may approve what another intent has taken the place of. */
const approvesOther = ({ in_flight }: PlanStep, intentId: string | undefined): string[] =>
  intentId === undefined || intentId === in_flight?.action_intent_id
    ? []
    : [`approves intent ${intentId} while ${in_flight?.action_intent_id} is the newest`];

const editsWrongly = ({ in_flight }: PlanStep, supersedes: string): string[] => [
  ...(in_flight?.approval?.result === 'GIVEN' ? ['edits an attempt that was approved'] : []),
  ...(supersedes === in_flight?.action_intent_id
    ? []
    : [`supersedes ${supersedes}, which is not the newest`]),
];

const escalatesWrongly = ({ in_flight }: PlanStep): string[] => {
  const { approval } = in_flight ?? {};
  if (approval?.result !== 'REQUIRED') return ['escalates what nobody is asked to approve'];
  return approval.escalated_at === undefined ? [] : ['escalates an attempt a second time'];
};

const stepGoesWrong = (before: Body, event: PlanEvent): string[] => {
  const stepId = 'step_id' in event.data ? event.data.step_id : undefined;
  if (stepId === undefined || !event.event_type.startsWith('STEP_')) return [];
  const step = findStep(before, stepId);
  if (!step) return [`names step ${stepId}, which the plan does not have`];
  if (isSettled(step) && !AFTER_THE_END.includes(event.event_type))
    return [`changes step ${step.step_id}, ${step.status}`];
  if (event.event_type === 'STEP_STARTED') return startsWrongly(step, event.data.attempt);
  if (event.event_type === 'STEP_APPROVED') return approvesOther(step, event.data.action_intent_id);
  if (event.event_type === 'STEP_INTENT_EDITED') return editsWrongly(step, event.data.supersedes);
  if (event.event_type === 'STEP_APPROVAL_ESCALATED') return escalatesWrongly(step);
  return event.event_type === 'STEP_COMPLETED' ? completesUnapproved(step) : [];
};

const entryGoesWrong = (before: Body | undefined, after: Body, event: PlanEvent): string[] =>
  before
    ? [...movesWrongly(before, after), ...changesTheEnd(before, event), ...stepGoesWrong(before, event)]
    : [];

/**
 * Rules that a plan's ledger breaks, in words; empty when all is well. Its chain, its moves, one attempt in flight per step, attempt numbers
 * without gaps, nothing completed that nobody approved, nothing approved but the newest edit, nothing escalated twice, and nothing changed
 * after the end.
 */
export const ledgerViolations = (entries: readonly LedgerEntry[]): string[] => {
  const found = [...tamperings(entries)];
  let before: Body | undefined;
  for (const { seq, event_type, timestamp, actor, data } of entries) {
    const event = { event_type, timestamp, actor, data } as PlanEvent;
    const after = evolve(before, event);
    found.push(...entryGoesWrong(before, after, event).map((what) => `entry ${seq} (${event_type}) ${what}`));
    before = after;
  }
  return found;
};

/** Whether a stored plan is what its ledger tells, in words; empty when it is. */
export const rowViolations = (plan: Plan, entries: readonly LedgerEntry[]): string[] =>
  canonicalHash(plan) === canonicalHash(fold(entries)) ? [] : ['the plan row is not the fold of its ledger'];

interface ActiveSpan {
  readonly plan_id: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

const END_OF_TIME = '9999';

const activeSpans = (entries: readonly LedgerEntry[]): ActiveSpan[] => {
  const spans: ActiveSpan[] = [];
  let plan: Body | undefined;
  for (const { event_type, timestamp, actor, data } of entries) {
    const was = plan?.plan_status === 'ACTIVE';
    plan = evolve(plan, { event_type, timestamp, actor, data } as PlanEvent);
    const isActive = plan.plan_status === 'ACTIVE';
    const { plan_id, tenant_id, account_id, plan_type } = plan;
    if (isActive && !was) {
      spans.push({
        plan_id,
        key: `${tenant_id}/${account_id}/${plan_type}`,
        from: timestamp,
        to: END_OF_TIME,
      });
    }
    const open = spans.at(-1);
    if (was && !isActive && open) spans.splice(-1, 1, { ...open, to: timestamp });
  }
  return spans;
};

/** Plans of the same tenant, account and type that were ACTIVE at the same time, in words. */
export const overlappingActivePlans = (ledgers: readonly (readonly LedgerEntry[])[]): string[] => {
  const spans = ledgers
    .flatMap(activeSpans)
    .sort((a, b) => (a.from === b.from ? compare(a.to, b.to) : compare(a.from, b.from)));
  const latest = new Map<string, ActiveSpan>();
  return spans.flatMap((span) => {
    const other = latest.get(span.key);
    latest.set(span.key, span);
    if (!other || other.plan_id === span.plan_id || other.to <= span.from) return [];
    return [`plans ${other.plan_id} and ${span.plan_id} of ${span.key} were ACTIVE at the same time`];
  });
};
