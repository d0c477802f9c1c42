import * as z from 'zod';
import { ERROR_CLASSES } from '../domain/execution/error-class.ts';
import { COMPENSATION_STATUSES, externalObjectRef, replayOf } from '../domain/execution/execution.ts';
import { EXECUTION_STATUSES, WAIT_CODES } from '../domain/execution/execution-status.ts';
import { identifier, instant } from '../domain/identifiers.ts';

/** How many executions a page has, unless somebody says otherwise, and at the most. */
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;

/** Longest token that names a page: its ids are bounded, and so is it. */
const MAX_TOKEN_CHARACTERS = 2000;

/** A number as text, as query strings have it. */
const pageSize = z
  .string()
  .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_PAGE_SIZE))
  .default(DEFAULT_PAGE_SIZE);

/** GET /executions/{action_intent_id}/status?account_id= */
export const executionStatusRequest = z.strictObject({
  action_intent_id: identifier,
  account_id: identifier,
});

/** GET /accounts/{account_id}/executions?limit=&next_token= */
export const listExecutionsRequest = z.strictObject({
  account_id: identifier,
  limit: pageSize,
  next_token: z.string().min(1).max(MAX_TOKEN_CHARACTERS).optional(),
});

/** POST /executions/{action_intent_id}/replay { account_id, reason } */
export const replayRequest = z.strictObject({
  action_intent_id: identifier,
  account_id: identifier,
  reason: z.string().trim().pipe(replayOf.shape.reason),
});

/** What a page's token says: after which execution of which account the page begins. */
export const pageToken = z.strictObject({
  tenant_id: identifier,
  account_id: identifier,
  started_at: instant,
  action_intent_id: identifier,
});

const wait = z.strictObject({
  code: z.enum(WAIT_CODES),
  since: instant,
  until: instant.optional(),
  explanation: z.string(),
});

const ended = {
  attempt_count: z.int().nonnegative(),
  started_at: instant,
  completed_at: instant,
  external_object_refs: z.array(externalObjectRef),
  error_code: z.string().optional(),
  error_class: z.enum(ERROR_CLASSES).optional(),
  error_message: z.string().optional(),
  compensation_status: z.enum(COMPENSATION_STATUSES),
  compensation_error: z.string().optional(),
};

const executionSummary = z.strictObject({
  action_intent_id: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  ...z.object(ended).partial().shape,
  waits_for: wait.optional(),
});

export const executionStatusAnswer = z.strictObject({
  ...executionSummary.shape,
  outcomes: z.array(
    z.strictObject({
      status: z.enum(['SUCCEEDED', 'FAILED', 'UNKNOWN']),
      ...ended,
      replay: replayOf.optional(),
    }),
  ),
});

export const listExecutionsAnswer = z.strictObject({
  executions: z.array(executionSummary),
  /** Absent on the last page. */
  next_token: z.string().optional(),
});

export const replayAnswer = z.strictObject({
  execution_arn: z.string(),
  /** Number of the execution that was asked for, the first one included. */
  attempt_count: z.int().positive(),
});

/** Every answer that is no success. */
export const errorAnswer = z.strictObject({
  error: z.string(),
  message: z.string(),
  /** For bad input: what was given, cut short. */
  provided: z.record(z.string(), z.string()).optional(),
});
