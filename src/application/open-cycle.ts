import type { OpenCycleOutput, PlanCycleInput } from '../contracts/plan-cycle.ts';
import type { Clock } from './clock.ts';
import { ValidationError } from './errors.ts';
import type { TenantStore } from './ports/configuration.ts';
import type { CycleLease, PlanKey, PlanStore } from './ports/plans.ts';

/** Most iterations of an inline Map that Step Functions runs at once (AWS quota). */
const INLINE_MAP_CONCURRENCY = 40;

export interface OpenCycleDeps {
  readonly clock: Clock;
  readonly lease: CycleLease;
  readonly tenants: TenantStore;
  readonly plans: PlanStore;
  readonly settings: { readonly maxPlansPerRun: number; readonly leaseTtlSeconds: number };
}

const checkAsOf = ({ as_of, dry_run, force }: PlanCycleInput, now: string): void => {
  if (as_of === undefined || as_of <= now || dry_run || force) return;
  throw new ValidationError(
    `as_of: ${as_of} is in the future (now ${now}): add dry_run to look, or force to act`,
  );
};

const checkTenants = async ({ tenants }: OpenCycleDeps, ids: readonly string[]): Promise<void> => {
  const found = await Promise.all(ids.map((id) => tenants.get(id)));
  found.forEach((tenant, index) => {
    const path = `tenant_ids[${index}]: ${JSON.stringify(ids[index])}`;
    if (!tenant) throw new ValidationError(`${path}: there is no such tenant`);
    if (tenant.status !== 'active') throw new ValidationError(`${path}: the tenant is ${tenant.status}`);
  });
};

const locatePlans = async ({ plans }: OpenCycleDeps, input: PlanCycleInput): Promise<PlanKey[] | null> => {
  const { plan_ids, tenant_ids } = input;
  if (!plan_ids) return null;
  const keys = await Promise.all(plan_ids.map((id) => plans.locate(id)));
  return keys.map((key, index) => {
    const path = `plan_ids[${index}]: ${JSON.stringify(plan_ids[index])}`;
    if (!key) throw new ValidationError(`${path}: there is no such plan`);
    if (!tenant_ids || tenant_ids.includes(key.tenant_id)) return key;
    throw new ValidationError(`${path}: belongs to tenant ${key.tenant_id}, which is not among tenant_ids`);
  });
};

const isBackfill = (input: PlanCycleInput): boolean => Object.keys(input).length > 0;

/**
 * Opens a cycle: checks what it was asked to do, and takes the lease that keeps scheduled cycles from overlapping. The lease saves
 * work only; correctness rests on the conditions of the writes. A backfill needs none.
 *
 * @throws ValidationError naming the path and value of what does not fit.
 */
export const openCycle = async (
  deps: OpenCycleDeps,
  { execution_id, input }: { execution_id: string; input: PlanCycleInput },
): Promise<OpenCycleOutput> => {
  const now = deps.clock.now().toISOString();
  checkAsOf(input, now);
  await checkTenants(deps, input.tenant_ids ?? []);
  const plans = await locatePlans(deps, input);
  const { maxPlansPerRun, leaseTtlSeconds } = deps.settings;
  const lease = isBackfill(input)
    ? undefined
    : await deps.lease.acquireIfFree(execution_id, now, leaseTtlSeconds);
  if (lease && !lease.acquired) return { opened: false, held_by: lease.held_by, until: lease.until };
  const cycle = {
    cycle_id: execution_id,
    opened_at: now,
    as_of: input.as_of ?? null,
    dry_run: input.dry_run ?? false,
    force: input.force ?? false,
    tenant_ids: input.tenant_ids ?? null,
    plans,
    max_plans_per_run: maxPlansPerRun,
    max_concurrency: Math.min(maxPlansPerRun, INLINE_MAP_CONCURRENCY),
    fencing_token: lease?.fencing_token ?? null,
  };
  return { opened: true, cycle };
};
