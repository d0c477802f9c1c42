import * as z from 'zod';
import { ERROR_CLASSES } from '../domain/execution/error-class.ts';
import { actionOutcome, externalObjectRef, replayOf } from '../domain/execution/execution.ts';
import { identifier, instant, jsonObject } from '../domain/identifiers.ts';
import { COMPENSATION_STRATEGIES } from '../domain/intent/action-type-registry.ts';

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
  input: z.object({
    detail: actionApprovedDetail,
    /** Carries the action out again although it has come to an end. */
    replay: replayOf.optional(),
  }),
});

/** What the states of execute-action know of the execution; ids, never bodies. */
export const executionState = z.strictObject({
  execution_id: z.string(),
  action_intent_id: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  plan_id: identifier,
  step_id: identifier,
  attempt: z.int().positive(),
  action_type: z.string(),
  approval_source: z.enum(['HUMAN', 'POLICY']),
  auto_executed: z.boolean(),
  attempt_count: z.int().positive(),
  registry_version: z.int().positive(),
  started_at: instant,
  trace_id: z.string(),
  replay: replayOf.optional(),
});
export type ExecutionState = z.infer<typeof executionState>;

/** The tool that carries the action out, and what it is to be called with. */
export const mappedCall = z.strictObject({
  tool_name: z.string(),
  arguments: jsonObject,
  idempotency_key: z.string(),
  compensation_strategy: z.enum(COMPENSATION_STRATEGIES),
});
export type MappedCall = z.infer<typeof mappedCall>;

const calledTool = mappedCall.omit({ arguments: true });
export type CalledTool = z.infer<typeof calledTool>;

/** What a Catch gives: the name of the error, and its cause as text. */
export const caughtError = z.object({ Error: z.string(), Cause: z.string().optional() });
export type CaughtError = z.infer<typeof caughtError>;

export const compensation = z.strictObject({
  status: z.enum(['COMPLETED', 'FAILED']),
  error: z.string().optional(),
});
export type Compensation = z.infer<typeof compensation>;

const answered = {
  tool_run_ref: z.string(),
  /** How undoing went, when it was tried; what a Catch gave when that broke. */
  compensation: z.union([z.strictObject({ result: compensation }), caughtError]).optional(),
};

export const invokedTool = z.discriminatedUnion('success', [
  z.strictObject({
    ...answered,
    success: z.literal(true),
    external_object_refs: z.array(externalObjectRef).min(1),
  }),
  z.strictObject({
    ...answered,
    success: z.literal(false),
    error_code: z.string(),
    error_class: z.enum(ERROR_CLASSES),
    error_message: z.string().optional(),
    external_object_refs: z.array(externalObjectRef),
  }),
]);
export type InvokedTool = z.infer<typeof invokedTool>;

export const validatePreflightInput = z.strictObject({ execution: executionState });
export const mapActionToToolInput = z.strictObject({ execution: executionState });
export const invokeToolInput = z.strictObject({ execution: executionState, call: mappedCall });
export const compensateActionInput = z.strictObject({
  execution: executionState,
  call: calledTool,
  external_object_refs: z.array(externalObjectRef).min(1),
});
export const recordOutcomeInput = z.strictObject({
  execution: executionState,
  call: calledTool,
  result: invokedTool,
});

/** The whole state of an execution that went wrong: how far it had come says what may have been done. */
export const recordFailureInput = z.strictObject({
  state: z.object({
    execution: executionState,
    /** There is a call once the tool may have been called. */
    call: z.object(calledTool.shape).optional(),
    /** What the tool has answered, if it was not for want of that. */
    tool: z.object({ answer: z.unknown() }).optional(),
    error: caughtError,
  }),
});
export type FailedState = z.infer<typeof recordFailureInput>['state'];

export const emitSignalInput = z.strictObject({ outcome: actionOutcome });
export const applyStepOutcomeInput = z.strictObject({ outcome: actionOutcome });
export interface ApplyStepOutcomeOutput {
  readonly applied: boolean;
  readonly plan_status: string;
  readonly effect: string;
}
