import type { Decision, DecisionContext, Refusal } from './command.ts';
import { accept, eventOf, refuse } from './decision.ts';
import type { Plan } from './plan.ts';
import type { PlanEvent, PlanEventData } from './plan-event.ts';

export const noStep = ({ plan_id }: Plan, stepId: string): Refusal =>
  refuse('STEP_NOT_FOUND', `plan ${plan_id} has no step ${stepId}`);

export const notRunning = ({ plan_id, plan_status }: Plan): Refusal =>
  refuse('INVALID_TRANSITION', `plan ${plan_id} is ${plan_status}, not ACTIVE`);

/** Pauses an ACTIVE plan on account of a step; a plan that is not ACTIVE stays as it is. */
export const pauseFor = (
  plan: Plan,
  stepId: string,
  reason: string,
  context: DecisionContext,
): PlanEvent[] =>
  plan.plan_status === 'ACTIVE'
    ? [eventOf('PLAN_PAUSED', { plan_id: plan.plan_id, reason, step_id: stepId }, context)]
    : [];

/** The attempt failed in a way that only a person can answer. */
export const failAndPause = (
  plan: Plan,
  { step_id, attempt }: { step_id: string; attempt: number },
  failure: Omit<PlanEventData['STEP_FAILED'], 'plan_id' | 'step_id' | 'attempt'>,
  context: DecisionContext,
): Decision => {
  const event = eventOf('STEP_FAILED', { plan_id: plan.plan_id, step_id, attempt, ...failure }, context);
  return accept(event, ...pauseFor(plan, step_id, failure.reason, context));
};
