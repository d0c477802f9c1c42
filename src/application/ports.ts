import type { ConnectorId, ToolAnswer } from '../contracts/tools.ts';
import type { AutonomyFacts } from '../domain/autonomy/decide-approval.ts';
import type { ErrorClass } from '../domain/execution/error-class.ts';
import type {
  ActionOutcome,
  ExecutionAttempt,
  ExternalObjectRef,
  ReplayOf,
} from '../domain/execution/execution.ts';
import type { ExecutionLedgerEntry } from '../domain/execution/execution-ledger.ts';
import type { ExecutionSignal } from '../domain/execution/signal.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { ActionTypeEntry } from '../domain/intent/action-type-registry.ts';
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

/** A write that a use case adds to a plan's commit. */
export interface ExtraWrite extends Scope {
  readonly kind: 'SPEND_BUDGET';
  /** UTC day, YYYY-MM-DD. */
  readonly day: string;
  readonly action_type: string;
  readonly max_autonomous_per_day: number;
}

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
  | { readonly started: false; readonly reason: 'TAKEN' };

export interface ExecutionStart {
  readonly intent: ActionIntent;
  /** ARN of the execution that wants the intent. */
  readonly owner: string;
  readonly now: string;
  /** From when on an execution that said nothing counts as dead. */
  readonly deadline_at: string;
}

export interface ExecutionStore {
  /** Takes an intent: when nobody has it, when `owner` has it already, or when the one who had it is past its deadline. */
  startIfFree(start: ExecutionStart): Promise<StartResult>;
  /** Takes an intent whose execution has come to an end once more, with an entry in the ledger. */
  startReplay(start: ExecutionStart, replay: ReplayOf): Promise<StartResult>;
  get(scope: Scope, actionIntentId: string): Promise<ExecutionAttempt | undefined>;
  /** The outcome of the intent's execution; those of replays are apart. */
  outcome(scope: Scope, actionIntentId: string): Promise<ActionOutcome | undefined>;
  /** All outcomes of an intent, that of its last replay last. */
  outcomes(scope: Scope, actionIntentId: string): Promise<ActionOutcome[]>;
  /** Writes the outcome, its ledger entry and its signal, and closes the attempt row, all or nothing and once; gives back the outcome that stands. */
  finishOnce(outcome: ActionOutcome): Promise<ActionOutcome>;
  /** Adds to an outcome, and to the ledger, that what was done has been undone, or could not be; a second time changes nothing. */
  recordCompensation(
    outcome: ActionOutcome,
    compensation: { readonly status: 'COMPLETED' | 'FAILED'; readonly error?: string | undefined },
    now: string,
  ): Promise<void>;
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

/** @throws TransientError when the bus did not take the event. */
export interface EventPublisher {
  publishActionApproved(event: ActionApproved): Promise<void>;
  /** Tells of an outcome; whoever listens recognises a second telling by the signal's id. */
  publishSignal(signal: ExecutionSignal): Promise<void>;
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
      readonly error_class: ErrorClass;
      readonly error_message?: string | undefined;
      /** What was done nevertheless. */
      readonly external_object_refs?: readonly ExternalObjectRef[] | undefined;
      readonly tool_run_ref: string;
    };

export interface ToolInvocation extends Scope {
  readonly action_intent_id: string;
  readonly plan_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly tool_name: string;
  /** The tool's own arguments. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The same for every try at the same intent, so that a repeated call converges on one effect. */
  readonly idempotency_key: string;
}

export interface CompensationInvocation extends Omit<ToolInvocation, 'arguments'> {
  /** What is to be undone. */
  readonly external_object_refs: readonly ExternalObjectRef[];
}

/** The way to the tools. What it throws is named by the error taxonomy, so that the machine knows what to try again. */
export interface ToolGateway {
  /**
   * @throws TransientError when nothing was done and trying again is likely to help.
   * @throws EffectUnknownError when nobody knows whether it was done, and asking again under the same key is safe.
   * @throws InvalidToolResponseError when the answer makes no sense.
   */
  invoke(invocation: ToolInvocation): Promise<ToolResult>;
  /** Undoes what a tool did; throws as `invoke` does. */
  compensate(invocation: CompensationInvocation): Promise<ToolResult>;
}

/** One call of a tool as it reaches its adapter. */
export interface ToolCall extends Scope {
  readonly tool_name: string;
  readonly action_intent_id: string;
  readonly idempotency_key: string;
  /** The tool's own arguments, valid by its schema. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface CompensationCall extends Omit<ToolCall, 'arguments'> {
  readonly external_object_refs: readonly ExternalObjectRef[];
}

/** The adapter of one system. What goes wrong is an answer; it throws only when it is itself at fault. */
export interface Connector {
  readonly id: ConnectorId;
  /** What is wrong with a call that its schema cannot tell, before anything is done; undefined when nothing is. */
  validate(call: ToolCall): Promise<string | undefined>;
  execute(call: ToolCall): Promise<ToolAnswer>;
  /** Undoes what the refs name; what is gone already counts as undone. */
  compensate(call: CompensationCall): Promise<ToolAnswer>;
}

export type Claim =
  /** `uncertain`: an earlier holder of the key may have acted. */
  | { readonly claimed: true; readonly uncertain: boolean }
  | { readonly claimed: false; readonly state: 'SETTLED'; readonly answer: ToolAnswer }
  | { readonly claimed: false; readonly state: 'IN_PROGRESS'; readonly until: string }
  /** An earlier holder may have acted, and the tool must not be called a second time. */
  | { readonly claimed: false; readonly state: 'UNCERTAIN' };

export type Looked =
  | { readonly state: 'FREE' | 'OPEN' }
  | { readonly state: 'SETTLED'; readonly answer: ToolAnswer };

export interface ClaimRequest extends Scope {
  readonly idempotency_key: string;
  readonly action_intent_id: string;
  readonly tool_name: string;
  /** Names this caller; what it claimed only it may settle. */
  readonly owner: string;
  readonly now: string;
  /** From when on a claim that was neither settled nor given back counts as dead. */
  readonly expires_at: string;
  /** Whether a dead or uncertain claim may be taken over. */
  readonly repeatable: boolean;
}

/** Who calls a tool under an idempotency key, and what came of it. */
export interface IdempotencyStore {
  claim(request: ClaimRequest): Promise<Claim>;
  /** Keeps the answer for whoever asks again; false when the claim is no longer the owner's. */
  settle(key: string, owner: string, answer: ToolAnswer, now: string): Promise<boolean>;
  /** Gives the claim back: nothing was done (`uncertain: false`), or nobody can tell (`true`). */
  release(key: string, owner: string, uncertain: boolean): Promise<boolean>;
  /** What is known of a key, without claiming it: nothing, an answer, or that somebody calls or may have acted. Strongly consistent. */
  look(key: string): Promise<Looked>;
  /** Takes back a settled answer whose effect was undone, so that the action can be carried out again. */
  forget(key: string): Promise<void>;
}

export interface Admission extends Pick<Scope, 'tenant_id'> {
  readonly connector: ConnectorId;
  /** Names the one call that asks to be let in. */
  readonly lease_id: string;
  readonly now: string;
}

export type Admitted =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: 'CIRCUIT_OPEN' | 'BUSY'; readonly retry_at: string };

/** Keeps calls away from a system that is down, and holds how many run at once. Shared by all functions, per tenant and connector. */
export interface ConnectorGuard {
  admit(admission: Admission): Promise<Admitted>;
  /** Ends an admitted call: whether the system answered as a healthy one does. */
  leave(admission: Admission, healthy: boolean): Promise<void>;
}

export interface SecretStore {
  /**
   * The fields of a secret.
   *
   * @throws ConfigurationError naming the secret when it is missing or no JSON object of strings.
   */
  get(secretId: string): Promise<Readonly<Record<string, string>>>;
}

export interface ConnectorConfigStore {
  /** How an account, or else its tenant, reaches a system; undefined when nobody has configured that. */
  get(scope: Scope, connector: ConnectorId): Promise<Readonly<Record<string, unknown>> | undefined>;
}

export interface KillSwitchState {
  /** Which switch stops the action, in words; undefined when none does. */
  readonly stopped_by: string | undefined;
}

export interface KillSwitchStore {
  /**
   * Whether any switch stops actions of a type for a tenant. Strongly consistent.
   *
   * @throws whatever the read throws: who cannot read the switches must not act.
   */
  check(tenantId: string, actionType: string): Promise<KillSwitchState>;
}

export interface ActionTypeRegistry {
  /** The version in force for a tenant: its own, else the default; undefined when there is none. */
  latest(tenantId: string, actionType: string): Promise<ActionTypeEntry | undefined>;
  /** One version, the tenant's own or the default's; strongly consistent. */
  get(tenantId: string, actionType: string, version: number): Promise<ActionTypeEntry | undefined>;
}

/** Counts and durations for whoever operates the system. */
export interface Metrics {
  /** One execution that has come to an outcome. */
  outcome(of: ActionOutcome): void;
  /** One call of a connector: how long it took, in milliseconds, and what came of it; `state` as the guard saw it. */
  toolCall(of: {
    readonly tool_name: string;
    readonly connector: ConnectorId;
    readonly latency_ms: number;
    readonly result: 'SUCCEEDED' | ErrorClass | 'CIRCUIT_OPEN' | 'BUSY';
  }): void;
  /** One try at a tool through the gateway; `ok` is false when there was no answer that made sense. */
  gatewayCall(of: { readonly tool_name: string; readonly ok: boolean; readonly latency_ms: number }): void;
  compensation(of: {
    readonly tool_name: string;
    readonly status: ActionOutcome['compensation_status'];
  }): void;
}

export interface Log {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}

/** The last execution of a page. */
export interface ExecutionCursor {
  readonly started_at: string;
  readonly action_intent_id: string;
}

export interface PastExecution {
  readonly attempt: ExecutionAttempt;
  /** What this attempt came to; that of an earlier execution of the same intent is not told. */
  readonly outcome: ActionOutcome | undefined;
}

export interface ExecutionHistory {
  /**
   * Executions of an account by their last start, newest first. Which ones there are is eventually consistent, what each is like is not.
   *
   * @param page.limit 1 to 100.
   * @throws TransientError when not all of them could be read now.
   */
  page(
    scope: Scope,
    page: { readonly limit: number; readonly after?: ExecutionCursor | undefined },
  ): Promise<{
    readonly executions: readonly PastExecution[];
    /** Absent when nothing follows. */
    readonly next?: ExecutionCursor | undefined;
  }>;
}

export interface ExecutionLedger {
  /**
   * Adds an entry, unless one of its id is there, whatever its instant; gives back the one that stands.
   *
   * @throws TransientError when another writer was in the way.
   */
  appendOnce(entry: ExecutionLedgerEntry): Promise<ExecutionLedgerEntry>;
}

export interface ExecutionStarter {
  /**
   * Starts an execution of execute-action, unless one of that name runs or has run; gives back the ARN of the one there is.
   *
   * @throws TransientError when Step Functions cannot take it now.
   */
  startIfNew(start: {
    readonly name: string;
    readonly input: {
      readonly detail: { readonly data: ActionApproved };
      readonly replay: ReplayOf;
    };
  }): Promise<{ readonly execution_arn: string }>;
}
