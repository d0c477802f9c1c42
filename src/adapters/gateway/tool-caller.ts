import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CallToolResultSchema,
  ErrorCode,
  ListToolsResultSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import {
  EffectUnknownError,
  InvalidToolResponseError,
  ToolMappingNotFoundError,
  ValidationError,
} from '../../application/errors.ts';
import type { Log } from '../../application/ports/observability.ts';
import type { ToolAnswer, ToolDefinition } from '../../contracts/tools.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import { inExchange } from './gateway-exchange.ts';
import { answerOf, isFailureOfAdapter } from './tool-reply.ts';

/** Stands between the name of a target and the name of its tool. */
const SEPARATOR = '___';

/** An answer, or what the reply stands for if there is a tool of that name at all. */
type Reply = { readonly answer: ToolAnswer } | { readonly meaning: Error };

/** Servers say in any of these ways that they have no such tool, and say other things in the same ways. */
const refusalOf = (tool: string, error: McpError): Reply => {
  const message = `the gateway refused ${tool} with code ${error.code}`;
  if (error.code === ErrorCode.InvalidParams)
    return { meaning: new ValidationError(message, { error_code: 'TOOL_ARGUMENTS_REFUSED', cause: error }) };
  const invalid = new InvalidToolResponseError(message, { cause: error });
  if (error.code === ErrorCode.MethodNotFound) return { meaning: invalid };
  throw invalid;
};

const adapterFailed = (tool: string): Reply => ({
  meaning: new EffectUnknownError(`the adapter of ${tool} failed`, {
    error_class: 'UNKNOWN',
    error_code: 'ADAPTER_FAILED',
  }),
});

const replyOf = async (
  client: Client,
  signal: AbortSignal,
  tool: string,
  call: { readonly name: string; readonly arguments: Record<string, unknown> },
): Promise<Reply> => {
  try {
    const result = await inExchange({ signal, acts: true }, (options) =>
      client.request({ method: 'tools/call', params: call }, CallToolResultSchema, options),
    );
    return isFailureOfAdapter(result) ? adapterFailed(tool) : { answer: answerOf(tool, result) };
  } catch (error) {
    if (error instanceof McpError) return refusalOf(tool, error);
    throw error;
  }
};

const listNames = async (client: Client, signal: AbortSignal): Promise<string[]> => {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const params = cursor === undefined ? {} : { cursor };
    const page = await inExchange({ signal, acts: false }, (options) =>
      client.request({ method: 'tools/list', params }, ListToolsResultSchema, options),
    );
    names.push(...page.tools.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
};

export type CallTool = (
  tool: Pick<ToolDefinition, 'name' | 'connector'>,
  args: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<ToolAnswer>;

/**
 * Calls tools by the names that the gateway gives them: `<connector>___<tool>`, unless its list has the tool under another name, which is
 * kept for later calls.
 */
export const createToolCaller = (connection: GatewayConnection, log?: Log): CallTool => {
  const known = new Map<string, string>();

  /** A tool that may have acted before it failed stays so, whether or not the tools can be listed. */
  const list = (signal: AbortSignal, meaning: Error): Promise<string[]> =>
    connection
      .use((client) => listNames(client, signal))
      .catch((error: unknown) => {
        throw meaning instanceof EffectUnknownError ? meaning : error;
      });

  return async (tool, args, signal) => {
    const send = (name: string) =>
      connection.use((client) => replyOf(client, signal, tool.name, { name, arguments: args }));

    const name = known.get(tool.name) ?? `${tool.connector}${SEPARATOR}${tool.name}`;
    const reply = await send(name);
    if ('answer' in reply) return reply.answer;

    const listed = await list(signal, reply.meaning);
    if (listed.includes(name)) throw reply.meaning;
    const other = listed.find((one) => one === tool.name || one.endsWith(`${SEPARATOR}${tool.name}`));
    if (other === undefined) throw new ToolMappingNotFoundError(`the gateway has no tool ${tool.name}`);
    known.set(tool.name, other);
    log?.info('the gateway has the tool under another name', { tool_name: tool.name, name: other });

    const again = await send(other);
    if ('answer' in again) return again.answer;
    throw again.meaning;
  };
};
