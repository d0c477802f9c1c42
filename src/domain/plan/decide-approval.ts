import { PUBLISH_CHECK_SECONDS } from '../execution/repair.ts';
import { secondsAfter } from '../identifiers.ts';
import { approvalDeadline, escalationTime } from './approval-deadline.ts';
import type { Decision, DecisionContext, PlanCommand, Refusal, SaidByPolicy } from './command.ts';
import { accept, alreadyDone, eventOf, refuse } from './decision.ts';
import { findStep, type InFlight, isTerminal, type Plan } from './plan.ts';
import type { PlanEvent, PlanEventData } from './plan-event.ts';
import { failAndPause, noStep, notRunning } from './step-decision.ts';

/** Shortest and longest wait before a blocked attempt is looked at again, in seconds. */
const [BLOCKED_AT_LEAST, BLOCKED_AT_MOST] = [300, 21_600];

/** When a blocked attempt is looked at again: the longer it has waited, the later, so that it costs little. */
const blockedCheckAt = ({ since }: Pick<InFlight, 'since'>, now: string): string => {
  const waited = Math.floor((Date.parse(now) - Date.parse(since)) / 1000);
  return secondsAfter(now, Math.min(Math.max(waited, BLOCKED_AT_LEAST), BLOCKED_AT_MOST));
};

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;

const waitsForApproval = (plan: Plan, step_id: string, attempt: number): boolean => {
  const step = findStep(plan, step_id);
  return step?.in_flight?.attempt === attempt && step.in_flight.approval?.result !== 'GIVEN';
};

export const notWaiting = ({ plan_id }: Plan, step_id: string, attempt: number): Refusal =>
  refuse(
    'NOT_WAITING_FOR_APPROVAL',
    `attempt ${attempt} of step ${step_id} of plan ${plan_id} is not waiting for an approval`,
  );

export const expired = (deadline: string): Refusal =>
  refuse('PLAN_EXPIRED', `the approval was due by ${deadline}`);

export const approved = (
  plan: Plan,
  { step_id, attempt }: { step_id: string; attempt: number },
  source: Omit<PlanEventData['STEP_APPROVED'], 'plan_id' | 'step_id' | 'attempt' | 'check_at'>,
  context: DecisionContext,
): PlanEvent => {
  const check_at = secondsAfter(context.now, PUBLISH_CHECK_SECONDS);
  return eventOf('STEP_APPROVED', { plan_id: plan.plan_id, step_id, attempt, ...source, check_at }, context);
};

/** What the policy said, for the ledger. */
const said = ({ policy_version, policy_clause, explanation }: SaidByPolicy) => ({
  policy_version,
  ...(policy_clause !== undefined && { policy_clause }),
  ...(explanation !== undefined && { explanation }),
});

export const autoApprove = (plan: Plan, command: Of<'AUTO_APPROVE'>, context: DecisionContext): Decision => {
  const { step_id, attempt, budget } = command;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  if (context.now >= plan.expires_at) return expired(plan.expires_at);
  const asked = findStep(plan, step_id)?.in_flight?.approval;
  if (asked || !waitsForApproval(plan, step_id, attempt)) return notWaiting(plan, step_id, attempt);
  const source = { source: 'POLICY', ...said(command), ...(budget && { budget }) } as const;
  return accept(approved(plan, command, source, context));
};

export const requireApproval = (
  plan: Plan,
  command: Of<'REQUIRE_APPROVAL'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const { step_id, attempt, reason } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (isTerminal(plan.plan_status)) return notRunning(plan);
  if (!waitsForApproval(plan, step_id, attempt)) return notWaiting(plan, step_id, attempt);
  if (step.in_flight?.approval) return alreadyDone;
  const check_at = escalationTime(plan, step);
  const data = { plan_id, step_id, attempt, reason, ...said(command), check_at };
  return accept(eventOf('STEP_APPROVAL_REQUIRED', data, context));
};

/** Notes why nobody may approve the attempt for now, each time that the gate was due to be asked, or gives another reason. */
export const blockApproval = (
  plan: Plan,
  command: Of<'BLOCK_APPROVAL'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  const { step_id, attempt, reason } = command;
  const step = findStep(plan, step_id);
  if (!step) return noStep(plan, step_id);
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  const { in_flight } = step;
  if (!in_flight || in_flight.approval || !waitsForApproval(plan, step_id, attempt))
    return notWaiting(plan, step_id, attempt);
  if (in_flight.blocked_by === reason && context.now < in_flight.check_at) return alreadyDone;
  const check_at = blockedCheckAt(in_flight, context.now);
  const data = { plan_id, step_id, attempt, reason, ...said(command), check_at };
  return accept(eventOf('STEP_APPROVAL_BLOCKED', data, context));
};

/** Notes once that nobody has approved the attempt in the time in which somebody should have. */
export const escalateApproval = (
  plan: Plan,
  command: Of<'ESCALATE_APPROVAL'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  const step = findStep(plan, step_id);
  const approval = step?.in_flight?.approval;
  if (!step || approval?.result !== 'REQUIRED' || !waitsForApproval(plan, step_id, attempt))
    return notWaiting(plan, step_id, attempt);
  if (approval.escalated_at !== undefined) return alreadyDone;
  const check_at = approvalDeadline(plan, step);
  const isTime = escalationTime(plan, step) <= context.now && context.now < check_at;
  if (!isTime) return notWaiting(plan, step_id, attempt);
  const data = { plan_id: plan.plan_id, step_id, attempt, check_at };
  return accept(eventOf('STEP_APPROVAL_ESCALATED', data, context));
};

/** Lets an approval lapse that nobody gave in time. */
export const expireApproval = (
  plan: Plan,
  command: Of<'EXPIRE_APPROVAL'>,
  context: DecisionContext,
): Decision => {
  const { step_id, attempt } = command;
  if (plan.plan_status !== 'ACTIVE') return notRunning(plan);
  const step = findStep(plan, step_id);
  if (!step?.in_flight || !waitsForApproval(plan, step_id, attempt))
    return notWaiting(plan, step_id, attempt);
  if (context.now < approvalDeadline(plan, step)) return notWaiting(plan, step_id, attempt);
  return failAndPause(plan, command, { reason: 'approval_expired', intent_status: 'EXPIRED' }, context);
};
