import { OUTCOME_UNKNOWN } from '../execution/execution.ts';
import { GATE_CHECK_SECONDS, PUBLISH_CHECK_SECONDS } from '../execution/repair.ts';
import { secondsAfter } from '../identifiers.ts';
import { actionIntentId } from '../intent/action-intent.ts';
import type { Decision, DecisionContext, OfAttempt, PlanCommand, Refusal, StepOutcome } from './command.ts';
import { accept, alreadyDone, endOf, eventOf, refuse, withEnd } from './decision.ts';
import { nextMove } from './next-move.ts';
import { findStep, isTerminal, type Plan, type PlanStep } from './plan.ts';
import type { PlanEvent } from './plan-event.ts';
import { getPlanTypeConfig } from './plan-type-config.ts';
import { failAndPause, noStep, notRunning, pauseFor } from './step-decision.ts';

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;

const NO_RETRIES = 1;

/** Attempts a step may make in all: the plan type's limit and what people granted on top. */
export const attemptLimit = (
  plan: Pick<Plan, 'plan_type'>,
  step: Pick<PlanStep, 'granted_attempts'>,
): number =>
  (getPlanTypeConfig(plan.plan_type)?.max_retries_per_step ?? NO_RETRIES) + (step.granted_attempts ?? 0);

/** Longest wait between two attempts, in seconds. */
const MAX_BACKOFF_SECONDS = 86_400;

const backoff = ({ plan_type }: Plan, attempt: number): number =>
  Math.min(
    (getPlanTypeConfig(plan_type)?.retry_backoff_seconds ?? 0) * 2 ** (attempt - 1),
    MAX_BACKOFF_SECONDS,
  );

const exhausted = (plan: Plan, step_id: string, context: DecisionContext): PlanEvent[] => {
  const reason = 'retry_limit_exceeded';
  const failed = eventOf(
    'STEP_FAILED',
    { plan_id: plan.plan_id, step_id, reason, needs_person: true },
    context,
  );
  return [failed, ...pauseFor(plan, step_id, reason, context)];
};

export const startStep = (plan: Plan, command: Of<'START_STEP'>, context: DecisionContext): Decision => {
  const { plan_id } = plan;
  const { step_id, attempts_made, registry_version } = command;
  const move = nextMove(plan, context.now);
  if (move.kind === 'EXPIRE') return accept(...endOf(plan, context));
  if (move.kind !== 'DISPATCH' || move.step.step_id !== step_id) {
    return refuse('STEP_NOT_DUE', `step ${step_id} of plan ${plan_id} is not the next to start`);
  }
  const made = Math.max(attempts_made, move.step.last_attempt ?? 0);
  if (made >= attemptLimit(plan, move.step)) return accept(...exhausted(plan, step_id, context));
  const attempt = made + 1;
  const { action_type } = move.step;
  const action_intent_id = actionIntentId(plan_id, step_id, attempt);
  const check_at = secondsAfter(context.now, GATE_CHECK_SECONDS);
  return accept(
    eventOf(
      'STEP_STARTED',
      {
        ...{ plan_id, step_id, action_type, attempt, action_intent_id, check_at },
        ...(registry_version !== undefined && { registry_version }),
      },
      context,
    ),
  );
};

/** Its approval was given, and it is time to look after it. */
const isOverdue = (plan: Plan, { step_id, attempt }: OfAttempt, now: string): boolean => {
  const inFlight = findStep(plan, step_id)?.in_flight;
  return inFlight?.attempt === attempt && inFlight.approval?.result === 'GIVEN' && inFlight.check_at <= now;
};

const notOverdue = (plan: Plan, { step_id, attempt }: OfAttempt): Refusal =>
  refuse('STEP_NOT_DUE', `attempt ${attempt} of step ${step_id} of plan ${plan.plan_id} is not overdue`);

export const publishAgain = (
  plan: Plan,
  command: Of<'PUBLISH_AGAIN'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (context.now >= plan.expires_at || !isOverdue(plan, command, context.now))
    return notOverdue(plan, command);
  const check_at = secondsAfter(context.now, PUBLISH_CHECK_SECONDS);
  return accept(
    eventOf('STEP_PUBLISHED_AGAIN', { plan_id: plan.plan_id, step_id, attempt, check_at }, context),
  );
};

/** Leaves an execution that is at work alone until it should have ended, and the plan to its other steps. */
export const postponeCheck = (
  plan: Plan,
  command: Of<'POSTPONE_CHECK'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt, until: check_at } = command;
  if (!isOverdue(plan, command, context.now)) return notOverdue(plan, command);
  return accept(
    eventOf('STEP_CHECK_POSTPONED', { plan_id: plan.plan_id, step_id, attempt, check_at }, context),
  );
};

const endedBefore = (plan: Plan, { step_id, attempt }: OfAttempt, context: DecisionContext): Decision => {
  const data = { plan_id: plan.plan_id, step_id, attempt, outcome: 'SKIPPED', reason: 'plan_ended' } as const;
  return accept(eventOf('STEP_OUTCOME_RECORDED', { ...data, intent_status: 'CANCELLED' }, context));
};

/** Gives up an approved attempt that no execution ever took. */
export const cancelUnstarted = (
  plan: Plan,
  command: Of<'CANCEL_UNSTARTED'>,
  context: DecisionContext,
): Decision => {
  const hasEnded = isTerminal(plan.plan_status);
  if (plan.plan_status !== 'ACTIVE' && !hasEnded) return notRunning(plan);
  if (!isOverdue(plan, command, context.now)) return notOverdue(plan, command);
  if (hasEnded) return endedBefore(plan, command, context);
  return failAndPause(plan, command, { reason: 'execution_not_started', intent_status: 'EXPIRED' }, context);
};

type Failed = Extract<StepOutcome, { result: 'FAILED' | 'BLOCKED' }>;

/** Why it failed, and whether it certainly did nothing, for the ledger. */
const failure = ({ reason, nothing_done }: Failed) => ({ reason, ...(nothing_done && { nothing_done }) });

const failed = (
  plan: Plan,
  step: PlanStep,
  { attempt }: OfAttempt,
  outcome: Failed,
  context: DecisionContext,
) => {
  const retry_at = secondsAfter(context.now, backoff(plan, attempt));
  const { plan_id } = plan;
  const { step_id } = step;
  const event = eventOf('STEP_FAILED', { plan_id, step_id, ...failure(outcome), attempt, retry_at }, context);
  const end = plan.plan_status === 'ACTIVE' ? endOf(plan, context) : [];
  const isLast = plan.plan_status === 'ACTIVE' && end.length === 0 && attempt >= attemptLimit(plan, step);
  return accept(event, ...end, ...(isLast ? exhausted(plan, step_id, context) : []));
};

const recordOnly = (
  plan: Plan,
  { step_id, attempt, outcome }: Of<'APPLY_OUTCOME'>,
  context: DecisionContext,
) => {
  const { result, ...why } = outcome;
  const data = { plan_id: plan.plan_id, step_id, attempt, outcome: result, ...why };
  return accept(eventOf('STEP_OUTCOME_RECORDED', data, context));
};

const applyToLive = (
  plan: Plan,
  step: PlanStep,
  command: Of<'APPLY_OUTCOME'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const { step_id, attempt, outcome } = command;
  switch (outcome.result) {
    case 'SUCCEEDED':
      return withEnd(
        plan,
        [eventOf('STEP_COMPLETED', { plan_id, step_id, attempt, outcome: 'SUCCEEDED' }, context)],
        context,
      );
    case 'SKIPPED':
      return withEnd(
        plan,
        [eventOf('STEP_SKIPPED', { plan_id, step_id, attempt, reason: outcome.reason }, context)],
        context,
      );
    case 'FAILED':
      return failed(plan, step, command, outcome, context);
    case 'UNKNOWN':
      return failAndPause(plan, command, { reason: OUTCOME_UNKNOWN, needs_person: true }, context);
    case 'BLOCKED':
      return failAndPause(plan, command, { ...failure(outcome), needs_person: true }, context);
  }
};

/** A step that failed is done when its last attempt succeeds after all; whatever has become of it otherwise stands. */
const applyReplay = (
  plan: Plan,
  step: PlanStep,
  { step_id, attempt, outcome }: Of<'APPLY_OUTCOME'>,
  context: DecisionContext,
): Decision => {
  const isItsLast = step.status === 'FAILED' && step.last_attempt === attempt;
  if (isTerminal(plan.plan_status) || !isItsLast || outcome.result !== 'SUCCEEDED') return alreadyDone;
  const { plan_id } = plan;
  return withEnd(plan, [eventOf('STEP_REPLAYED', { plan_id, step_id, attempt }, context)], context);
};

export const applyOutcome = (
  plan: Plan,
  command: Of<'APPLY_OUTCOME'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (step.in_flight?.attempt !== attempt)
    return command.replay ? applyReplay(plan, step, command, context) : alreadyDone;
  if (step.in_flight.approval?.result !== 'GIVEN') {
    return refuse(
      'NOT_APPROVED',
      `attempt ${attempt} of step ${step_id} of plan ${plan.plan_id} was never approved`,
    );
  }
  return isTerminal(plan.plan_status)
    ? recordOnly(plan, command, context)
    : applyToLive(plan, step, command, context);
};

export const recordCompensation = (
  plan: Plan,
  { step_id, attempt, result, error }: Of<'RECORD_COMPENSATION'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (step.compensation !== 'PENDING' || step.last_attempt !== attempt) return alreadyDone;
  const data = { plan_id, step_id, attempt, result, ...(error !== undefined && { error }) };
  return accept(eventOf('STEP_COMPENSATED', data, context));
};
