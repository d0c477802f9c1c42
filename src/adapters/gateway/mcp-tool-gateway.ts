import { InvalidToolResponseError, ToolMappingNotFoundError } from '../../application/errors.ts';
import type { Log, Metrics } from '../../application/ports/observability.ts';
import type { CompensationInvocation, ToolGateway, ToolResult } from '../../application/ports/tools.ts';
import { compensationTool, findTool, type ToolDefinition } from '../../contracts/tools.ts';
import { createGatewayConnection } from './gateway-connection.ts';
import { within } from './gateway-exchange.ts';
import type { TokenSource } from './token-source.ts';
import { createToolCaller } from './tool-caller.ts';
import { toolResultOf } from './tool-reply.ts';

export interface McpToolGatewayOptions {
  readonly url: string;
  readonly token: TokenSource;
  /** How long one try may take, in real milliseconds, connecting included. */
  readonly timeoutMs?: number;
  readonly metrics?: Pick<Metrics, 'gatewayCall'> | undefined;
  readonly log?: Log | undefined;
}

type Caller = Omit<CompensationInvocation, 'external_object_refs'>;

/** What every tool is told besides its own arguments. */
const envelopeOf = ({ tenant_id, account_id, action_intent_id, idempotency_key }: Caller) => ({
  ...{ tenant_id, account_id, action_intent_id, idempotency_key },
});

const toolNamed = (name: string): ToolDefinition => {
  const tool = findTool(name);
  if (tool) return tool;
  throw new ToolMappingNotFoundError(`there is no tool ${name}`);
};

/**
 * The tools behind an MCP gateway. One client serves all calls; a call is tried once, and what it throws tells the state machine whether to try
 * again.
 *
 * @returns a gateway that throws, besides what the port names: AuthError when the gateway does not accept even a new token,
 * ConfigurationError when it refuses the request as such, ToolMappingNotFoundError when it has no such tool, and ValidationError when it
 * refuses the arguments.
 */
export const createMcpToolGateway = (options: McpToolGatewayOptions): ToolGateway => {
  const { timeoutMs = 50_000, metrics, log } = options;
  const callTool = createToolCaller(createGatewayConnection({ ...options, timeoutMs }), log);

  const call = async (
    tool: ToolDefinition,
    caller: Caller,
    args: Record<string, unknown>,
  ): Promise<ToolResult> => {
    const startedAt = performance.now();
    let ok = false;
    try {
      const answer = await within(timeoutMs, (signal) => callTool(tool, args, signal));
      if (answer.tenant_id !== caller.tenant_id)
        throw new InvalidToolResponseError(`${tool.name} answered for another tenant`, {
          error_code: 'TENANT_MISMATCH',
        });
      ok = true;
      return toolResultOf(answer);
    } finally {
      metrics?.gatewayCall({ tool_name: tool.name, ok, latency_ms: performance.now() - startedAt });
    }
  };

  return {
    async invoke(invocation) {
      const args = { ...invocation.arguments, ...envelopeOf(invocation) };
      return call(toolNamed(invocation.tool_name), invocation, args);
    },
    async compensate(invocation) {
      const { tool_name, external_object_refs } = invocation;
      const tool = toolNamed(compensationTool(toolNamed(tool_name)));
      return call(tool, invocation, { ...envelopeOf(invocation), tool_name, external_object_refs });
    },
  };
};
