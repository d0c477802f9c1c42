import { z } from 'zod';
import { actionOutcome, externalObjectRef } from '../domain/execution/execution.ts';
import { identifier, instant, jsonObject } from '../domain/identifiers.ts';

/** `detail` of an `ACTION_APPROVED` event. */
export const actionApprovedDetail = z.strictObject({
  data: z.strictObject({
    action_intent_id: z.string().min(1),
    tenant_id: identifier,
    account_id: identifier,
    approval_source: z.enum(['HUMAN', 'POLICY']),
    auto_executed: z.boolean(),
  }),
});

export const startExecutionInput = z.strictObject({
  /** ARN of the execution: the owner token of the attempt row. */
  execution_id: z.string().min(1),
  /** The input of the machine: the event, or what `StartExecution` was given. */
  input: z.object({ detail: actionApprovedDetail }),
});

/** What the states of execute-action carry from one to the next. */
export const executionState = z.strictObject({
  execution_id: z.string(),
  action_intent_id: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  plan_id: identifier,
  step_id: identifier,
  attempt: z.int().positive(),
  action_type: z.string(),
  parameters: jsonObject,
  approval_source: z.enum(['HUMAN', 'POLICY']),
  auto_executed: z.boolean(),
  attempt_count: z.int().positive(),
  registry_version: z.int().positive(),
  started_at: instant,
  trace_id: z.string(),
});
export type ExecutionState = z.infer<typeof executionState>;

export const toolResult = z.discriminatedUnion('success', [
  z.strictObject({
    success: z.literal(true),
    external_object_refs: z.array(externalObjectRef).min(1),
    tool_run_ref: z.string(),
    tool_name: z.string(),
  }),
  z.strictObject({
    success: z.literal(false),
    error_code: z.string(),
    error_class: z.string(),
    error_message: z.string().optional(),
    tool_run_ref: z.string(),
    tool_name: z.string(),
  }),
]);
export type InvokedTool = z.infer<typeof toolResult>;

export const invokeToolInput = z.strictObject({ execution: executionState });
export const recordOutcomeInput = z.strictObject({ execution: executionState, result: toolResult });

/** What a Catch gives: the name of the error, and its cause as text. */
export const caughtError = z.object({ Error: z.string(), Cause: z.string().optional() });
export const recordFailureInput = z.strictObject({ execution: executionState, error: caughtError });

export const applyStepOutcomeInput = z.strictObject({ outcome: actionOutcome });
export interface ApplyStepOutcomeOutput {
  readonly applied: boolean;
  readonly plan_status: string;
  readonly effect: string;
}
