import type { Cycle, EnumeratePlansOutput, PlanItem, PlansOfTenant } from '../contracts/plan-cycle.ts';
import { dueAt } from '../domain/plan/next-move.ts';
import { isTerminal, type Plan } from '../domain/plan/plan.ts';
import type { PlanKey, PlanStore } from './ports/plans.ts';

const item = ({ tenant_id, account_id, plan_id }: PlanKey, more: Partial<PlanItem>): PlanItem => ({
  tenant_id,
  account_id,
  plan_id,
  list: 'LIVE',
  advance_when_active: false,
  error: null,
  ...more,
});

/** Of a plan that has ended something may still have to be undone, or heard. */
const isOver = (plan: Plan): boolean =>
  isTerminal(plan.plan_status) && dueAt(plan, plan.updated_at) === undefined;

const lists = (plans: readonly Plan[], k: number): PlanItem[] => {
  const approved = plans.filter(({ plan_status }) => plan_status === 'APPROVED').slice(0, k);
  const live = plans.filter((plan) => plan.plan_status !== 'APPROVED' && !isOver(plan)).slice(0, k);
  const room = k - live.length;
  return [
    ...approved.map((plan, index) => item(plan, { list: 'APPROVED', advance_when_active: index < room })),
    ...live.map((plan) => item(plan, { list: 'LIVE' })),
  ];
};

/**
 * The plans of a tenant to look at now: at most K APPROVED and K others that are live, in the order given. A plan that is activated
 * may go on in the same cycle only as far as the second list has room. A row that is no plan is named, and harms no other.
 */
export const enumeratePlans = async (
  { plans }: { readonly plans: PlanStore },
  { cycle, tenant }: { cycle: Cycle; tenant: PlansOfTenant },
): Promise<EnumeratePlansOutput> => {
  const { tenant_id } = tenant;
  const read = await plans.getMany(tenant.plans.map((plan) => ({ ...plan, tenant_id })));
  const invalid = read.invalid.map(({ error, ...key }) => item(key, { list: 'INVALID', error }));
  return { plans: [...lists(read.plans, cycle.max_plans_per_run), ...invalid] };
};
