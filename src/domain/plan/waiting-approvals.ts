import { approvalDeadline } from './approval-deadline.ts';
import type { InFlight, Plan, PlanStep } from './plan.ts';

/** An attempt that waits for a person, or will once nothing blocks it any more. */
export interface WaitingAttempt {
  readonly plan: Plan;
  readonly step: PlanStep;
  readonly in_flight: InFlight;
  /** Why nobody may approve it for now; undefined when a person may. */
  readonly blocked_by: string | undefined;
  /** Until when it may be approved. */
  readonly deadline: string;
  /** When it was told that the deadline is near; undefined when it is not, or the plan was paused then. */
  readonly escalated_at: string | undefined;
  /** The deadline is past: it cannot be approved any more, and the next cycle that looks at its plan says so. */
  readonly lapsed: boolean;
}

/** Where an attempt stands among all; what is blocked comes after everything else. */
export interface Place {
  readonly blocked: boolean;
  readonly deadline: string;
  readonly plan_id: string;
  readonly step_id: string;
}

const attemptOf = (plan: Plan, step: PlanStep, now: string): WaitingAttempt[] => {
  const { in_flight } = step;
  const asked = in_flight?.approval?.result === 'REQUIRED' ? in_flight.approval : undefined;
  if (!in_flight || (!asked && in_flight.blocked_by === undefined)) return [];
  const deadline = approvalDeadline(plan, step);
  const { blocked_by } = in_flight;
  const escalated_at = asked?.escalated_at;
  return [{ plan, step, in_flight, blocked_by, deadline, escalated_at, lapsed: now >= deadline }];
};

/** The attempts of a plan that wait for a person or are blocked. A plan that has ended waits for nobody, and one that is paused still does. */
export const waitingAttempts = (plan: Plan, now: string): WaitingAttempt[] =>
  plan.plan_status === 'ACTIVE' || plan.plan_status === 'PAUSED'
    ? plan.steps.flatMap((step) => attemptOf(plan, step, now))
    : [];

export const placeOf = ({ blocked_by, deadline, plan, step }: WaitingAttempt): Place => ({
  ...{ blocked: blocked_by !== undefined, deadline },
  ...{ plan_id: plan.plan_id, step_id: step.step_id },
});

const keyOf = ({ blocked, deadline, plan_id, step_id }: Place): string =>
  [blocked ? 1 : 0, deadline, plan_id, step_id].join('#');

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

/** A page of attempts, the oldest deadline first, and where the next one begins; undefined when nothing follows. */
export const pageOfAttempts = (
  attempts: readonly WaitingAttempt[],
  { limit, after }: { readonly limit: number; readonly after?: Place | undefined },
): { readonly page: readonly WaitingAttempt[]; readonly next: Place | undefined } => {
  const following = attempts
    .map((attempt) => ({ attempt, key: keyOf(placeOf(attempt)) }))
    .filter(({ key }) => after === undefined || key > keyOf(after))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ attempt }) => attempt);
  const page = following.slice(0, limit);
  const last = page.at(-1);
  return { page, next: last && following.length > page.length ? placeOf(last) : undefined };
};
