import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the gateway got it. */
export interface Seen {
  readonly method: string;
  readonly id?: number;
  readonly params: Record<string, unknown>;
  readonly authorization: string | undefined;
  readonly session: string | undefined;
}

export type Answer = (response: ServerResponse, seen: Seen) => void;

/** An MCP server made by hand, so that it can answer what no proper one would. */
export interface RawGateway {
  readonly url: string;
  /** Everything it was sent, in order. */
  readonly seen: Seen[];
  /** Says how messages of a method are answered from now on: each answer once, the last one ever after. */
  on(method: string, ...answers: Answer[]): void;
  /** How many messages of a method came. */
  count(method: string): number;
  stop(): Promise<void>;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

export const send =
  (status: number, body: string, type = 'application/json', headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);

export const status = (code: number): Answer => send(code, '{}');

/** A JSON-RPC message in answer to the one that came. */
export const message =
  (body: Record<string, unknown>, headers: Record<string, string> = {}): Answer =>
  (response, seen) =>
    send(200, JSON.stringify({ jsonrpc: '2.0', id: seen.id, ...body }), undefined, headers)(response, seen);

export const result = (value: unknown): Answer => message({ result: value });
export const rpcError = (code: number): Answer => message({ error: { code, message: 'secret words' } });
export const text = (value: string, isError = false): Answer =>
  result({ content: [{ type: 'text', text: value }], isError });
export const json = (value: unknown): Answer => text(JSON.stringify(value));
export const tools = (...names: string[]): Answer =>
  result({ tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })) });
export const hang: Answer = () => undefined;
export const cut: Answer = (response) => response.destroy();

const initialized: Record<string, unknown> = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'raw', version: '1' },
};
/** Answers `initialize`, with a session if one is named. */
export const welcome = (session?: string): Answer =>
  message({ result: initialized }, session === undefined ? {} : { 'mcp-session-id': session });

export const startRawGateway = async (): Promise<RawGateway> => {
  const seen: Seen[] = [];
  const scripts = new Map<string, Answer[]>([
    ['initialize', [welcome()]],
    ['notifications/initialized', [send(202, '')]],
    ['tools/list', [tools()]],
  ]);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, id, params = {} } = JSON.parse(await readBody(request));
    const session = request.headers['mcp-session-id'];
    const one: Seen = {
      ...{ method, id, params, authorization: request.headers.authorization },
      session: typeof session === 'string' ? session : undefined,
    };
    seen.push(one);
    const script = scripts.get(method) ?? [];
    const next = script.length > 1 ? script.shift() : script[0];
    (next ?? status(500))(response, one);
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    on: (method, ...answers) => void scripts.set(method, answers),
    count: (method) => seen.filter((one) => one.method === method).length,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
