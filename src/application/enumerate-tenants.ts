import type { Cycle, EnumerateTenantsOutput, PlansOfTenant, Totals } from '../contracts/plan-cycle.ts';
import { isTerminal } from '../domain/plan/plan.ts';
import type { Clock } from './clock.ts';
import { cycleNow } from './cycle-time.ts';
import { addResults, type PageResults, withFailures } from './cycle-totals.ts';
import type { TenantStore, UnreadableTenant } from './ports/configuration.ts';
import type { PlanHint, PlanStore } from './ports/plans.ts';

/** Plans that one page holds at the most: ids in, results out, and both stay far below 256 KiB. */
export const PLANS_PER_PAGE = 500;

export interface EnumerateTenantsDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly tenants: TenantStore;
}

type DueHint = PlanHint & { readonly due_at: string };

interface KnownTenants {
  readonly active: Set<string>;
  readonly unreadable: readonly UnreadableTenant[];
}

const knownTenants = async ({ tenants }: EnumerateTenantsDeps, cycle: Cycle): Promise<KnownTenants> => {
  const active = new Set<string>();
  const unreadable: UnreadableTenant[] = [];
  const isAskedFor = (id: string) => cycle.tenant_ids?.includes(id) ?? true;
  for await (const page of tenants.list()) {
    for (const tenant of page.filter(({ tenantId }) => isAskedFor(tenantId))) {
      if (tenant.status === 'unreadable') unreadable.push(tenant);
      else if (tenant.status === 'active') active.add(tenant.tenantId);
    }
  }
  return { active, unreadable };
};

/** Tenants whose row is none are failures of the cycle, named once, with its first page. */
const unreadableFailures = ({ unreadable }: KnownTenants, cursor: string | null): Totals['failures'] =>
  cursor === null
    ? unreadable.map(({ tenantId, error }) => ({ tenant_id: tenantId, plan_id: null, error }))
    : [];

async function* everyLivePlan(
  { plans }: EnumerateTenantsDeps,
  tenantIds: Iterable<string>,
): AsyncGenerator<DueHint[]> {
  for (const tenantId of tenantIds) {
    for await (const page of plans.listByTenant(tenantId)) {
      yield page
        .filter(({ plan_status }) => plan_status === undefined || !isTerminal(plan_status))
        .map((plan) => ({ ...plan, due_at: '' }));
    }
  }
}

const candidates = (
  deps: EnumerateTenantsDeps,
  cycle: Cycle,
  active: Set<string>,
): AsyncIterable<DueHint[]> =>
  cycle.force
    ? everyLivePlan(deps, cycle.plans ? new Set(cycle.plans.map((plan) => plan.tenant_id)) : active)
    : deps.plans.listDue(cycleNow(cycle, deps.clock));

const wanted = (cycle: Cycle, active: Set<string>): ((plan: DueHint) => boolean) => {
  const ids = cycle.plans && new Set(cycle.plans.map(({ plan_id }) => plan_id));
  return ({ tenant_id, plan_id }) => active.has(tenant_id) && (ids?.has(plan_id) ?? true);
};

const byDue = (a: DueHint, b: DueHint): number => (a.due_at < b.due_at ? -1 : a.due_at > b.due_at ? 1 : 0);

/** The K longest due of each of the two lists. */
const longestDue = (plans: readonly DueHint[], k: number): DueHint[] => {
  const sorted = [...plans].sort(byDue);
  const approved = sorted.filter(({ plan_status }) => plan_status === 'APPROVED').slice(0, k);
  const live = sorted.filter(({ plan_status }) => plan_status !== 'APPROVED').slice(0, k);
  return [...approved, ...live];
};

const groupByTenant = async (pages: AsyncIterable<DueHint[]>, isWanted: (plan: DueHint) => boolean) => {
  const groups = new Map<string, Map<string, DueHint>>();
  for await (const page of pages) {
    for (const plan of page.filter(isWanted)) {
      const group = groups.get(plan.tenant_id) ?? new Map<string, DueHint>();
      groups.set(plan.tenant_id, group.set(plan.plan_id, plan));
    }
  }
  return groups;
};

const pageAfter = (groups: Map<string, Map<string, DueHint>>, cursor: string | null, k: number) => {
  const rest = [...groups]
    .filter(([tenantId]) => cursor === null || tenantId > cursor)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const tenants: PlansOfTenant[] = [];
  let last: string | null = null;
  let room = PLANS_PER_PAGE;
  for (const [tenant_id, group] of rest) {
    const plans = longestDue([...group.values()], k);
    room -= plans.length;
    if (room < 0 && last !== null) return { tenants, cursor: last };
    last = tenant_id;
    tenants.push({ tenant_id, plans: plans.map(({ account_id, plan_id }) => ({ account_id, plan_id })) });
  }
  return { tenants, cursor: null };
};

/**
 * The next page of active tenants that have due plans, each with the ids of at most K due plans of each list, longest due first. The
 * due index is a hint; what is done about a plan rests on a consistent read of its row.
 *
 * Adds up what came of the page before.
 */
export const enumerateTenants = async (
  deps: EnumerateTenantsDeps,
  input: PageResults & { cycle: Cycle; cursor: string | null },
): Promise<EnumerateTenantsOutput> => {
  const { cycle } = input;
  const known = await knownTenants(deps, cycle);
  const groups = await groupByTenant(candidates(deps, cycle, known.active), wanted(cycle, known.active));
  const totals = withFailures(addResults(input), unreadableFailures(known, input.cursor));
  return { ...pageAfter(groups, input.cursor, cycle.max_plans_per_run), totals };
};
