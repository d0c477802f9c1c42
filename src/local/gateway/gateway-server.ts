import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../application/clock.ts';
import { bearerOf, readBody } from '../http-request.ts';
import { listenOnLoopback, stopServer } from '../process/loopback-server.ts';
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

const MCP_PATH = '/mcp';

/** Largest body of a request, in bytes: what Lambda takes, which the real gateway hands it on to. */
const MAX_BODY_BYTES = 6_291_456;

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
    const body = await readBody(request, MAX_BODY_BYTES);
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
  const { url: issuer } = await listenOnLoopback(server, port);
  const tokens = await createTokenIssuer({ issuer, credentials, clock });
  server.on('request', (request, response) => {
    answer(tokens, request, response).catch((error: Error) => {
      if (!response.headersSent) reply(response, 500, { error: error.name });
      response.end();
    });
  });

  return {
    ...{ url: `${issuer}${MCP_PATH}`, tokenUrl: `${issuer}${TOKEN_PATH}`, issuer },
    stop: () => stopServer(server),
  };
};
