import type { Plan } from '../domain/plan/plan.ts';
import type { ActivationFacts } from '../domain/policy/plan-policy-gate.ts';
import type { TenantStore } from './ports/configuration.ts';
import type { PlanStore } from './ports/plans.ts';

/** What the policy gate has to know of the world before a plan may become ACTIVE. */
export const activationFacts = async (
  { plans, tenants }: { readonly plans: PlanStore; readonly tenants: TenantStore },
  plan: Plan | undefined,
): Promise<ActivationFacts> => {
  if (!plan) return { existing_active_plan_ids: [], unmet_preconditions: [] };
  const [active, tenant] = await Promise.all([
    plans.activePlanId(plan, plan.plan_type),
    tenants.get(plan.tenant_id),
  ]);
  return {
    policy: tenant?.plan_policy,
    approver: plan.approved_by,
    existing_active_plan_ids: active === undefined ? [] : [active],
    unmet_preconditions: tenant?.status === 'active' ? [] : [`Tenant ${plan.tenant_id} is not active`],
  };
};
