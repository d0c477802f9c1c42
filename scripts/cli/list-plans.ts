import { ValidationError } from '../../src/application/errors.ts';
import type { TenantStore } from '../../src/application/ports/configuration.ts';
import type { PlanKey, PlanStore } from '../../src/application/ports/plans.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import { oneLine } from './one-line.ts';
import type { ListRequest } from './plans-arguments.ts';
import type { ToolAnswer } from './run-tool.ts';
import { type PersonWait, personWaits } from './waits.ts';

export interface ListPlansDeps {
  readonly plans: PlanStore;
  readonly tenants: TenantStore;
}

type Unreadable = PlanKey & { readonly error: string };
interface Listed {
  readonly plans: readonly Plan[];
  readonly unreadable: readonly Unreadable[];
}

const OBJECTIVE_CHARACTERS = 40;
const COLUMNS = ['tenant', 'account', 'plan', 'status', 'objective', 'expires', 'waits for a person'];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const everyTenant = async ({ tenants }: ListPlansDeps): Promise<string[]> => {
  const ids: string[] = [];
  for await (const page of tenants.list()) ids.push(...page.map(({ tenantId }) => tenantId));
  return ids.sort(compare);
};

export const namedTenants = async (
  { tenants }: ListPlansDeps,
  ids: readonly string[],
): Promise<readonly string[]> => {
  for (const id of ids) {
    if (await tenants.get(id)) continue;
    throw new ValidationError(`--tenant: ${JSON.stringify(id)}: there is no such tenant`);
  }
  return [...new Set(ids)];
};

const read = async (
  { plans }: ListPlansDeps,
  tenantIds: readonly string[],
  statuses: ListRequest['statuses'],
): Promise<Listed> => {
  const found: Plan[] = [];
  const unreadable: Unreadable[] = [];
  for (const tenantId of tenantIds) {
    for await (const page of plans.listByTenant(tenantId)) {
      const rows = await plans.getMany(
        page.filter(({ plan_status }) => !plan_status || (statuses?.includes(plan_status) ?? true)),
      );
      found.push(...rows.plans.filter(({ plan_status }) => statuses?.includes(plan_status) ?? true));
      unreadable.push(...rows.invalid);
    }
  }
  return { plans: found, unreadable };
};

const waitText = ({ step_id, what }: PersonWait): string =>
  step_id === undefined ? what : `${step_id}: ${what}`;

const rowOf = (plan: Plan): string[] => [
  ...[plan.tenant_id, plan.account_id, plan.plan_id, plan.plan_status],
  oneLine(plan.objective, OBJECTIVE_CHARACTERS),
  plan.expires_at,
  oneLine(personWaits(plan).map(waitText).join('; ')),
];

const documentOf = (plan: Plan) => {
  const { tenant_id, account_id, plan_id, plan_type, plan_status, objective, expires_at } = plan;
  const waits_for_a_person = personWaits(plan).map(({ on: _on, ...wait }) => wait);
  return {
    tenant_id,
    account_id,
    plan_id,
    plan_type,
    plan_status,
    objective,
    expires_at,
    waits_for_a_person,
  };
};

const byTenantAndId = (a: PlanKey, b: PlanKey): number =>
  compare(a.tenant_id, b.tenant_id) || compare(a.account_id, b.account_id) || compare(a.plan_id, b.plan_id);

/** Lists plans of some tenants, or of all, with what waits for a person. A row that cannot be read is named and harms no other. */
export const listPlans = async (
  deps: ListPlansDeps,
  { tenants, statuses }: ListRequest,
): Promise<ToolAnswer> => {
  const ids = tenants.length > 0 ? await namedTenants(deps, tenants) : await everyTenant(deps);
  const { plans, unreadable } = await read(deps, ids, statuses);
  const sorted = [...plans].sort(byTenantAndId);
  const complaint = unreadable.map(
    ({ plan_id, error }) => `plan ${plan_id} cannot be read: ${oneLine(error)}`,
  );
  return {
    exitCode: unreadable.length > 0 ? 1 : 0,
    document: { plans: sorted.map(documentOf), unreadable },
    text: sorted.length === 0 ? 'No plans.' : textTable(COLUMNS, sorted.map(rowOf)),
    ...(complaint.length > 0 && { complaint: complaint.join('\n') }),
  };
};
