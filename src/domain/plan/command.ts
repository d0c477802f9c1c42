import type { BudgetSpend } from '../autonomy/budget.ts';
import type { JsonValue } from '../identifiers.ts';
import type { ActionIntent } from '../intent/action-intent.ts';
import type { ActionTypeEntry } from '../intent/action-type-registry.ts';
import type { ActivationFacts, TenantPlanPolicy } from '../policy/plan-policy-gate.ts';
import type { PolicyReason } from '../policy/policy-reason.ts';
import type { Actor, StepCompensation } from './plan.ts';
import type { NewPlan, PlanEvent } from './plan-event.ts';

/** What the orchestrator learned of an attempt: its result, and the reason when it did not succeed. */
export type StepOutcome =
  | { readonly result: 'SUCCEEDED' }
  | { readonly result: 'SKIPPED'; readonly reason: string }
  /** Nobody can say whether the action took effect: a person has to decide what follows. */
  | { readonly result: 'UNKNOWN' }
  /** Stopped from outside before anything was done; a person has to say when to go on. */
  | { readonly result: 'BLOCKED'; readonly reason: string; readonly nothing_done?: true }
  | { readonly result: 'FAILED'; readonly reason: string; readonly nothing_done?: true };

export interface OfAttempt {
  readonly step_id: string;
  readonly attempt: number;
}

/** Which policy decided about an approval, by which of its clauses, and why in words. */
export interface SaidByPolicy {
  readonly policy_version: string;
  readonly policy_clause?: string | undefined;
  readonly explanation?: string | undefined;
}

/** What a person says of an attempt, and what they saw of it when they made up their mind. */
export interface SaidByPerson extends OfAttempt {
  readonly reason?: string | undefined;
  /** SHA-256 of what they were shown, or its first 12 characters or more; absent: it is not asked whether that is still so. */
  readonly shown?: string | undefined;
  /** SHA-256 of the attempt's intent as it is now; see `intentContentHash`. */
  readonly content_hash?: string | undefined;
}

/** Everything that may be asked of a plan, whoever asks. */
export type PlanCommand =
  | { readonly type: 'CREATE_PLAN'; readonly plan: NewPlan; readonly trigger: string }
  | {
      readonly type: 'APPROVE_PLAN';
      readonly policy?: TenantPlanPolicy | undefined;
      readonly reason?: string | undefined;
    }
  | { readonly type: 'ACTIVATE_PLAN'; readonly facts: ActivationFacts }
  | { readonly type: 'RESUME_PLAN'; readonly facts: ActivationFacts; readonly reason?: string | undefined }
  | { readonly type: 'PAUSE_PLAN'; readonly reason: string }
  | {
      readonly type: 'ABORT_PLAN';
      readonly reason: string;
      /** What was done is to be undone. */
      readonly compensate?: boolean | undefined;
    }
  | { readonly type: 'EVALUATE_PLAN'; readonly signals?: readonly string[] }
  | {
      readonly type: 'START_STEP';
      readonly step_id: string;
      readonly attempts_made: number;
      /** Version of the action type that the intent pins; absent: the first. */
      readonly registry_version?: number | undefined;
    }
  | ({ readonly type: 'REQUIRE_APPROVAL'; readonly reason: string } & SaidByPolicy & OfAttempt)
  | ({ readonly type: 'BLOCK_APPROVAL'; readonly reason: string } & SaidByPolicy & OfAttempt)
  | ({ readonly type: 'AUTO_APPROVE'; readonly budget?: BudgetSpend | undefined } & SaidByPolicy & OfAttempt)
  | ({ readonly type: 'APPROVE_INTENT' } & SaidByPerson)
  | ({ readonly type: 'REJECT_INTENT' } & SaidByPerson)
  | ({
      readonly type: 'EDIT_INTENT';
      /** A value replaces its parameter, null removes it, and the others stay. */
      readonly parameters: Readonly<Record<string, JsonValue>>;
      /** Approve what comes of it, in the same act. */
      readonly approve?: boolean | undefined;
      /** The newest intent of the step, if there is one, and what the version it pins makes of parameters. */
      readonly intent: ActionIntent | undefined;
      readonly mapping: ActionTypeEntry['parameter_mapping'];
    } & SaidByPerson)
  | ({ readonly type: 'ESCALATE_APPROVAL' } & OfAttempt)
  | ({ readonly type: 'EXPIRE_APPROVAL' } & OfAttempt)
  | ({ readonly type: 'POSTPONE_CHECK'; readonly until: string } & OfAttempt)
  | ({ readonly type: 'PUBLISH_AGAIN' } & OfAttempt)
  | ({ readonly type: 'CANCEL_UNSTARTED' } & OfAttempt)
  | ({
      readonly type: 'APPLY_OUTCOME';
      readonly outcome: StepOutcome;
      /** Of an attempt that had come to an end and was carried out again. */
      readonly replay?: boolean | undefined;
    } & OfAttempt)
  | ({
      readonly type: 'RECORD_COMPENSATION';
      readonly result: Exclude<StepCompensation, 'PENDING'>;
      readonly error?: string | undefined;
    } & OfAttempt)
  | { readonly type: 'SKIP_STEP'; readonly step_id: string; readonly reason: string }
  | { readonly type: 'GRANT_ATTEMPT'; readonly step_id: string; readonly reason: string };

export interface DecisionContext {
  /** The instant to decide by, ISO-8601 UTC. */
  readonly now: string;
  readonly actor: Actor;
}

export type RefusalCode =
  | 'PLAN_NOT_FOUND'
  | 'PLAN_EXISTS'
  | 'STEP_NOT_FOUND'
  | 'INVALID_TRANSITION'
  | 'PLAN_EXPIRED'
  | 'SELF_APPROVAL'
  | 'POLICY'
  | 'NEEDS_A_PERSON'
  | 'STEP_IN_FLIGHT'
  | 'STEP_NOT_DUE'
  | 'STEP_SETTLED'
  | 'STEP_NOT_FAILED'
  | 'NOT_WAITING_FOR_APPROVAL'
  | 'APPROVAL_BLOCKED'
  | 'CONTENT_CHANGED'
  | 'INVALID_PARAMETERS'
  | 'NOT_APPROVED';

/** A command that was not carried out; `events` are what the ledger keeps of the refusal, often nothing. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
  readonly reasons?: readonly PolicyReason[];
  readonly events: readonly PlanEvent[];
}

/** What follows from a command: events (none when it was already carried out), or a refusal to branch on. */
export type Decision = { readonly ok: true; readonly events: readonly PlanEvent[] } | Refusal;
