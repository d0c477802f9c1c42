import http from 'node:http';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type HttpHandler = Extract<
  NonNullable<DynamoDBClientConfig['requestHandler']>,
  { httpHandlerConfigs(): object }
>;
type HttpRequest = Parameters<HttpHandler['handle']>[0];
type HttpResponse = Awaited<ReturnType<HttpHandler['handle']>>['response'];

/** Errors of a lost connection; under this name the SDK retries them, as it does with its own handler. */
const retriedCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Carries the SDK's requests over plain HTTP on kept-alive connections. It leaves out what costs time and is of no use
 * on a loopback connection: socket timeouts, proxies, `Expect: 100-continue`, streamed bodies.
 */
export function loopbackHttpHandler(): HttpHandler {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64, scheduling: 'lifo' });
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: HttpRequest, options?: { abortSignal?: unknown }) => ({
      response: await exchange(agent, request, options?.abortSignal as AbortSignal | undefined),
    }),
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig: () => {},
    destroy: () => agent.destroy(),
  };
}

function exchange(
  agent: http.Agent,
  { hostname, port, method, path, headers, body }: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  // As a flat list they are sent as they are, without the checks that Node makes of headers by name.
  const list = Object.entries({ host: `${hostname}:${port}`, ...headers }).flat();
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(named(error));
    const options = { agent, hostname, port, method, path, headers: list, ...(signal ? { signal } : {}) };
    const request = http.request(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve(response(incoming, Buffer.concat(chunks))));
      incoming.on('error', fail);
    });
    request.on('error', fail);
    request.end(body);
  });
}

function response({ statusCode = 0, headers }: http.IncomingMessage, body: Buffer): HttpResponse {
  return { statusCode, headers: headers as HttpResponse['headers'], body };
}

function named(error: Error): Error {
  if ('code' in error && retriedCodes.has(`${error.code}`)) error.name = 'TimeoutError';
  return error;
}
