import * as z from 'zod';
import { BUDGET_LEVELS } from '../autonomy/budget.ts';
import { identifier, instant, jsonObject } from '../identifiers.ts';
import { proposalEstimate } from '../policy/risk.ts';

export const PLAN_STATUSES = [
  'DRAFT',
  'APPROVED',
  'ACTIVE',
  'PAUSED',
  'COMPLETED',
  'ABORTED',
  'EXPIRED',
] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

export const STEP_STATUSES = [
  'PENDING',
  'PENDING_APPROVAL',
  'AUTO_EXECUTED',
  'DONE',
  'FAILED',
  'SKIPPED',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export type CompletionReason = 'objective_met' | 'all_steps_done';

/** Who did it: a person, the policy, or the orchestrator itself. */
export const actor = z.strictObject({
  kind: z.enum(['human', 'policy', 'system']),
  id: z.string().min(1).max(256),
});
export type Actor = z.infer<typeof actor>;

/** What the autonomy gate or a person said of the attempt in flight. */
const approval = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('REQUIRED'),
    reason: z.string(),
    policy_clause: z.string().optional(),
    explanation: z.string().optional(),
    /** When it was told that nobody has given it yet and its deadline is near. */
    escalated_at: instant.optional(),
  }),
  z.strictObject({
    result: z.literal('GIVEN'),
    source: z.enum(['HUMAN', 'POLICY']),
    by: z.string(),
    at: instant,
    /** What it has taken from the budgets, to be settled when the action is done or given back when it never ran. */
    budget: z.strictObject({ day: z.string(), levels: z.array(z.enum(BUDGET_LEVELS)) }).optional(),
  }),
]);

/** The one attempt of a step that has been dispatched and whose outcome is not applied yet. */
export const inFlight = z.strictObject({
  attempt: z.int().positive(),
  action_intent_id: z.string(),
  since: instant,
  /** When the cycle has to look after this attempt, should nothing have been heard by then. */
  check_at: instant,
  approval: approval.optional(),
  /** Why nobody may approve it for now. */
  blocked_by: z.string().optional(),
  /** Who has edited its intent, each once. */
  edited_by: z.array(z.string()).optional(),
  /** How often `ACTION_APPROVED` was published again. */
  published_again: z.int().positive().optional(),
});
export type InFlight = z.infer<typeof inFlight>;

/** What a person last said to an attempt of the step, so that saying it twice is known for what it is. */
const personDecision = z.strictObject({
  attempt: z.int().positive(),
  result: z.enum(['APPROVED', 'REJECTED']),
  by: z.string(),
  /** SHA-256 of what was approved or rejected; see `intentContentHash`. */
  content_hash: z.string().optional(),
});

/** What became of undoing a step of an aborted plan; NONE: its action cannot be undone, MANUAL: a person has to. */
export const STEP_COMPENSATIONS = ['PENDING', 'COMPLETED', 'FAILED', 'MANUAL', 'NONE'] as const;
export type StepCompensation = (typeof STEP_COMPENSATIONS)[number];

export const planStep = z.strictObject({
  step_id: identifier,
  action_type: z.string(),
  sequence: z.int().optional(),
  dependencies: z.array(identifier),
  constraints: jsonObject.optional(),
  ...proposalEstimate,
  status: z.enum(STEP_STATUSES),
  /** Number of the newest attempt; the counter that decides on retries is the step's META row. */
  last_attempt: z.int().positive().optional(),
  /** Number of the newest edit of that attempt's intent; absent: none. */
  last_revision: z.int().positive().optional(),
  last_decision: personDecision.optional(),
  in_flight: inFlight.optional(),
  /** Earliest instant of the next attempt after a failure. */
  retry_at: instant.optional(),
  failure_reason: z.string().optional(),
  /** The failure is one after which only a person may decide on another attempt. */
  needs_person: z.literal(true).optional(),
  /** Attempts a person allowed beyond the plan type's limit. */
  granted_attempts: z.int().positive().optional(),
  compensation: z.enum(STEP_COMPENSATIONS).optional(),
});
export type PlanStep = z.infer<typeof planStep>;

/**
 * RevenuePlanV1: a bounded set of steps towards an objective for one account, and everything that has happened to it
 * so far. It is the fold of the plan's ledger; `version` is the `seq` of the newest entry and `head_hash` its hash.
 */
export const plan = z.strictObject({
  plan_id: identifier,
  plan_type: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  objective: z.string(),
  constraints: jsonObject.optional(),
  plan_status: z.enum(PLAN_STATUSES),
  steps: z.array(planStep),
  expires_at: instant,
  created_at: instant,
  created_by: z.string(),
  updated_at: instant,
  approved_at: instant.optional(),
  approved_by: z.string().optional(),
  /** SHA-256 of objective, steps and constraints as they were approved. */
  content_hash: z.string().optional(),
  /** Why the last activation was rejected, as sorted reason codes with their subjects. */
  activation_rejection: z.string().optional(),
  activated_at: instant.optional(),
  pause_reason: z.string().optional(),
  completion_reason: z.enum(['objective_met', 'all_steps_done']).optional(),
  completed_at: instant.optional(),
  aborted_at: instant.optional(),
  /** Whoever aborted it wants what was done to be undone. */
  compensate: z.literal(true).optional(),
  expired_at: instant.optional(),
  version: z.int().positive(),
  head_hash: z.string(),
});
export type Plan = z.infer<typeof plan>;

const TERMINAL: readonly PlanStatus[] = ['COMPLETED', 'ABORTED', 'EXPIRED'];

export const isTerminal = (status: PlanStatus): boolean => TERMINAL.includes(status);

export const findStep = (of: Pick<Plan, 'steps'>, stepId: string): PlanStep | undefined =>
  of.steps.find((step) => step.step_id === stepId);

/** DONE and SKIPPED end a step and satisfy those that depend on it. */
export const isSettled = (step: Pick<PlanStep, 'status'>): boolean =>
  step.status === 'DONE' || step.status === 'SKIPPED';

/** Dispatched, and its outcome not applied yet. */
export const isInFlight = (step: Pick<PlanStep, 'status'>): boolean =>
  step.status === 'PENDING_APPROVAL' || step.status === 'AUTO_EXECUTED';
