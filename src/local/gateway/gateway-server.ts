import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../application/clock.ts';
import { PortInUseError } from '../process/port-in-use-error.ts';
import { answerMcp, type InvokeAdapter } from './mcp-endpoint.ts';
import { createTokenIssuer, type GatewayCredentials, TOKEN_PATH, type TokenIssuer } from './token-issuer.ts';

export interface LocalGatewayOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly clock: Clock;
  readonly credentials: GatewayCredentials;
  readonly invokeAdapter: InvokeAdapter;
}

export interface LocalGateway {
  /** Where MCP is spoken. */
  readonly url: string;
  readonly tokenUrl: string;
  readonly issuer: string;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const MCP_PATH = '/mcp';

/** Largest body of a request, in bytes: what Lambda takes, which the real gateway hands it on to. */
const MAX_BODY_BYTES = 6_291_456;

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const reply = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

const parsed = (body: string): { readonly message?: unknown } => {
  try {
    return { message: JSON.parse(body) };
  } catch {
    return {};
  }
};

const bearerOf = ({ authorization = '' }: IncomingMessage['headers']): string =>
  /^bearer (.+)$/i.exec(authorization)?.[1] ?? '';

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, { cause: error }) : error),
    );
    server.listen(port, HOST, resolve);
  });

/**
 * The tool gateway on this machine: MCP over HTTP without sessions, for who has a token of its own issuer, in front of the adapter
 * functions. It checks no arguments; the adapters do.
 *
 * @throws PortInUseError when the port is taken.
 */
export const startLocalGateway = async (options: LocalGatewayOptions): Promise<LocalGateway> => {
  const { port = 0, clock, credentials, invokeAdapter } = options;

  const answer = async (
    tokens: TokenIssuer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = request;
    const body = await readBody(request);
    if (body === undefined) return reply(response, 413, { error: 'the request is too large' });
    const issued = await tokens.answer({ method, path, authorization: headers.authorization, body });
    if (issued) return reply(response, issued.status, issued.body);
    if (path !== MCP_PATH) return reply(response, 404, { error: 'there is nothing here' });
    if (!(await tokens.accepts(bearerOf(headers))))
      return reply(
        response,
        401,
        { error: 'invalid_token' },
        { 'www-authenticate': 'Bearer error="invalid_token"' },
      );
    if (method !== 'POST') return reply(response, 405, { error: 'POST only' }, { allow: 'POST' });
    const { message } = parsed(body);
    if (message === undefined) return reply(response, 400, { error: 'the body is no JSON' });
    return answerMcp(invokeAdapter, request, response, message);
  };

  const server = createServer();
  await listen(server, port);
  const issuer = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const tokens = await createTokenIssuer({ issuer, credentials, clock });
  server.on('request', (request, response) => {
    answer(tokens, request, response).catch((error: Error) => {
      if (!response.headersSent) reply(response, 500, { error: error.name });
      response.end();
    });
  });

  return {
    ...{ url: `${issuer}${MCP_PATH}`, tokenUrl: `${issuer}${TOKEN_PATH}`, issuer },
    stop: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};
