import { toolResultOf } from '../../src/adapters/gateway/tool-reply.ts';
import { EffectUnknownError } from '../../src/application/errors.ts';
import type { CompensationInvocation, ToolGateway } from '../../src/application/ports/tools.ts';
import { type ConnectorId, compensationTool, findTool, toolAnswer } from '../../src/contracts/tools.ts';
import type { InvokeAdapter } from '../../src/local/gateway/mcp-endpoint.ts';
import type { Adapter } from '../../src/runtime/adapter.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';

type Caller = Omit<CompensationInvocation, 'external_object_refs'>;

const envelopeOf = ({ tenant_id, account_id, action_intent_id, idempotency_key }: Caller) => ({
  ...{ tenant_id, account_id, action_intent_id, idempotency_key },
});

const toolNamed = (name: string) => {
  const tool = findTool(name);
  if (!tool) throw new Error(`there is no tool ${name}`);
  return tool;
};

/** The way to the adapters without a network between: what they answer and throw means the same as over the gateway. */
export const directGateway = (invokeAdapter: InvokeAdapter): ToolGateway => {
  const call = async (name: string, event: Record<string, unknown>) => {
    const { connector } = toolNamed(name);
    const custom = { bedrockAgentCoreToolName: `${connector}___${name}` };
    const answer = await invokeAdapter(connector, event, { custom }).catch((cause: Error) => {
      throw new EffectUnknownError(`the adapter failed: ${cause.name}`, {
        error_code: 'ADAPTER_FAILED',
        cause,
      });
    });
    return toolResultOf(toolAnswer.parse(answer));
  };
  return {
    invoke: (invocation) =>
      call(invocation.tool_name, { ...invocation.arguments, ...envelopeOf(invocation) }),
    compensate: (invocation) => {
      const { tool_name, external_object_refs } = invocation;
      const event = { ...envelopeOf(invocation), tool_name, external_object_refs };
      return call(compensationTool(toolNamed(tool_name)), event);
    },
  };
};

const HANDLERS: Readonly<Record<ConnectorId, Adapter>> = {
  internal: (await import('../../functions/adapters/internal.ts')).handler,
  crm: (await import('../../functions/adapters/crm.ts')).handler,
  webhook: (await import('../../functions/adapters/webhook.ts')).handler,
};

let requests = 0;

/** The real adapters on a runtime, which may be made after this. */
export const adaptersOn =
  (runtime: () => Runtime): InvokeAdapter =>
  (connector, event, clientContext) => {
    requests += 1;
    return HANDLERS[connector].with(runtime())(event, { clientContext, awsRequestId: `request-${requests}` });
  };
