import type { Tenant, TenantStore, UnreadableTenant } from '../../../src/application/ports/configuration.ts';
import type { PlanHint, PlanListing, PlanStore } from '../../../src/application/ports/plans.ts';
import { fake } from './fake.ts';

export type DueHint = PlanHint & { readonly due_at: string };

export interface ListsAsked {
  readonly listDue: string[];
  readonly listByTenant: string[];
}

export interface HintedPlans {
  readonly plans: PlanStore;
  /** What the lists were asked for, in order. */
  readonly asked: ListsAsked;
}

/** A plan store of which only the two lists are there; every plan comes on a page of its own. */
export const hintedPlans = (hints: readonly DueHint[]): HintedPlans => {
  const asked: ListsAsked = { listDue: [], listByTenant: [] };
  const listing = (hint: DueHint): PlanListing => ({
    ...{ plan_id: hint.plan_id, tenant_id: hint.tenant_id, account_id: hint.account_id },
    plan_status: hint.plan_status,
    ...{ plan_type: 'RENEWAL_DEFENSE', objective: 'any', expires_at: '2026-02-04T09:00:00.000Z' },
  });
  const plans = fake<PlanStore>('PlanStore', {
    async *listDue(upTo) {
      asked.listDue.push(upTo);
      for (const hint of hints) if (hint.due_at <= upTo) yield [hint];
    },
    async *listByTenant(tenantId) {
      asked.listByTenant.push(tenantId);
      for (const hint of hints) if (hint.tenant_id === tenantId) yield [listing(hint)];
    },
  });
  return { plans, asked };
};

/** Tenants, each on a page of its own. */
export const tenantsOf = (...tenants: readonly (Tenant | UnreadableTenant)[]): TenantStore =>
  fake<TenantStore>('TenantStore', {
    get: async (tenantId) =>
      tenants.find(
        (tenant): tenant is Tenant => tenant.tenantId === tenantId && tenant.status !== 'unreadable',
      ),
    async *list() {
      for (const tenant of tenants) yield [tenant];
    },
  });
