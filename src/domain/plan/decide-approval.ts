import { PUBLISH_CHECK_SECONDS } from '../execution/repair.ts';
import { secondsAfter } from '../identifiers.ts';
import { intentExpiry } from '../intent/action-intent.ts';
import type { Decision, DecisionContext, PlanCommand, Refusal } from './command.ts';
import { accept, alreadyDone, eventOf, refuse } from './decision.ts';
import { findStep, type InFlight, isTerminal, type Plan, type PlanStep } from './plan.ts';
import { failAndPause, noStep, notRunning } from './step-decision.ts';

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;

const waitsForApproval = (plan: Plan, step_id: string, attempt: number): boolean => {
  const step = findStep(plan, step_id);
  return step?.in_flight?.attempt === attempt && step.in_flight.approval?.result !== 'GIVEN';
};

const notWaiting = ({ plan_id }: Plan, step_id: string, attempt: number): Refusal =>
  refuse(
    'NOT_WAITING_FOR_APPROVAL',
    `attempt ${attempt} of step ${step_id} of plan ${plan_id} is not waiting for an approval`,
  );

/** Until when the intent of the attempt in flight may be approved. */
const approvalDeadline = (plan: Plan, step: PlanStep): string =>
  intentExpiry(plan, step.action_type, (step.in_flight as InFlight).since);

const expired = (deadline: string): Refusal => refuse('PLAN_EXPIRED', `the approval was due by ${deadline}`);

const approved = (
  plan: Plan,
  { step_id, attempt }: { step_id: string; attempt: number },
  source: { source: 'HUMAN'; reason?: string } | { source: 'POLICY'; policy_version: string },
  context: DecisionContext,
): Decision => {
  const check_at = secondsAfter(context.now, PUBLISH_CHECK_SECONDS);
  return accept(
    eventOf('STEP_APPROVED', { plan_id: plan.plan_id, step_id, attempt, ...source, check_at }, context),
  );
};

export const autoApprove = (plan: Plan, command: Of<'AUTO_APPROVE'>, context: DecisionContext): Decision => {
  const { step_id, attempt, policy_version } = command;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (context.now >= plan.expires_at) return expired(plan.expires_at);
  const asked = findStep(plan, step_id)?.in_flight?.approval;
  if (asked || !waitsForApproval(plan, step_id, attempt)) return notWaiting(plan, step_id, attempt);
  return approved(plan, command, { source: 'POLICY', policy_version }, context);
};

export const requireApproval = (
  plan: Plan,
  command: Of<'REQUIRE_APPROVAL'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const { step_id, attempt, reason, policy_version } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (isTerminal(plan.plan_status)) return notRunning(plan);
  if (!waitsForApproval(plan, step_id, attempt)) return notWaiting(plan, step_id, attempt);
  if (step.in_flight?.approval) return alreadyDone;
  const check_at = approvalDeadline(plan, step);
  const data = { plan_id, step_id, attempt, reason, policy_version, check_at };
  return accept(eventOf('STEP_APPROVAL_REQUIRED', data, context));
};

export const approveIntent = (
  plan: Plan,
  command: Of<'APPROVE_INTENT'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (!waitsForApproval(plan, step_id, attempt)) return notWaiting(plan, step_id, attempt);
  if (context.actor.id === plan.created_by) {
    return refuse(
      'SELF_APPROVAL',
      `plan ${plan.plan_id} was created by ${plan.created_by}, who cannot approve its actions`,
    );
  }
  const deadline = approvalDeadline(plan, step);
  if (context.now >= deadline) return expired(deadline);
  const reason = command.reason === undefined ? {} : { reason: command.reason };
  return approved(plan, command, { source: 'HUMAN', ...reason }, context);
};

export const rejectIntent = (
  plan: Plan,
  command: Of<'REJECT_INTENT'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  if (!findStep(plan, step_id)) return noStep(plan, step_id);
  if (plan.plan_status !== 'ACTIVE' && plan.plan_status !== 'PAUSED') return notRunning(plan);
  if (!waitsForApproval(plan, step_id, attempt)) return notWaiting(plan, step_id, attempt);
  const note = command.reason === undefined ? {} : { note: command.reason };
  return failAndPause(
    plan,
    command,
    { reason: 'approval_rejected', intent_status: 'REJECTED', ...note },
    context,
  );
};

/** Lets an approval lapse that nobody gave in time. */
export const expireApproval = (
  plan: Plan,
  command: Of<'EXPIRE_APPROVAL'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  const asked = findStep(plan, step_id)?.in_flight;
  if (!asked?.approval || asked.check_at > context.now || !waitsForApproval(plan, step_id, attempt)) {
    return notWaiting(plan, step_id, attempt);
  }
  return failAndPause(plan, command, { reason: 'approval_expired', intent_status: 'EXPIRED' }, context);
};
