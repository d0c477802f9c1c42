import type { CalledTool, Compensation, ExecutionState } from '../contracts/execute-action.ts';
import type { ExternalObjectRef } from '../domain/execution/execution.ts';
import type { ToolGateway } from './ports/tools.ts';

export interface CompensateActionDeps {
  readonly tools: ToolGateway;
}

type Of = Pick<
  ExecutionState,
  'tenant_id' | 'account_id' | 'action_intent_id' | 'plan_id' | 'step_id' | 'attempt'
>;

/**
 * Undoes what a tool did. Undoing what is undone already changes nothing.
 *
 * @throws what `ToolGateway.compensate` throws.
 */
export const compensateAction = async (
  { tools }: CompensateActionDeps,
  {
    execution,
    call,
    external_object_refs,
  }: {
    readonly execution: Of;
    readonly call: Pick<CalledTool, 'tool_name' | 'idempotency_key'>;
    readonly external_object_refs: readonly ExternalObjectRef[];
  },
): Promise<Compensation> => {
  const { tenant_id, account_id, action_intent_id, plan_id, step_id, attempt } = execution;
  const { tool_name, idempotency_key } = call;
  const result = await tools.compensate({
    ...{ tenant_id, account_id, action_intent_id, plan_id, step_id, attempt, tool_name, idempotency_key },
    external_object_refs,
  });
  const status = result.success ? 'COMPLETED' : 'FAILED';
  return result.success
    ? { status }
    : { status, error: `${result.error_code}: ${result.error_message ?? result.error_class}` };
};
