import {
  type ApprovalsPage,
  type BlockedAttempt,
  type ListApprovalsDeps,
  listApprovals,
  type ShownAttempt,
  type WaitingApproval,
} from '../../src/application/list-approvals.ts';
import type { TenantStore } from '../../src/application/ports/configuration.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import { everyTenant, type ListPlansDeps, namedTenants } from './list-plans.ts';
import { oneLine } from './one-line.ts';
import type { WaitingRequest } from './plans-arguments.ts';
import type { ToolAnswer } from './run-tool.ts';

/** As many characters of a hash as `--shown` asks for. */
const HASH_CHARACTERS = 12;
const COLUMNS = ['deadline', '', 'tenant', 'plan', 'step', 'action', 'risk', 'reason', 'hash'];

type Everything = Required<Pick<ApprovalsPage, 'waiting' | 'blocked' | 'unreadable'>>;

const compare = (a: ShownAttempt, b: ShownAttempt): number =>
  a.deadline < b.deadline ? -1 : Number(a.deadline > b.deadline);

const ofTenant = async (
  deps: ListApprovalsDeps,
  tenant_id: string,
  account_id: string | undefined,
): Promise<ApprovalsPage[]> => {
  const pages: ApprovalsPage[] = [];
  let next_token: string | undefined;
  do {
    const page = await listApprovals(deps, { tenant_id, account_id, next_token });
    pages.push(page);
    next_token = page.next_token;
  } while (next_token !== undefined);
  return pages;
};

const urgency = ({ lapsed, escalated_at }: ShownAttempt): string => {
  if (lapsed) return 'lapsed';
  return escalated_at === null ? '' : 'escalated';
};

const rowOf = (shown: ShownAttempt, reason: string): string[] => [
  ...[shown.deadline, urgency(shown), shown.tenant_id, shown.plan.plan_id, shown.step_id],
  ...[shown.action_type, shown.risk, oneLine(reason), shown.content_hash.slice(0, HASH_CHARACTERS)],
];

const waitingRow = (one: WaitingApproval) =>
  rowOf(one, one.plan.plan_status === 'PAUSED' ? `${one.reason}, and its plan is PAUSED` : one.reason);
const blockedRow = (one: BlockedAttempt) => rowOf(one, `${one.blocked_by}, asked again ${one.check_at}`);

const textOf = ({ waiting, blocked }: Everything): string => {
  const first =
    waiting.length === 0 ? 'Nothing waits for a person.' : textTable(COLUMNS, waiting.map(waitingRow));
  const second = blocked.length === 0 ? '' : `\n\nBlocked:\n${textTable(COLUMNS, blocked.map(blockedRow))}`;
  return `${first}${second}`;
};

/** Lists what waits for a person in some tenants, or in all, the oldest deadline first; then what is blocked. */
export const listWaiting = async (
  deps: ListApprovalsDeps & ListPlansDeps & { readonly tenants: TenantStore },
  { tenants, accountId }: WaitingRequest,
): Promise<ToolAnswer> => {
  const ids = tenants.length > 0 ? await namedTenants(deps, tenants) : await everyTenant(deps);
  const pages: ApprovalsPage[] = [];
  for (const id of ids) pages.push(...(await ofTenant(deps, id, accountId)));
  const all = {
    waiting: pages.flatMap(({ waiting }) => waiting).sort(compare),
    blocked: pages.flatMap(({ blocked }) => blocked).sort(compare),
    unreadable: pages.flatMap(({ unreadable }) => unreadable),
  };
  const complaint = all.unreadable.map(
    ({ plan_id, error }) => `plan ${plan_id} cannot be read: ${oneLine(error)}`,
  );
  return {
    exitCode: complaint.length > 0 ? 1 : 0,
    document: all,
    text: textOf(all),
    ...(complaint.length > 0 && { complaint: complaint.join('\n') }),
  };
};
