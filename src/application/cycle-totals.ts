import type { PlanResult, PlansOfTenant, TenantResult, Totals } from '../contracts/plan-cycle.ts';

/** Failures and plans that a cycle's result names, so that it stays far below the payload limit of 256 KiB. */
export const MAX_NAMED = 300;

const NO_TOTALS: Totals = {
  tenants: 0,
  activated: 0,
  stepsStarted: 0,
  completed: 0,
  expired: 0,
  failed: 0,
  failures: [],
  plans: [],
};

/** A page of tenants that was handed out, what came back, and the sums before it; null before the first page. */
export interface PageResults {
  readonly totals: Totals | null;
  readonly tenants: readonly PlansOfTenant[];
  readonly results: readonly TenantResult[];
}

const count = (plans: readonly PlanResult[], happened: (plan: PlanResult) => boolean): number =>
  plans.filter(happened).length;

const failuresOf = ({ tenant_id, plans, error }: TenantResult): Totals['failures'] => [
  ...(error === null ? [] : [{ tenant_id, plan_id: null, error }]),
  ...plans.flatMap(({ plan_id, error: ofPlan }) =>
    ofPlan === null ? [] : [{ tenant_id, plan_id, error: ofPlan }],
  ),
];

/** Tenants whose child execution ended without a result, by time-out or a limit. */
const unheardOf = ({ tenants, results }: PageResults): Totals['failures'] => {
  const heard = new Set(results.map(({ tenant_id }) => tenant_id));
  return tenants
    .filter(({ tenant_id }) => !heard.has(tenant_id))
    .map(({ tenant_id }) => ({ tenant_id, plan_id: null, error: 'ChildExecutionFailed' }));
};

const effectsOf = ({ tenant_id, plans }: TenantResult): Totals['plans'] =>
  plans.map(({ plan_id, effects }) => ({
    tenant_id,
    plan_id,
    effects: effects.filter((effect) => effect !== null),
  }));

/** The sums with some more failures. */
export const withFailures = (totals: Totals, failures: Totals['failures']): Totals => ({
  ...totals,
  failed: totals.failed + failures.length,
  failures: [...totals.failures, ...failures].slice(0, MAX_NAMED),
});

/** The sums of a cycle after another page of tenants. */
export const addResults = (page: PageResults): Totals => {
  const before = page.totals ?? NO_TOTALS;
  const plans = page.results.flatMap((result) => result.plans);
  const failures = [...page.results.flatMap(failuresOf), ...unheardOf(page)];
  const sums = {
    ...before,
    tenants: before.tenants + page.tenants.length,
    activated: before.activated + count(plans, ({ activated }) => activated),
    stepsStarted: before.stepsStarted + count(plans, ({ started }) => started),
    completed: before.completed + count(plans, (plan) => plan.completed || plan.completed_by_repair),
    expired: before.expired + count(plans, (plan) => plan.expired || plan.expired_at_activation),
    plans: [...before.plans, ...page.results.flatMap(effectsOf)].slice(0, MAX_NAMED),
  };
  return withFailures(sums, failures);
};
