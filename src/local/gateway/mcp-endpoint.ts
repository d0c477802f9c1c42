import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import * as z from 'zod';
import { type ConnectorId, TOOLS, type ToolDefinition } from '../../contracts/tools.ts';

/** Invokes the function of a connector, as the gateway does: the tool's arguments are the event, its name stands in the context. */
export type InvokeAdapter = (
  connector: ConnectorId,
  event: Record<string, unknown>,
  clientContext: { custom: Record<string, string> },
) => Promise<unknown>;

const GATEWAY_ID = 'local-gateway';

/** The name that a tool has at the gateway, whose targets are called as the connectors. */
const qualified = ({ connector, name }: ToolDefinition): string => `${connector}___${name}`;

const listed = (tool: ToolDefinition): Tool => ({
  name: qualified(tool),
  description: tool.description,
  inputSchema: z.toJSONSchema(tool.arguments, { io: 'input' }) as Tool['inputSchema'],
});

const LIST = TOOLS.map(listed);
const BY_NAME: ReadonlyMap<string, ToolDefinition> = new Map(TOOLS.map((tool) => [qualified(tool), tool]));

/** Making one takes longer than answering a call. */
const VALIDATOR = new AjvJsonSchemaValidator();

const textOf = (text: string): CallToolResult['content'] => [{ type: 'text', text }];

const call = async (
  invokeAdapter: InvokeAdapter,
  name: string,
  args: Record<string, unknown>,
  messageId: string,
): Promise<CallToolResult> => {
  const tool = BY_NAME.get(name);
  if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name}`);
  const custom = {
    bedrockAgentCoreToolName: name,
    bedrockAgentCoreGatewayId: GATEWAY_ID,
    bedrockAgentCoreTargetId: tool.connector,
    bedrockAgentCoreMcpMessageId: messageId,
  };
  try {
    return { content: textOf(JSON.stringify(await invokeAdapter(tool.connector, args, { custom }))) };
  } catch (error) {
    return { isError: true, content: textOf((error as Error).name) };
  }
};

const createServer = (invokeAdapter: InvokeAdapter): Server => {
  const server = new Server(
    { name: GATEWAY_ID, version: '1' },
    { capabilities: { tools: {} }, jsonSchemaValidator: VALIDATOR },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: LIST }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { requestId }) =>
    call(invokeAdapter, params.name, params.arguments ?? {}, String(requestId)),
  );
  return server;
};

/** Answers one MCP message, of which nothing is remembered afterwards. */
export const answerMcp = async (
  invokeAdapter: InvokeAdapter,
  request: IncomingMessage,
  response: ServerResponse,
  message: unknown,
): Promise<void> => {
  const server = createServer(invokeAdapter);
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on('close', () => void server.close());
  // The cast is for the callbacks, which the two types disagree on under exactOptionalPropertyTypes.
  await server.connect(transport as Transport);
  await transport.handleRequest(request, response, message);
};
