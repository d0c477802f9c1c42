import { approvalDeadline } from './approval-deadline.ts';
import type { Decision, DecisionContext, PlanCommand, Refusal, SaidByPerson } from './command.ts';
import { approved, expired, notWaiting } from './decide-approval.ts';
import { accept, alreadyDone, eventOf, refuse, withEnd } from './decision.ts';
import { findStep, type InFlight, isInFlight, isSettled, type Plan, type PlanStep } from './plan.ts';
import type { PlanEvent } from './plan-event.ts';
import { failAndPause, noStep, notRunning } from './step-decision.ts';

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;
type PersonDecision = NonNullable<PlanStep['last_decision']>;

/** A step whose attempt nobody has approved yet. */
export type Waiting = PlanStep & { readonly in_flight: InFlight };

export const isWaiting = (step: PlanStep): step is Waiting =>
  step.in_flight !== undefined && step.in_flight.approval?.result !== 'GIVEN';

/** Shortest beginning of a hash that stands for all of it, in characters. */
const MIN_HASH_CHARACTERS = 12;

const isShown = (shown: string | undefined, content_hash: string | undefined): boolean =>
  shown === undefined ||
  shown === content_hash ||
  (shown.length >= MIN_HASH_CHARACTERS && content_hash?.startsWith(shown) === true);

/** The same person has said the same of the same attempt before: a second click, which changes nothing. */
export const isRepeated = (
  { last_decision }: PlanStep,
  { attempt, shown }: SaidByPerson,
  result: PersonDecision['result'],
  { actor }: DecisionContext,
): boolean =>
  last_decision?.attempt === attempt &&
  last_decision.result === result &&
  last_decision.by === actor.id &&
  isShown(shown, last_decision.content_hash);

const DECIDED = { APPROVED: 'approved', REJECTED: 'rejected' } as const;

/** Who has decided on an attempt before, in words; undefined when nobody has. */
const decidedBefore = ({ in_flight, last_decision }: PlanStep, attempt: number): string | undefined => {
  if (last_decision?.attempt === attempt)
    return `${last_decision.by} has ${DECIDED[last_decision.result]} it`;
  const approval = in_flight?.attempt === attempt ? in_flight.approval : undefined;
  return approval?.result === 'GIVEN' ? `${approval.by} has approved it` : undefined;
};

export const notWaitingAnyMore = (plan: Plan, step: PlanStep, attempt: number): Refusal => {
  const refusal = notWaiting(plan, step.step_id, attempt);
  const who = decidedBefore(step, attempt);
  return who === undefined ? refusal : { ...refusal, message: `${refusal.message}: ${who}` };
};

/** What waits is not what the person has seen. */
export const contentChanged = (
  { plan_id }: Plan,
  { in_flight }: Waiting,
  { step_id, attempt, shown, content_hash }: SaidByPerson,
): Refusal | undefined => {
  if (in_flight.attempt !== attempt) {
    const what = `attempt ${in_flight.attempt} of step ${step_id} of plan ${plan_id}`;
    return refuse('CONTENT_CHANGED', `${what} is waiting for an approval, not attempt ${attempt}`);
  }
  if (isShown(shown, content_hash)) return undefined;
  const what = `what is to be done by step ${step_id} of plan ${plan_id}`;
  return refuse('CONTENT_CHANGED', `${what} is not what was shown (${shown}) but ${content_hash}`);
};

export const blocked = ({ plan_id }: Plan, { step_id, in_flight }: Waiting): Refusal | undefined => {
  const { blocked_by, check_at } = in_flight;
  if (blocked_by === undefined) return undefined;
  const what = `step ${step_id} of plan ${plan_id}`;
  return refuse('APPROVAL_BLOCKED', `${what} is blocked by ${blocked_by} and looked at again at ${check_at}`);
};

/** Nobody approves what they have asked for, be it the plan or an edit that they have handed in before. */
export const ownWork = (
  plan: Plan,
  { step_id, in_flight }: Waiting,
  { actor }: DecisionContext,
): Refusal | undefined => {
  const { plan_id, created_by } = plan;
  if (actor.id === created_by)
    return refuse(
      'SELF_APPROVAL',
      `plan ${plan_id} was created by ${created_by}, who cannot approve its actions`,
    );
  if (!in_flight.edited_by?.includes(actor.id)) return undefined;
  const what = `step ${step_id} of plan ${plan_id}`;
  return refuse('SELF_APPROVAL', `${what} was edited by ${actor.id}, who cannot approve it`);
};

export const lapsed = (plan: Plan, step: Waiting, now: string): Refusal | undefined => {
  const deadline = approvalDeadline(plan, step);
  return now >= deadline ? expired(deadline) : undefined;
};

/** What an approval by a person is about. */
interface Approved {
  readonly action_intent_id: string;
  readonly content_hash?: string | undefined;
}

export const approvedByPerson = (
  plan: Plan,
  command: SaidByPerson,
  { action_intent_id, content_hash }: Approved,
  context: DecisionContext,
): PlanEvent => {
  const { reason } = command;
  const source = {
    ...{ source: 'HUMAN' as const, action_intent_id },
    ...(reason !== undefined && { reason }),
    ...(content_hash !== undefined && { content_hash }),
  };
  return approved(plan, command, source, context);
};

export const approveIntent = (
  plan: Plan,
  command: Of<'APPROVE_INTENT'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt, content_hash } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (isRepeated(step, command, 'APPROVED', context)) return alreadyDone;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (!isWaiting(step)) return notWaitingAnyMore(plan, step, attempt);
  const refusal =
    contentChanged(plan, step, command) ??
    blocked(plan, step) ??
    ownWork(plan, step, context) ??
    lapsed(plan, step, context.now);
  const { action_intent_id } = step.in_flight;
  return refusal ?? accept(approvedByPerson(plan, command, { action_intent_id, content_hash }, context));
};

export const rejectIntent = (
  plan: Plan,
  command: Of<'REJECT_INTENT'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt, reason: note, content_hash } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (isRepeated(step, command, 'REJECTED', context)) return alreadyDone;
  if (plan.plan_status !== 'ACTIVE' && plan.plan_status !== 'PAUSED') return notRunning(plan);
  if (!isWaiting(step)) return notWaitingAnyMore(plan, step, attempt);
  const failure = {
    ...{ reason: 'approval_rejected', intent_status: 'REJECTED' as const },
    ...(note !== undefined && { note }),
    ...(content_hash !== undefined && { content_hash }),
  };
  return contentChanged(plan, step, command) ?? failAndPause(plan, command, failure, context);
};

export const skipStep = (
  plan: Plan,
  { step_id, reason }: Of<'SKIP_STEP'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (plan.plan_status !== 'ACTIVE' && plan.plan_status !== 'PAUSED') return notRunning(plan);
  if (isSettled(step)) return refuse('STEP_SETTLED', `step ${step_id} of plan ${plan_id} is ${step.status}`);
  if (step.in_flight?.approval?.result === 'GIVEN') {
    return refuse('STEP_IN_FLIGHT', `step ${step_id} of plan ${plan_id} is being executed`);
  }
  const attempt = step.in_flight && { attempt: step.in_flight.attempt };
  return withEnd(plan, [eventOf('STEP_SKIPPED', { plan_id, step_id, reason, ...attempt }, context)], context);
};

export const grantAttempt = (
  plan: Plan,
  command: Of<'GRANT_ATTEMPT'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const { step_id, reason } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (plan.plan_status !== 'ACTIVE' && plan.plan_status !== 'PAUSED') return notRunning(plan);
  if (step.status !== 'FAILED') {
    const what = isInFlight(step) ? 'in flight' : step.status;
    return refuse('STEP_NOT_FAILED', `step ${step_id} of plan ${plan_id} is ${what}, not FAILED`);
  }
  return accept(
    eventOf('STEP_ATTEMPT_GRANTED', { plan_id, step_id, reason, retry_at: context.now }, context),
  );
};
