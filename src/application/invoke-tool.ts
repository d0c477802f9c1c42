import type { ExecutionState, InvokedTool } from '../contracts/execute-action.ts';
import type { ToolGateway } from './ports.ts';

/** The tool that carries out each action type. */
const TOOLS: ReadonlyMap<string, string> = new Map([
  ['PREP_RENEWAL_BRIEF', 'internal.create_note'],
  ['REQUEST_RENEWAL_MEETING', 'internal.create_task'],
  ['ESCALATE_SUPPORT_RISK', 'internal.create_task'],
]);

const UNMAPPED: InvokedTool = {
  success: false,
  error_code: 'TOOL_MAPPING_NOT_FOUND',
  error_class: 'VALIDATION',
  tool_name: 'unknown',
  tool_run_ref: 'none',
};

/**
 * Calls the tool of an action. The idempotency key is the intent's own id, so that every try at it converges on one effect.
 *
 * @throws TransientError when trying again is likely to help; a business failure is a result.
 */
export const invokeTool = async (
  { tools }: { readonly tools: ToolGateway },
  { execution }: { execution: ExecutionState },
): Promise<InvokedTool> => {
  const tool_name = TOOLS.get(execution.action_type);
  if (tool_name === undefined) return UNMAPPED;
  const { tenant_id, account_id, action_intent_id, plan_id, step_id, attempt, parameters } = execution;
  const result = await tools.invoke({
    ...{ tenant_id, account_id, action_intent_id, plan_id, step_id, attempt, parameters, tool_name },
    idempotency_key: action_intent_id,
  });
  return result.success
    ? { ...result, external_object_refs: [...result.external_object_refs], tool_name }
    : { ...result, tool_name };
};
