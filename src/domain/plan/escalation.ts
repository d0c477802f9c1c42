import { countedRisk } from '../autonomy/approval-gate.ts';
import { type ActionIntent, actionIntentId } from '../intent/action-intent.ts';
import type { RiskLevel } from '../policy/risk.ts';
import { approvalDeadline } from './approval-deadline.ts';
import { findStep, type InFlight, type Plan, type PlanStep } from './plan.ts';

/** What whoever looks after approvals is told when the deadline of one is near. */
export interface ApprovalEscalation {
  /** The same for every edit of an attempt, so that a second telling can be recognised. */
  readonly escalation_id: string;
  readonly tenant_id: string;
  readonly account_id: string;
  readonly plan_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly action_intent_id: string;
  readonly action_type: string;
  /** The risk that counts, not the one that the proposal claims. */
  readonly risk: RiskLevel;
  /** Why the policy asks a person. */
  readonly reason: string;
  readonly since: string;
  readonly deadline: string;
}

/** The escalation of the attempt in flight, whose newest intent is `intent`. */
export const escalationOf = (plan: Plan, intent: ActionIntent): ApprovalEscalation => {
  const { tenant_id, account_id, plan_id, step_id, attempt, action_intent_id, action_type } = intent;
  const step = findStep(plan, step_id) as PlanStep;
  const { since, approval } = step.in_flight as InFlight;
  const reason = approval?.result === 'REQUIRED' ? approval.reason : '';
  return {
    escalation_id: `escalation-${actionIntentId(plan_id, step_id, attempt)}-${account_id}`,
    ...{ tenant_id, account_id, plan_id, step_id, attempt },
    ...{ action_intent_id, action_type, risk: countedRisk(intent), reason, since },
    deadline: approvalDeadline(plan, step),
  };
};
