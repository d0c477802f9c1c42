import type { AutonomyFacts } from '../domain/autonomy/approval-gate.ts';
import { budgetDay } from '../domain/autonomy/budget.ts';
import type { AutonomyStore, KillSwitchStore, Tenant, TenantStore } from './ports/configuration.ts';
import type { Scope } from './ports/scope.ts';

export interface AutonomyFactsDeps {
  readonly tenants: TenantStore;
  readonly killSwitches: KillSwitchStore;
  readonly autonomy: AutonomyStore;
}

/**
 * Everything that the gate has to know about an action type of an account, read anew, with the tenant that it was read of.
 *
 * @throws whatever the reads throw: who cannot read the switches must not approve.
 */
export const autonomyFacts = async (
  { tenants, killSwitches, autonomy }: AutonomyFactsDeps,
  { tenant_id, account_id, action_type }: Scope & { readonly action_type: string },
  now: string,
): Promise<{ facts: AutonomyFacts; tenant: Tenant | undefined }> => {
  const [tenant, { stopped_by }] = await Promise.all([
    tenants.get(tenant_id),
    killSwitches.check(tenant_id, action_type),
  ]);
  const day = budgetDay(now, tenant?.timezone);
  const configured = await autonomy.facts({ tenant_id, account_id }, action_type, day);
  return { facts: { tenant_status: tenant?.status, stopped_by, day, ...configured }, tenant };
};
