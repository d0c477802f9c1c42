import {
  type ActivationFacts,
  evaluateCanActivate,
  evaluateForApproval,
} from '../policy/plan-policy-gate.ts';
import type { PolicyReason } from '../policy/policy-reason.ts';
import type { Decision, DecisionContext, PlanCommand, Refusal } from './command.ts';
import { contentHash } from './content-hash.ts';
import { accept, alreadyDone, endOf, eventOf, refuse } from './decision.ts';
import { rejectionKey } from './evolve.ts';
import { canMove } from './lifecycle.ts';
import { stepThatNeedsAPerson } from './next-move.ts';
import { isTerminal, type Plan, type PlanStatus } from './plan.ts';

type Of<T extends PlanCommand['type']> = Extract<PlanCommand, { type: T }>;

const wrongMove = ({ plan_id, plan_status }: Plan, to: PlanStatus): Refusal =>
  refuse('INVALID_TRANSITION', `plan ${plan_id} is ${plan_status} and cannot become ${to}`);

const expired = ({ plan_id, expires_at }: Plan): Refusal =>
  refuse('PLAN_EXPIRED', `plan ${plan_id} expired at ${expires_at}`);

const policyRefusal = (plan: Plan, reasons: readonly PolicyReason[]): Refusal =>
  refuse(
    'POLICY',
    `plan ${plan.plan_id}: ${reasons.map(({ code, message }) => `${code}: ${message}`).join('; ')}`,
    reasons,
  );

export const create = ({ plan, trigger }: Of<'CREATE_PLAN'>, context: DecisionContext): Decision =>
  accept(eventOf('PLAN_CREATED', { ...plan, trigger }, context));

export const approve = (
  plan: Plan,
  { policy, reason }: Of<'APPROVE_PLAN'>,
  context: DecisionContext,
): Decision => {
  const { plan_id, created_by } = plan;
  if (plan.plan_status !== 'DRAFT') return wrongMove(plan, 'APPROVED');
  if (context.now >= plan.expires_at) return expired(plan);
  if (context.actor.id === created_by) {
    return refuse('SELF_APPROVAL', `plan ${plan_id} was created by ${created_by}, who cannot approve it`);
  }
  const verdict = evaluateForApproval(plan, { policy, approver: context.actor.id });
  if (!verdict.can_activate) return policyRefusal(plan, verdict.reasons);
  const data = { plan_id, content_hash: contentHash(plan), ...(reason !== undefined && { reason }) };
  return accept(eventOf('PLAN_APPROVED', data, context));
};

const unmetContent = (plan: Plan): string[] =>
  plan.content_hash === contentHash(plan) ? [] : ['The content of the plan differs from what was approved'];

const gate = (plan: Plan, facts: ActivationFacts) =>
  evaluateCanActivate(plan, {
    ...facts,
    unmet_preconditions: [...unmetContent(plan), ...facts.unmet_preconditions],
  });

const conflictsOf = (reasons: readonly PolicyReason[]): string[] =>
  reasons.flatMap(({ code, subject }) =>
    code === 'CONFLICT_ACTIVE_PLAN' && subject !== undefined ? [subject] : [],
  );

const reject = (
  plan: Plan,
  reasons: readonly PolicyReason[],
  caller: 'orchestrator' | 'resume',
  context: DecisionContext,
): Refusal => {
  const { plan_id, plan_type } = plan;
  const refusal = policyRefusal(plan, reasons);
  if (plan.activation_rejection === rejectionKey(reasons)) return refusal;
  const data = { plan_id, plan_type, caller, reasons, conflicting_plan_ids: conflictsOf(reasons) };
  return { ...refusal, events: [eventOf('PLAN_ACTIVATION_REJECTED', data, context)] };
};

export const activate = (plan: Plan, { facts }: Of<'ACTIVATE_PLAN'>, context: DecisionContext): Decision => {
  const { plan_id, plan_type } = plan;
  if (plan.plan_status !== 'APPROVED') return wrongMove(plan, 'ACTIVE');
  if (context.now >= plan.expires_at) return accept(...endOf(plan, context));
  const { can_activate, reasons } = gate(plan, facts);
  if (!can_activate) return reject(plan, reasons, 'orchestrator', context);
  return accept(eventOf('PLAN_ACTIVATED', { plan_id, plan_type }, context));
};

export const resume = (
  plan: Plan,
  { facts, reason }: Of<'RESUME_PLAN'>,
  context: DecisionContext,
): Decision => {
  const { plan_id } = plan;
  if (plan.plan_status !== 'PAUSED') return wrongMove(plan, 'ACTIVE');
  if (context.now >= plan.expires_at) return expired(plan);
  const stuck = stepThatNeedsAPerson(plan);
  if (stuck) {
    const message = `step ${stuck.step_id} is FAILED (${stuck.failure_reason}): grant an attempt or skip it first`;
    return refuse('NEEDS_A_PERSON', message);
  }
  const { can_activate, reasons } = gate(plan, facts);
  if (!can_activate) return reject(plan, reasons, 'resume', context);
  return accept(eventOf('PLAN_RESUMED', { plan_id, ...(reason !== undefined && { reason }) }, context));
};

export const pause = (plan: Plan, { reason }: Of<'PAUSE_PLAN'>, context: DecisionContext): Decision =>
  canMove(plan.plan_status, 'PAUSED')
    ? accept(eventOf('PLAN_PAUSED', { plan_id: plan.plan_id, reason }, context))
    : wrongMove(plan, 'PAUSED');

export const abort = (
  plan: Plan,
  { reason, compensate }: Of<'ABORT_PLAN'>,
  context: DecisionContext,
): Decision => {
  if (!canMove(plan.plan_status, 'ABORTED')) return wrongMove(plan, 'ABORTED');
  const data = { plan_id: plan.plan_id, reason, ...(compensate && { compensate: true as const }) };
  return accept(eventOf('PLAN_ABORTED', data, context));
};

/** Ends the plan if it has come to its end; otherwise nothing changes. */
export const evaluate = (plan: Plan, { signals }: Of<'EVALUATE_PLAN'>, context: DecisionContext): Decision =>
  isTerminal(plan.plan_status) ? alreadyDone : accept(...endOf(plan, context, signals));
