import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { handler } from '../../functions/api/execution-status.ts';
import type { Clock } from '../application/clock.ts';
import type { ApiRuntime } from '../runtime/api-runtime.ts';
import type { HttpAnswer } from '../runtime/http-handler.ts';
import { apiEvent, matchRoute } from './http-api/api-event.ts';
import { createLocalTokens, type LocalTokens, TOKEN_PATH, TOKEN_SECONDS } from './http-api/local-tokens.ts';
import { bearerOf, readBody } from './http-request.ts';
import { listenOnLoopback, stopServer } from './process/loopback-server.ts';

export interface HttpApiOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly runtime: ApiRuntime;
  readonly clock: Clock;
}

export interface HttpApi {
  readonly url: string;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Largest body of a request that API Gateway takes, in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const json = (statusCode: number, body: unknown, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A page whose name was made to lead here must get no token: it does not know this machine by its own names. */
const isAskedByThisMachine = ({ headers }: IncomingMessage, port: string): boolean =>
  [`${HOST}:${port}`, `localhost:${port}`].includes(headers.host ?? '');

const grantToken = async (
  tokens: LocalTokens,
  request: IncomingMessage,
  { port, searchParams }: URL,
): Promise<HttpAnswer> => {
  if (!isAskedByThisMachine(request, port)) return json(403, { message: 'Forbidden' });
  const access_token = await tokens.issue(searchParams);
  const answer = { access_token, token_type: 'Bearer', expires_in: TOKEN_SECONDS };
  return json(200, answer, { 'cache-control': 'no-store' });
};

/**
 * The HTTP API on this machine: what API Gateway does in front of its function, for who has a token of its own issuer. Anybody who can reach
 * 127.0.0.1 is given one: `GET /_cc-native/token?tenant_id=…&sub=…[&account_ids=a1,a2]`. Nothing like that is ever deployed.
 *
 * @throws PortInUseError when the port is taken.
 */
export const startHttpApi = async ({ port, runtime, clock }: HttpApiOptions): Promise<HttpApi> => {
  const serve = handler.with(runtime);

  const answer = async (
    tokens: LocalTokens,
    origin: string,
    request: IncomingMessage,
  ): Promise<HttpAnswer> => {
    const { method = 'GET', headers } = request;
    const url = URL.parse(`${origin}${request.url ?? '/'}`);
    const body = await readBody(request, MAX_BODY_BYTES);
    if (method === 'GET' && url?.pathname === TOKEN_PATH) return grantToken(tokens, request, url);
    const route = url && matchRoute(handler.routeKeys, method, url.pathname);
    if (!route) return json(404, { message: 'Not Found' });
    const claims = await tokens.verify(bearerOf(headers));
    if (!claims)
      return json(401, { message: 'Unauthorized' }, { 'www-authenticate': 'Bearer error="invalid_token"' });
    if (body === undefined) return json(413, { message: 'Request Entity Too Large' });
    return serve(apiEvent({ request, url, route, claims, body, now: clock.now() }));
  };

  const server = createServer();
  const { url } = await listenOnLoopback(server, port);
  const tokens = await createLocalTokens(url, clock);
  const reply = (response: ServerResponse, { statusCode, headers, body }: HttpAnswer): void => {
    response.writeHead(statusCode, headers).end(body);
  };
  server.on('request', (request, response) => {
    answer(tokens, url, request).then(
      (result) => reply(response, result),
      (error: Error) => {
        runtime.log.error('the API failed', { name: error.name, message: error.message });
        reply(response, json(500, { message: 'Internal Server Error' }));
      },
    );
  });

  return {
    url,
    stop: () => stopServer(server),
  };
};
