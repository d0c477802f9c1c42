import type { LedgerEntry } from '../../domain/ledger/plan-ledger.ts';
import type { PlanEffect } from '../../domain/plan/effects.ts';
import type { Plan, PlanStatus } from '../../domain/plan/plan.ts';
import type { Scope } from './scope.ts';

/** Every read below is strongly consistent unless its comment says otherwise. */

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

/** A plan's change: all of it comes true in one transaction, or none of it. */
export interface PlanCommit {
  readonly before: Plan | undefined;
  readonly plan: Plan;
  readonly entries: readonly LedgerEntry[];
  readonly effects: readonly PlanEffect[];
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

export interface StepAttemptStore {
  /** How many attempts of a step were made, the one in flight included. */
  attemptsMade(planId: string, stepId: string): Promise<number>;
}

export type LeaseResult =
  | { readonly acquired: true; readonly fencing_token: number }
  | { readonly acquired: false; readonly held_by: string; readonly until: string };

export interface CycleLease {
  acquireIfFree(owner: string, now: string, ttlSeconds: number): Promise<LeaseResult>;
  /** Gives the lease back, unless somebody else has taken it since. */
  releaseIfHeld(owner: string, fencingToken: number): Promise<void>;
}
