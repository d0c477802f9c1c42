import { earliest, later, secondsAfter } from '../identifiers.ts';
import { evaluatePlanState } from './evaluate-plan-state.ts';
import {
  type CompletionReason,
  isInFlight,
  isSettled,
  isTerminal,
  type Plan,
  type PlanStep,
} from './plan.ts';

/** How long a plan whose activation was rejected waits before it is looked at again, so that it starves no other. */
export const ACTIVATION_RETRY_SECONDS = 60;

export type NextMove =
  | { readonly kind: 'EXPIRE'; readonly expired_at: string }
  | { readonly kind: 'COMPLETE'; readonly completion_reason: CompletionReason }
  | { readonly kind: 'ACTIVATE' }
  | { readonly kind: 'DISPATCH'; readonly step: PlanStep }
  | { readonly kind: 'DECIDE'; readonly step: PlanStep }
  | { readonly kind: 'REPAIR'; readonly step: PlanStep }
  | { readonly kind: 'COMPENSATE'; readonly step: PlanStep }
  | { readonly kind: 'WAIT'; readonly until: string | undefined };

/** The failed step, if any, that keeps a plan from going on until a person grants an attempt or skips it. */
export const stepThatNeedsAPerson = (plan: Pick<Plan, 'steps'>): PlanStep | undefined =>
  plan.steps.find(({ needs_person }) => needs_person);

const dependenciesMet = (step: PlanStep, plan: Pick<Plan, 'steps'>): boolean =>
  step.dependencies.every((id) => plan.steps.some((other) => other.step_id === id && isSettled(other)));

const mayStart = (step: PlanStep, plan: Pick<Plan, 'steps'>): boolean => {
  const startable = step.status === 'PENDING' || (step.status === 'FAILED' && !step.needs_person);
  return startable && dependenciesMet(step, plan);
};

const bySequence = (a: PlanStep, b: PlanStep): number =>
  (a.sequence ?? Number.MAX_SAFE_INTEGER) - (b.sequence ?? Number.MAX_SAFE_INTEGER);

const nextStep = (plan: Pick<Plan, 'steps'>, now: string): PlanStep | undefined =>
  [...plan.steps]
    .sort(bySequence)
    .find((step) => mayStart(step, plan) && (step.retry_at === undefined || step.retry_at <= now));

const isOverdue = ({ in_flight }: PlanStep, now: string): boolean =>
  in_flight !== undefined && in_flight.check_at <= now;

const repairOf = (step: PlanStep): NextMove => ({
  kind: step.in_flight?.approval ? 'REPAIR' : 'DECIDE',
  step,
});

const moveOfActive = (plan: Plan, now: string): NextMove => {
  const step = nextStep(plan, now);
  if (step) return { kind: 'DISPATCH', step };
  const late = plan.steps.find((other) => isInFlight(other) && isOverdue(other, now));
  return late ? repairOf(late) : waiting(plan, now);
};

const toCompensate = (plan: Pick<Plan, 'steps'>): PlanStep | undefined =>
  plan.steps.findLast(({ compensation }) => compensation === 'PENDING');

/** What was approved before the plan ended may have been carried out, and its outcome is still to be heard. */
const toHearOf = (plan: Pick<Plan, 'steps'>): PlanStep[] =>
  plan.steps.filter(({ in_flight }) => in_flight?.approval?.result === 'GIVEN');

/** A plan that has ended has nothing left to do but to undo, the last step first, and to hear of what was in flight. */
const moveOfEnded = (plan: Plan, now: string): NextMove => {
  const step = toCompensate(plan);
  if (step) return { kind: 'COMPENSATE', step };
  const late = toHearOf(plan).find((other) => isOverdue(other, now));
  return late ? { kind: 'REPAIR', step: late } : waiting(plan, now);
};

/**
 * The next thing the orchestrator has to do for a plan: end it, activate it, dispatch one step, look after one attempt
 * in flight, undo a step, or wait. At most one move a look; whatever else is due stays due.
 *
 * DISPATCH goes before REPAIR: attempts to dispatch are finite, while an attempt in flight may need many looks.
 */
export const nextMove = (plan: Plan, now: string, signals?: readonly string[]): NextMove => {
  if (isTerminal(plan.plan_status)) return moveOfEnded(plan, now);
  const verdict = evaluatePlanState({ plan, now, signals });
  if (verdict.action === 'EXPIRE') return { kind: 'EXPIRE', expired_at: verdict.expired_at };
  if (plan.plan_status === 'APPROVED') return { kind: 'ACTIVATE' };
  if (plan.plan_status !== 'ACTIVE') return waiting(plan, now);
  if (verdict.action === 'COMPLETE')
    return { kind: 'COMPLETE', completion_reason: verdict.completion_reason };
  return moveOfActive(plan, now);
};

const dueOfEnded = (plan: Plan, now: string): string | undefined =>
  toCompensate(plan) ? now : earliest(...toHearOf(plan).map(({ in_flight }) => in_flight?.check_at));

const nextOfActive = (plan: Plan, now: string): string | undefined => {
  if (plan.steps.length > 0 && plan.steps.every(isSettled)) return now;
  const starts = plan.steps
    .filter((step) => mayStart(step, plan))
    .map((step) => later(step.retry_at ?? now, now));
  const checks = plan.steps.map((step) => (isInFlight(step) ? step.in_flight?.check_at : undefined));
  return earliest(...starts, ...checks);
};

/**
 * The next instant at which the orchestrator has something to do for a plan; undefined for a terminal plan of which nothing is to be
 * undone or heard. An instant that is past means now.
 */
export const dueAt = (plan: Plan, now: string): string | undefined => {
  if (isTerminal(plan.plan_status)) return dueOfEnded(plan, now);
  if (plan.plan_status === 'APPROVED') {
    const next = plan.activation_rejection === undefined ? now : secondsAfter(now, ACTIVATION_RETRY_SECONDS);
    return earliest(plan.expires_at, next);
  }
  return earliest(plan.expires_at, plan.plan_status === 'ACTIVE' ? nextOfActive(plan, now) : undefined);
};

const waiting = (plan: Plan, now: string): NextMove => ({ kind: 'WAIT', until: dueAt(plan, now) });
