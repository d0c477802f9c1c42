import * as z from 'zod';
import type { Plan } from '../plan/plan.ts';
import { getPlanTypeConfig, type PlanTypeConfig } from '../plan/plan-type-config.ts';
import type { PolicyReason } from './policy-reason.ts';
import { atLeast, type PlanRisk, planRisk, RISK_LEVELS } from './risk.ts';
import { stepOrderReasons } from './step-order.ts';

/**
 * What a tenant asks of its plans beyond the plan type's rules. What is absent is not asked.
 *
 * - `elevated_authority`: plans of at least that risk must have been approved by one of the named approvers.
 * - `human_touch`: plans of at least that risk must hold a step in which a person of the customer is met.
 */
export const tenantPlanPolicy = z.strictObject({
  elevated_authority: z
    .strictObject({ risk_at_least: z.enum(RISK_LEVELS), approvers: z.array(z.string()) })
    .optional(),
  human_touch: z.strictObject({ risk_at_least: z.enum(RISK_LEVELS) }).optional(),
});
export type TenantPlanPolicy = z.infer<typeof tenantPlanPolicy>;

type PlanUnderTest = Pick<Plan, 'plan_id' | 'plan_type' | 'steps'>;

export interface PolicyVerdict {
  readonly can_activate: boolean;
  readonly reasons: readonly PolicyReason[];
  readonly risk: PlanRisk;
}

const authorityReasons = (
  risk: PlanRisk,
  policy: TenantPlanPolicy,
  approver: string | undefined,
): PolicyReason[] => {
  const asked = policy.elevated_authority;
  if (!asked || !atLeast(risk.level, asked.risk_at_least)) return [];
  if (approver !== undefined && asked.approvers.includes(approver)) return [];
  return [{ code: 'RISK_ELEVATED', message: `Risk ${risk.level} needs an approver with elevated authority` }];
};

const touchReasons = (
  plan: PlanUnderTest,
  risk: PlanRisk,
  policy: TenantPlanPolicy,
  config: PlanTypeConfig,
): PolicyReason[] => {
  const asked = policy.human_touch;
  if (!asked || !atLeast(risk.level, asked.risk_at_least)) return [];
  if (plan.steps.some(({ action_type }) => config.human_touch_action_types.includes(action_type))) return [];
  return [{ code: 'HUMAN_TOUCH_REQUIRED', message: `Risk ${risk.level} needs a step that meets a person` }];
};

const verdict = (reasons: PolicyReason[], risk: PlanRisk): PolicyVerdict => ({
  can_activate: reasons.length === 0,
  reasons,
  risk,
});

/** Whether a plan may be approved by `approver`: its type, its steps, and what the tenant asks at its risk. */
export const evaluateForApproval = (
  plan: PlanUnderTest,
  { policy = {}, approver }: { policy?: TenantPlanPolicy | undefined; approver?: string | undefined },
): PolicyVerdict => {
  const risk = planRisk(plan.steps);
  const config = getPlanTypeConfig(plan.plan_type);
  if (!config) {
    const message = `No plan type ${plan.plan_type}`;
    return verdict([{ code: 'INVALID_PLAN_TYPE', subject: plan.plan_type, message }], risk);
  }
  const reasons = [
    ...stepOrderReasons(plan.steps, config),
    ...authorityReasons(risk, policy, approver),
    ...touchReasons(plan, risk, policy, config),
  ];
  return verdict(reasons, risk);
};

export interface ActivationFacts {
  readonly policy?: TenantPlanPolicy | undefined;
  readonly approver?: string | undefined;
  /** Plans that are ACTIVE for the same tenant, account and type. */
  readonly existing_active_plan_ids: readonly string[];
  /** What must hold before the plan may run and does not, in words; empty when all is met. */
  readonly unmet_preconditions: readonly string[];
}

/** Whether an approved plan may become ACTIVE now: everything approval asks, the conflict rule, and preconditions. */
export const evaluateCanActivate = (plan: PlanUnderTest, facts: ActivationFacts): PolicyVerdict => {
  const approval = evaluateForApproval(plan, facts);
  const conflicts = facts.existing_active_plan_ids
    .filter((planId) => planId !== plan.plan_id)
    .sort()
    .map<PolicyReason>((planId) => ({
      code: 'CONFLICT_ACTIVE_PLAN',
      subject: planId,
      message: `Plan ${planId} of the same account and type is ACTIVE`,
    }));
  const unmet = facts.unmet_preconditions.map<PolicyReason>((message) => ({
    code: 'PRECONDITIONS_UNMET',
    message,
  }));
  return verdict([...approval.reasons, ...conflicts, ...unmet], approval.risk);
};
