import { approvalsToken } from '../contracts/approvals.ts';
import { DEFAULT_PAGE_SIZE } from '../contracts/execution-status.ts';
import type { ActionIntent, EditedField } from '../domain/intent/action-intent.ts';
import { type IntentContent, intentContent, intentContentHash } from '../domain/intent/intent-content.ts';
import { isTerminal, type PlanStatus } from '../domain/plan/plan.ts';
import {
  type Place,
  pageOfAttempts,
  type WaitingAttempt,
  waitingAttempts,
} from '../domain/plan/waiting-approvals.ts';
import type { Clock } from './clock.ts';
import { ValidationError } from './errors.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { IntentStore } from './ports/executions.ts';
import type { PlanStore } from './ports/plans.ts';

export interface ListApprovalsDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly intents: IntentStore;
}

export interface ListApprovalsInput {
  readonly tenant_id: string;
  /** Absent: all accounts of the tenant. */
  readonly account_id?: string | undefined;
  /** 1 to 100; default 50. */
  readonly limit?: number | undefined;
  readonly next_token?: string | undefined;
}

/** Everything that a person has to know to approve an attempt, or not to. */
export interface ShownAttempt extends IntentContent {
  readonly tenant_id: string;
  readonly account_id: string;
  readonly plan: {
    readonly plan_id: string;
    readonly objective: string;
    /** PAUSED: it has to be resumed before anything of it can be approved. */
    readonly plan_status: PlanStatus;
    readonly created_by: string;
    readonly approved_by: string;
  };
  readonly step_id: string;
  readonly attempt: number;
  readonly action_intent_id: string;
  /** SHA-256 of action type, target, parameters, registry version and risk; to be named when it is approved. */
  readonly content_hash: string;
  /** What people have changed since it was dispatched: who, and what the last of them. */
  readonly edited_by: readonly string[];
  readonly edited_fields: readonly EditedField[];
  readonly since: string;
  readonly deadline: string;
  /** When the bus was told that the deadline is near; null when it is not, or the plan has been paused since before. */
  readonly escalated_at: string | null;
  /** All of it is over: it can be rejected, but not approved any more. */
  readonly lapsed: boolean;
}

export interface WaitingApproval extends ShownAttempt {
  /** Why the policy asks a person. */
  readonly reason: string;
  readonly policy_clause: string | null;
  readonly explanation: string;
}

export interface BlockedAttempt extends ShownAttempt {
  readonly blocked_by: string;
  /** When the gate is asked again. */
  readonly check_at: string;
}

interface Unreadable {
  readonly plan_id: string;
  readonly error: string;
}

export interface ApprovalsPage {
  readonly waiting: readonly WaitingApproval[];
  /** They follow after everything that waits. */
  readonly blocked: readonly BlockedAttempt[];
  /** Plans whose rows are none, with the first page; attempts whose intent is none, with their own. */
  readonly unreadable: readonly Unreadable[];
  /** Absent on the last page. */
  readonly next_token?: string;
}

type Scope = Pick<ListApprovalsInput, 'tenant_id' | 'account_id'>;

const tokenOf = ({ tenant_id, account_id }: Scope, place: Place): string =>
  Buffer.from(JSON.stringify({ tenant_id, account_id, ...place })).toString('base64url');

const jsonIn = (token: string): unknown => {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

/** Where a page begins; a token of another list says nothing about this one. */
const placeIn = (scope: Scope, token: string): Place => {
  const { data } = approvalsToken.safeParse(jsonIn(token));
  if (data && data.tenant_id === scope.tenant_id && data.account_id === scope.account_id) return data;
  throw new ValidationError('next_token: is none that was given out for this list');
};

/** Which live plans there are is told by the tenant's index, what each is like by the plan itself. */
const everyAttempt = async (
  { plans }: ListApprovalsDeps,
  { tenant_id, account_id }: Scope,
  now: string,
): Promise<{ attempts: WaitingAttempt[]; unreadable: Unreadable[] }> => {
  const attempts: WaitingAttempt[] = [];
  const unreadable: Unreadable[] = [];
  for await (const page of plans.listByTenant(tenant_id)) {
    const live = page.filter(
      (hint) =>
        (account_id === undefined || hint.account_id === account_id) &&
        (hint.plan_status === undefined || !isTerminal(hint.plan_status)),
    );
    const read = await plans.getMany(live);
    attempts.push(...read.plans.flatMap((plan) => waitingAttempts(plan, now)));
    unreadable.push(...read.invalid.map(({ plan_id, error }) => ({ plan_id, error })));
  }
  return { attempts, unreadable };
};

const shownOf = (attempt: WaitingAttempt, intent: ActionIntent): ShownAttempt => {
  const { plan, step, in_flight, deadline, escalated_at = null, lapsed } = attempt;
  const { tenant_id, account_id, plan_id, objective, plan_status, created_by, approved_by } = plan;
  return {
    ...{ tenant_id, account_id },
    plan: { plan_id, objective, plan_status, created_by, approved_by: String(approved_by) },
    ...{ step_id: step.step_id, attempt: in_flight.attempt, action_intent_id: in_flight.action_intent_id },
    ...intentContent(intent),
    content_hash: intentContentHash(intent),
    edited_by: in_flight.edited_by ?? [],
    edited_fields: intent.edited_fields ?? [],
    ...{ since: in_flight.since, deadline, escalated_at, lapsed },
  };
};

type Shown =
  | { readonly waiting: WaitingApproval }
  | { readonly blocked: BlockedAttempt }
  | { readonly unreadable: Unreadable };

const show = async ({ intents }: ListApprovalsDeps, attempt: WaitingAttempt): Promise<Shown> => {
  const { plan, in_flight, blocked_by } = attempt;
  const { approval, check_at } = in_flight;
  try {
    const shown = shownOf(attempt, await requireIntent(intents, plan, in_flight.action_intent_id));
    if (approval?.result !== 'REQUIRED')
      return { blocked: { ...shown, blocked_by: String(blocked_by), check_at } };
    const { reason, policy_clause = null, explanation = reason } = approval;
    return { waiting: { ...shown, reason, policy_clause, explanation } };
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'IntentNotFoundError' && name !== 'StoredRowInvalidError') throw error;
    return { unreadable: { plan_id: plan.plan_id, error: `${name}: ${message}` } };
  }
};

/**
 * What waits for a person, a page at a time, the oldest deadline first; then what is blocked. Every page reads the index of the tenant's
 * plans, the live ones among them (consistently), and the intents that it shows; no table is scanned. A plan that was made a moment ago
 * may be missing, and what changes between two pages may be missing or come twice.
 *
 * @throws ValidationError naming next_token when it is none that this list was given.
 */
export const listApprovals = async (
  deps: ListApprovalsDeps,
  { limit = DEFAULT_PAGE_SIZE, next_token, ...scope }: ListApprovalsInput,
): Promise<ApprovalsPage> => {
  const after = next_token === undefined ? undefined : placeIn(scope, next_token);
  const { attempts, unreadable } = await everyAttempt(deps, scope, deps.clock.now().toISOString());
  const { page, next } = pageOfAttempts(attempts, { limit, after });
  const shown = await Promise.all(page.map((attempt) => show(deps, attempt)));
  return {
    waiting: shown.flatMap((one) => ('waiting' in one ? [one.waiting] : [])),
    blocked: shown.flatMap((one) => ('blocked' in one ? [one.blocked] : [])),
    unreadable: [
      ...(after ? [] : unreadable),
      ...shown.flatMap((one) => ('unreadable' in one ? [one.unreadable] : [])),
    ],
    ...(next && { next_token: tokenOf(scope, next) }),
  };
};
