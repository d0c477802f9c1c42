import * as z from 'zod';
import { identifier, instant } from '../identifiers.ts';
import { ERROR_CLASSES } from './error-class.ts';

/** Longest run of one execute-action execution in seconds: the `TimeoutSeconds` of its state machine. */
export const EXECUTION_TIMEOUT_SECONDS = 3600;

/** Slack in seconds after the timeout before an execution that said nothing counts as dead. */
export const EXECUTION_GRACE_SECONDS = 900;

/** Who had an action that had come to an end carried out again, and why. */
export const replayOf = z.strictObject({
  reason: z.string().min(1).max(2000),
  requested_by: z.string().min(1).max(256),
});
export type ReplayOf = z.infer<typeof replayOf>;

/** The one row that says who executes, or has executed, an intent. It stays as long as the audit needs it. */
export const executionAttempt = z.strictObject({
  action_intent_id: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']),
  /** ARN of the execution that took the intent. */
  owner: z.string(),
  /** 1 for the first execution, one more for each that took over from a dead one and for each replay. */
  attempt_count: z.int().positive(),
  started_at: instant,
  deadline_at: instant,
  updated_at: instant,
  trace_id: z.string(),
  replay: replayOf.optional(),
});
export type ExecutionAttempt = z.infer<typeof executionAttempt>;

/** Has come to an end, or is a replay that died: of the first execution that dies its plan's cycle takes care. */
export const mayBeReplayed = ({ status, replay, deadline_at }: ExecutionAttempt, now: string): boolean =>
  status !== 'RUNNING' || (replay !== undefined && deadline_at <= now);

export const externalObjectRef = z.strictObject({
  system: z.enum(['CRM', 'CALENDAR', 'INTERNAL', 'WEBHOOK']),
  object_type: z.string(),
  object_id: z.string(),
  object_url: z.string().optional(),
});
export type ExternalObjectRef = z.infer<typeof externalObjectRef>;

export const COMPENSATION_STATUSES = ['NONE', 'PENDING', 'COMPLETED', 'FAILED'] as const;

/** ActionOutcomeV1: how an execution of an intent ended; written once for it, and once more for each replay. */
export const actionOutcome = z.strictObject({
  action_intent_id: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  plan_id: identifier,
  step_id: identifier,
  attempt: z.int().positive(),
  status: z.enum(['SUCCEEDED', 'FAILED']),
  external_object_refs: z.array(externalObjectRef),
  error_code: z.string().optional(),
  error_class: z.enum(ERROR_CLASSES).optional(),
  error_message: z.string().optional(),
  /** The tool has certainly not acted. */
  nothing_done: z.literal(true).optional(),
  attempt_count: z.int().nonnegative(),
  tool_name: z.string(),
  tool_run_ref: z.string(),
  registry_version: z.int().nonnegative(),
  compensation_status: z.enum(COMPENSATION_STATUSES),
  compensation_error: z.string().optional(),
  approval_source: z.enum(['HUMAN', 'POLICY']),
  auto_executed: z.boolean(),
  started_at: instant,
  completed_at: instant,
  trace_id: z.string(),
  replay: replayOf.optional(),
});
export type ActionOutcome = z.infer<typeof actionOutcome>;

/** Nobody can say whether the action took effect; a person has to find out. */
export const OUTCOME_UNKNOWN = 'OUTCOME_UNKNOWN';
