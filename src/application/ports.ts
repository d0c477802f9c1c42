import type { AutonomyFacts } from '../domain/autonomy/decide-approval.ts';
import type { ActionOutcome, ExecutionAttempt, ExternalObjectRef } from '../domain/execution/execution.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { LedgerEntry } from '../domain/ledger/plan-ledger.ts';
import type { PlanEffect } from '../domain/plan/effects.ts';
import type { Plan, PlanStatus } from '../domain/plan/plan.ts';
import type { TenantPlanPolicy } from '../domain/policy/plan-policy-gate.ts';

/** Every read below is strongly consistent unless its comment says otherwise. */

/** The partition a plan, an intent or a budget stands in. */
export interface Scope {
  readonly tenant_id: string;
  readonly account_id: string;
}

export interface PlanKey extends Scope {
  readonly plan_id: string;
}

/** What the indexes tell of a plan; eventually consistent, a hint only. */
export interface PlanHint extends PlanKey {
  /** Undefined when the row's is none. */
  readonly plan_status: PlanStatus | undefined;
}

export interface PlanListing extends PlanHint {
  readonly plan_type: string;
  readonly objective: string;
  readonly expires_at: string;
}

/** Writes that a use case adds to a plan's commit. */
export type ExtraWrite =
  | (Scope & {
      readonly kind: 'SPEND_BUDGET';
      /** UTC day, YYYY-MM-DD. */
      readonly day: string;
      readonly action_type: string;
      readonly max_autonomous_per_day: number;
    })
  | { readonly kind: 'FINISH_EXECUTION'; readonly outcome: ActionOutcome };

/** A plan's change: all of it comes true in one transaction, or none of it. */
export interface PlanCommit {
  readonly before: Plan | undefined;
  readonly plan: Plan;
  readonly entries: readonly LedgerEntry[];
  readonly effects: readonly (PlanEffect | ExtraWrite)[];
  /** Next instant at which the orchestrator has something to do; undefined takes the plan out of the due index. */
  readonly due_at: string | undefined;
}

/** Why a commit did not come true: which of its conditions another writer broke first. */
export type LostTo = 'PLAN' | 'LOCK' | 'ATTEMPT' | 'INTENT' | 'BUDGET' | 'EXECUTION';

export type CommitResult =
  | { readonly committed: true }
  | { readonly committed: false; readonly lost_to: LostTo };

export interface PlanStore {
  /** @throws StoredRowInvalidError when the row is no plan. */
  get(key: PlanKey): Promise<Plan | undefined>;
  getMany(keys: readonly PlanKey[]): Promise<{ plans: Plan[]; invalid: (PlanKey & { error: string })[] }>;
  /** Id of the plan that is ACTIVE for the account and type, if any. */
  activePlanId(scope: Scope, planType: string): Promise<string | undefined>;
  commitIfUnchanged(commit: PlanCommit): Promise<CommitResult>;
  /** Moves a plan in the due index without changing the plan; false when it has changed meanwhile. */
  postponeIfUnchanged(plan: Plan, dueAt: string | undefined): Promise<boolean>;
  /** Moves a plan in the due index whatever its row has become; for plans that could not be looked at. */
  postponeIfListed(key: PlanKey, dueAt: string): Promise<void>;
  /** Plans due up to an instant, longest due first within each page's shard. Eventually consistent. */
  listDue(upTo: string): AsyncIterable<(PlanHint & { due_at: string })[]>;
  /** All plans of a tenant, by id. Eventually consistent. */
  listByTenant(tenantId: string): AsyncIterable<PlanListing[]>;
  /** Where a plan stands, told by its first ledger entry. */
  locate(planId: string): Promise<PlanKey | undefined>;
  /** The whole ledger of a plan, oldest first. */
  ledger(planId: string): Promise<LedgerEntry[]>;
}

export interface Tenant {
  readonly tenantId: string;
  readonly name?: string | undefined;
  readonly status: 'active' | 'suspended' | 'deleted';
  readonly plan_policy?: TenantPlanPolicy | undefined;
}

/** A row of the tenants table that is none. */
export interface UnreadableTenant {
  readonly tenantId: string;
  readonly status: 'unreadable';
  readonly error: string;
}

export interface TenantStore {
  get(tenantId: string): Promise<Tenant | undefined>;
  /** All tenants, page by page, in no order; rows that are no tenant are named. Eventually consistent. */
  list(): AsyncIterable<(Tenant | UnreadableTenant)[]>;
}

export interface StepAttemptStore {
  /** How many attempts of a step were made, the one in flight included. */
  attemptsMade(planId: string, stepId: string): Promise<number>;
}

export interface IntentStore {
  get(scope: Scope, actionIntentId: string): Promise<ActionIntent | undefined>;
}

export interface AutonomyStore {
  /** What is configured for an action type (eventually consistent), and what was spent on `day` (UTC, YYYY-MM-DD). */
  facts(scope: Scope, actionType: string, day: string): Promise<AutonomyFacts>;
}

export type StartResult =
  | { readonly started: true; readonly execution: ExecutionAttempt }
  | { readonly started: false; readonly reason: 'TAKEN' | 'NOT_APPROVED' };

export interface ExecutionStore {
  /**
   * Takes an approved intent for `owner`: when nobody has it, when `owner` has it already, or when the one who had it is past
   * its deadline.
   */
  startIfFree(intent: ActionIntent, owner: string, now: string, deadlineAt: string): Promise<StartResult>;
  get(scope: Scope, actionIntentId: string): Promise<ExecutionAttempt | undefined>;
  outcome(scope: Scope, actionIntentId: string): Promise<ActionOutcome | undefined>;
  /** Writes the outcome and closes the attempt row, once; gives back the outcome that stands. */
  finishOnce(outcome: ActionOutcome): Promise<ActionOutcome>;
}

export type LeaseResult =
  | { readonly acquired: true; readonly fencing_token: number }
  | { readonly acquired: false; readonly held_by: string; readonly until: string };

export interface CycleLease {
  acquireIfFree(owner: string, now: string, ttlSeconds: number): Promise<LeaseResult>;
  /** Gives the lease back, unless somebody else has taken it since. */
  releaseIfHeld(owner: string, fencingToken: number): Promise<void>;
}

export interface ActionApproved extends Scope {
  readonly action_intent_id: string;
  readonly approval_source: 'HUMAN' | 'POLICY';
  readonly auto_executed: boolean;
}

export interface EventPublisher {
  /** @throws TransientError when the bus did not take the event. */
  publishActionApproved(event: ActionApproved): Promise<void>;
}

export type ToolResult =
  | {
      readonly success: true;
      readonly external_object_refs: readonly ExternalObjectRef[];
      readonly tool_run_ref: string;
    }
  | {
      readonly success: false;
      readonly error_code: string;
      readonly error_class: string;
      readonly error_message?: string;
      readonly tool_run_ref: string;
    };

export interface ToolInvocation extends Scope {
  readonly action_intent_id: string;
  readonly plan_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly tool_name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The same for every try at the same intent, so that a repeated call converges on one effect. */
  readonly idempotency_key: string;
}

export interface ToolGateway {
  /** @throws TransientError when trying again is likely to help. */
  invoke(invocation: ToolInvocation): Promise<ToolResult>;
}

export interface Log {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}
