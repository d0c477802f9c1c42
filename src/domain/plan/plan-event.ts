import type { BudgetSpend } from '../autonomy/budget.ts';
import type { JsonValue } from '../identifiers.ts';
import type { EditedField } from '../intent/action-intent.ts';
import type { PolicyReason } from '../policy/policy-reason.ts';
import type { Actor, CompletionReason, PlanStep, StepCompensation } from './plan.ts';

export type NewStep = Pick<PlanStep, 'step_id' | 'action_type' | 'dependencies'> &
  Partial<Pick<PlanStep, 'sequence' | 'constraints' | 'risk_estimate' | 'confidence_score'>>;

/** What a plan is made of before anything has happened to it. */
export interface NewPlan {
  readonly plan_id: string;
  readonly plan_type: string;
  readonly tenant_id: string;
  readonly account_id: string;
  readonly objective: string;
  readonly constraints?: Record<string, JsonValue>;
  readonly steps: readonly NewStep[];
  readonly expires_at: string;
}

interface OfStep {
  readonly plan_id: string;
  readonly step_id: string;
}

interface OfAttempt extends OfStep {
  readonly attempt: number;
}

interface ByPolicy {
  readonly policy_version: string;
  /** The clause that decided, and what it saw. */
  readonly policy_clause?: string;
  readonly explanation?: string;
}

/** The facts a plan's ledger may hold, by type. */
export interface PlanEventData {
  PLAN_CREATED: NewPlan & { trigger: string };
  PLAN_APPROVED: { plan_id: string; content_hash: string; reason?: string };
  PLAN_ACTIVATED: { plan_id: string; plan_type: string };
  PLAN_ACTIVATION_REJECTED: {
    plan_id: string;
    plan_type: string;
    caller: 'orchestrator' | 'resume';
    reasons: readonly PolicyReason[];
    conflicting_plan_ids: readonly string[];
  };
  PLAN_PAUSED: { plan_id: string; reason: string; step_id?: string };
  PLAN_RESUMED: { plan_id: string; reason?: string };
  PLAN_ABORTED: { plan_id: string; reason: string; compensate?: true };
  PLAN_COMPLETED: { plan_id: string; completion_reason: CompletionReason };
  PLAN_EXPIRED: { plan_id: string; expired_at: string };
  STEP_STARTED: OfAttempt & {
    action_type: string;
    action_intent_id: string;
    check_at: string;
    /** Version of the action type that the intent pins; absent: the first. */
    registry_version?: number;
  };
  STEP_APPROVAL_REQUIRED: OfAttempt & ByPolicy & { reason: string; check_at: string };
  /** Nobody has approved the attempt, and its deadline, `check_at`, is near. */
  STEP_APPROVAL_ESCALATED: OfAttempt & { check_at: string };
  /** Nobody may approve the attempt until what blocks it has changed. */
  STEP_APPROVAL_BLOCKED: OfAttempt & ByPolicy & { reason: string; check_at: string };
  STEP_APPROVED: OfAttempt &
    Partial<ByPolicy> & {
      source: 'HUMAN' | 'POLICY';
      reason?: string;
      check_at: string;
      /** Which intent a person has approved, and the SHA-256 of what it was. */
      action_intent_id?: string;
      content_hash?: string;
      /** What an approval by policy takes from the budgets. */
      budget?: BudgetSpend;
    };
  /** A person has changed what is to be done; another intent stands in for the one in flight, and has to be approved. */
  STEP_INTENT_EDITED: OfAttempt & {
    action_intent_id: string;
    supersedes: string;
    revision: number;
    registry_version: number;
    /** All of them, as they are now. */
    parameters: Record<string, JsonValue>;
    edited_fields: readonly EditedField[];
    content_hash: string;
    explanation: string;
    reason?: string;
  };
  STEP_PUBLISHED_AGAIN: OfAttempt & { check_at: string };
  /** Its execution is at work; it is looked after again should it have said nothing by then. */
  STEP_CHECK_POSTPONED: OfAttempt & { check_at: string };
  STEP_COMPLETED: OfAttempt & { outcome: string };
  STEP_FAILED: OfStep & {
    reason: string;
    attempt?: number;
    retry_at?: string;
    /** Only a person may decide on another attempt. */
    needs_person?: true;
    /** What the failure makes of the attempt's intent, which was never executed. */
    intent_status?: 'REJECTED' | 'EXPIRED';
    /** What the person who rejected it said. */
    note?: string;
    /** SHA-256 of what a person has rejected. */
    content_hash?: string;
    /** The action certainly had no effect, so that it counts against no budget. */
    nothing_done?: true;
  };
  STEP_SKIPPED: OfStep & { reason: string; attempt?: number };
  STEP_ATTEMPT_GRANTED: OfStep & { reason: string; retry_at: string };
  /** An attempt that had failed was carried out again, and has succeeded. */
  STEP_REPLAYED: OfAttempt;
  /** What became of undoing what the step's last attempt had done. */
  STEP_COMPENSATED: OfAttempt & { result: Exclude<StepCompensation, 'PENDING'>; error?: string };
  STEP_OUTCOME_RECORDED: OfAttempt & {
    outcome: 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'UNKNOWN' | 'BLOCKED';
    reason?: string;
    /** The attempt's intent was never executed, and never will be. */
    intent_status?: 'CANCELLED';
    nothing_done?: true;
  };
}

export type PlanEventType = keyof PlanEventData;

/** A fact about a plan, not yet chained into its ledger. */
export type PlanEvent = {
  [T in PlanEventType]: {
    readonly event_type: T;
    readonly timestamp: string;
    readonly actor: Actor;
    readonly data: PlanEventData[T];
  };
}[PlanEventType];
