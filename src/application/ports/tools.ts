import type { ErrorClass } from '../../domain/execution/error-class.ts';
import type { ExternalObjectRef } from '../../domain/execution/execution.ts';
import type { Scope } from './scope.ts';

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
