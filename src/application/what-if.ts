import { budgetDay } from '../domain/autonomy/budget.ts';
import type { CandidatePolicy } from '../domain/autonomy/candidate-policy.ts';
import type { DaySpending } from '../domain/autonomy/day-spending.ts';
import { type RecordedDecision, recordedDecisions } from '../domain/autonomy/recorded-decision.ts';
import {
  addTotals,
  type Difference,
  NO_DECISIONS,
  type WhatIfTotals,
  whatIf as whatIfOf,
} from '../domain/autonomy/what-if.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import { tamperings } from '../domain/ledger/plan-ledger.ts';
import type { Clock } from './clock.ts';
import { StoredRowInvalidError, ValidationError } from './errors.ts';
import type { Tenant, TenantStore, UnreadableTenant } from './ports/configuration.ts';
import type { PlanListing, PlanStore } from './ports/plans.ts';

export interface WhatIfDeps {
  readonly clock: Clock;
  readonly plans: Pick<PlanStore, 'listByTenant' | 'ledger'>;
  readonly tenants: TenantStore;
  /** Told how many plans were read so far. */
  readonly onRead?: (plans: number) => void;
}

export interface WhatIfRequest {
  readonly policy: CandidatePolicy;
  /** None: all. */
  readonly tenant_ids: readonly string[];
  /** How many whole days before today are looked at, besides today. */
  readonly days: number;
}

/** A tenant or plan that was left out, and why. */
export interface LeftOut {
  readonly tenant_id: string;
  /** Null: the whole tenant. */
  readonly plan_id: string | null;
  readonly error: string;
}

/** What a candidate policy would have changed; it depends on days and never on the instant at which it is asked for. */
export interface WhatIfReport {
  readonly days: number;
  readonly tenants: readonly {
    readonly tenant_id: string;
    /** First day that was looked at, YYYY-MM-DD in the tenant's time zone. */
    readonly first_day: string;
    /** Whether the candidate says anything of it; of one it does not, every action would have been asked for. */
    readonly has_rows: boolean;
  }[];
  readonly totals: WhatIfTotals;
  readonly differences: readonly Difference[];
  readonly spending: readonly DaySpending[];
  readonly left_out: readonly LeftOut[];
}

const DAY_SECONDS = 86_400;
/** Ledgers that are held in memory at a time. */
const LEDGERS_AT_ONCE = 8;

const byId = (a: { tenantId: string }, b: { tenantId: string }): number => (a.tenantId < b.tenantId ? -1 : 1);

const everyTenant = async (tenants: TenantStore): Promise<(Tenant | UnreadableTenant)[]> => {
  const found: (Tenant | UnreadableTenant)[] = [];
  for await (const page of tenants.list()) found.push(...page);
  return found.sort(byId);
};

const namedTenants = (tenants: TenantStore, ids: readonly string[]): Promise<Tenant[]> =>
  Promise.all(
    [...new Set(ids)].sort().map(async (id) => {
      const tenant = await tenants.get(id);
      if (tenant) return tenant;
      throw new ValidationError(`--tenant: ${JSON.stringify(id)}: there is no such tenant`);
    }),
  );

interface Days {
  readonly first_day: string;
  /** IANA name of the time zone in which they begin. */
  readonly timezone: string | undefined;
}

const decisionsOf = async (
  { plans }: WhatIfDeps,
  { tenant_id, plan_id }: PlanListing,
  { first_day, timezone }: Days,
): Promise<RecordedDecision[] | LeftOut> => {
  try {
    const entries = await plans.ledger(plan_id);
    const [broken] = tamperings(entries);
    if (broken !== undefined) return { tenant_id, plan_id, error: `the ledger is broken: ${broken}` };
    return recordedDecisions(entries, timezone).filter(({ day }) => day >= first_day);
  } catch (error) {
    if (error instanceof StoredRowInvalidError) return { tenant_id, plan_id, error: error.message };
    throw error;
  }
};

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** The plans of a tenant that may hold decisions of these days: nothing is decided on a plan after its expiry. */
async function* plansOf(deps: WhatIfDeps, tenantId: string, { first_day }: Days) {
  // A day begins somewhere on earth up to fourteen hours before it does in UTC.
  const since = secondsAfter(`${first_day}T00:00:00.000Z`, -DAY_SECONDS);
  for await (const page of deps.plans.listByTenant(tenantId)) {
    const inQuestion = page.filter(({ expires_at }) => expires_at >= since);
    yield* chunks(inQuestion, LEDGERS_AT_ONCE);
  }
}

const readTenant = async (
  deps: WhatIfDeps,
  tenantId: string,
  days: Days,
  onRead: (plans: number) => void,
) => {
  const decisions: RecordedDecision[] = [];
  const left_out: LeftOut[] = [];
  for await (const plans of plansOf(deps, tenantId, days)) {
    for (const read of await Promise.all(plans.map((plan) => decisionsOf(deps, plan, days)))) {
      if (Array.isArray(read)) decisions.push(...read);
      else left_out.push(read);
    }
    onRead(plans.length);
  }
  return { decisions, left_out };
};

type Part = Omit<WhatIfReport, 'days'>;

const nothing: Part = { tenants: [], totals: NO_DECISIONS, differences: [], spending: [], left_out: [] };

const leftOut = ({ tenantId, error }: UnreadableTenant): Part => ({
  ...nothing,
  left_out: [{ tenant_id: tenantId, plan_id: null, error }],
});

const ofTenant = async (
  deps: WhatIfDeps,
  { tenantId: tenant_id, timezone }: Tenant,
  { policy, from }: { policy: CandidatePolicy; from: string },
  onRead: (plans: number) => void,
): Promise<Part> => {
  const first_day = budgetDay(from, timezone);
  const { decisions, left_out } = await readTenant(deps, tenant_id, { first_day, timezone }, onRead);
  const has_rows = policy.autonomy.some((row) => row.tenant_id === tenant_id);
  return { tenants: [{ tenant_id, first_day, has_rows }], ...whatIfOf(decisions, policy), left_out };
};

const together = (days: number, parts: readonly Part[]): WhatIfReport => ({
  days,
  tenants: parts.flatMap(({ tenants }) => tenants),
  totals: parts.map(({ totals }) => totals).reduce(addTotals, NO_DECISIONS),
  differences: parts.flatMap(({ differences }) => differences),
  spending: parts.flatMap(({ spending }) => spending),
  left_out: parts.flatMap(({ left_out }) => left_out),
});

/**
 * Holds what the autonomy gate has decided, as the plans' ledgers tell it, against a candidate policy. It reads only, a few ledgers at a time,
 * and keeps no more of them than the decisions of one tenant and the differences of all. Ledgers that are broken or unreadable are left out
 * and named.
 *
 * @throws ValidationError when a tenant that is named does not exist.
 */
export const whatIf = async (
  deps: WhatIfDeps,
  { policy, tenant_ids, days }: WhatIfRequest,
): Promise<WhatIfReport> => {
  const { tenants, clock } = deps;
  const found = tenant_ids.length > 0 ? await namedTenants(tenants, tenant_ids) : await everyTenant(tenants);
  const from = secondsAfter(clock.now().toISOString(), -days * DAY_SECONDS);
  let readSoFar = 0;
  const onRead = (plans: number): void => {
    readSoFar += plans;
    deps.onRead?.(readSoFar);
  };
  const parts: Part[] = [];
  for (const tenant of found) {
    const isOne = tenant.status !== 'unreadable';
    parts.push(isOne ? await ofTenant(deps, tenant, { policy, from }, onRead) : leftOut(tenant));
  }
  return together(days, parts);
};
