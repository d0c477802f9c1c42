import { approvalDeadline } from '../../src/domain/plan/approval-deadline.ts';
import { stepThatNeedsAPerson } from '../../src/domain/plan/next-move.ts';
import {
  type InFlight,
  isSettled,
  isTerminal,
  type Plan,
  type PlanStep,
} from '../../src/domain/plan/plan.ts';

/** What somebody or something waits for before a plan goes on. */
export interface Wait {
  readonly on: 'PERSON' | 'GATE' | 'OUTCOME' | 'TIME' | 'STEPS' | 'PLAN' | 'CYCLE';
  readonly what: string;
  /** ISO-8601 instant at which the waiting ends by itself, one way or another. */
  readonly until?: string;
}

const approvalWait = (plan: Plan, step: PlanStep, reason: string): Wait => {
  const approve = plan.plan_status === 'PAUSED' ? 'resume and approve-intent' : 'approve-intent';
  const until = approvalDeadline(plan, step);
  return { on: 'PERSON', what: `${approve} or reject-intent (${reason})`, until };
};

const inFlightWait = (plan: Plan, step: PlanStep, { approval, check_at: until }: InFlight): Wait => {
  if (!approval) return { on: 'GATE', what: 'the autonomy gate', until };
  if (approval.result === 'REQUIRED') return approvalWait(plan, step, approval.reason);
  return { on: 'OUTCOME', what: `its outcome (approved by ${approval.by})`, until };
};

const unsettledDependencies = (plan: Plan, { dependencies }: PlanStep): string[] =>
  dependencies.filter((id) => !plan.steps.some((other) => other.step_id === id && isSettled(other)));

const pendingWait = (plan: Plan, step: PlanStep): Wait => {
  const steps = unsettledDependencies(plan, step);
  if (steps.length > 0) return { on: 'STEPS', what: `step ${steps.join(', ')}` };
  if (plan.plan_status !== 'ACTIVE') return { on: 'PLAN', what: `the plan, ${plan.plan_status}` };
  if (step.retry_at !== undefined) return { on: 'TIME', what: 'its next attempt', until: step.retry_at };
  return { on: 'CYCLE', what: 'the next cycle' };
};

/** What a step waits for; undefined when it waits for nothing any more. */
export const waitOfStep = (plan: Plan, step: PlanStep): Wait | undefined => {
  if (isTerminal(plan.plan_status) || isSettled(step)) return undefined;
  if (step.in_flight) return inFlightWait(plan, step, step.in_flight);
  if (step.needs_person) return { on: 'PERSON', what: 'grant-attempt or skip-step', until: plan.expires_at };
  return pendingWait(plan, step);
};

/** What a plan as a whole waits for from a person; undefined when it is nothing, or something about a step. */
export const waitOfPlan = (plan: Plan): Wait | undefined => {
  const { plan_status, expires_at: until } = plan;
  if (plan_status === 'DRAFT') return { on: 'PERSON', what: 'approve', until };
  if (plan_status === 'PAUSED' && !stepThatNeedsAPerson(plan)) return { on: 'PERSON', what: 'resume', until };
  return undefined;
};

/** A wait for a person; without a step it is about the plan. */
export type PersonWait = Wait & { readonly step_id?: string };

/** Everything about a plan that waits for a person. */
export const personWaits = (plan: Plan): PersonWait[] => {
  const ofPlan = waitOfPlan(plan);
  const ofSteps = plan.steps.flatMap((step): PersonWait[] => {
    const wait = waitOfStep(plan, step);
    return wait?.on === 'PERSON' ? [{ step_id: step.step_id, ...wait }] : [];
  });
  return ofPlan ? [ofPlan, ...ofSteps] : ofSteps;
};
