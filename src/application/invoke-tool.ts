import type { ExecutionState, InvokedTool, MappedCall } from '../contracts/execute-action.ts';
import type { ToolGateway, ToolResult } from './ports/tools.ts';
import { type PreflightDeps, requireRunnable } from './validate-preflight.ts';

export interface InvokeToolDeps extends PreflightDeps {
  readonly tools: ToolGateway;
}

/** What the states after the call are told. */
export const toolAnswered = (result: ToolResult): InvokedTool => {
  const external_object_refs = [...(result.external_object_refs ?? [])];
  return { ...result, external_object_refs };
};

/**
 * Calls the tool of an action, after asking once more whether it may be carried out: a switch may have been thrown since. A business
 * failure is a result.
 *
 * @throws what `requireRunnable` and `ToolGateway.invoke` throw.
 */
export const invokeTool = async (
  deps: InvokeToolDeps,
  { execution, call }: { readonly execution: ExecutionState; readonly call: MappedCall },
): Promise<InvokedTool> => {
  await requireRunnable(deps, execution);
  const { tenant_id, account_id, action_intent_id, plan_id, step_id, attempt } = execution;
  const { tool_name, idempotency_key, arguments: args } = call;
  const result = await deps.tools.invoke({
    ...{ tenant_id, account_id, action_intent_id, plan_id, step_id, attempt, tool_name, idempotency_key },
    arguments: args,
  });
  return toolAnswered(result);
};
