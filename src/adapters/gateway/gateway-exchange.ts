import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { AuthError, TransientError } from '../../application/errors.ts';
import { type Exchange, faultOf, lost, refusal, timedOut } from './gateway-faults.ts';
import type { TokenSource } from './token-source.ts';

/** Tells the requests of calls apart that share one client and so one `fetch`. */
const current = new AsyncLocalStorage<Exchange>();

/** The longest that a timer takes; the signal ends every exchange before the client's own timer would. */
const NEVER_MS = 2 ** 31 - 1;

/** Sends one message and waits for its answer, within the exchange's time; throws by the gateway's error taxonomy, or McpError. */
export const inExchange = async <T>(
  exchange: Exchange,
  send: (options: RequestOptions) => Promise<T>,
): Promise<T> => {
  const { signal } = exchange;
  if (signal.aborted) throw timedOut({ signal, acts: false });
  try {
    return await current.run(exchange, () => send({ signal, timeout: NEVER_MS }));
  } catch (error) {
    throw faultOf(exchange, error);
  }
};

/** Runs work with a signal that is aborted when the time, in real milliseconds, is up. */
export const within = async <T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), timeoutMs);
  try {
    return await work(time.signal);
  } finally {
    clearTimeout(timer);
  }
};

/** Whatever kept a token from coming, nothing was sent. */
const tokenFrom = async (source: Promise<string>): Promise<string> => {
  try {
    return await source;
  } catch (cause) {
    if ((cause as { error_class?: unknown }).error_class !== undefined) throw cause;
    throw new AuthError('there is no token for the gateway', { cause });
  }
};

/** Takes in the whole body, so that a connection that breaks off in the middle fails the request instead of leaving it without an answer. */
const complete = async (response: Response): Promise<Response> => {
  const { status, headers } = response;
  return new Response((await response.text()) || null, { status, headers });
};

/**
 * A `fetch` for the MCP client. It adds the token, renews it once when it is not accepted, keeps to the time of the exchange it is
 * part of, and throws what an answer's status stands for.
 */
export const createGatewayFetch = (token: TokenSource): FetchLike => {
  const anotherThan = async (used: string): Promise<string> => {
    const held = await token.get();
    return held === used ? token.renew() : held;
  };

  const post = async (exchange: Exchange, url: string | URL, init: RequestInit, bearer: string) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${bearer}`);
    try {
      return await complete(await fetch(url, { ...init, headers, signal: exchange.signal }));
    } catch (error) {
      throw lost(exchange, error);
    }
  };

  return async (url, init = {}) => {
    // The client offers to listen for what the gateway says of its own accord; there is no such thing.
    if (init.method === 'GET') return new Response(null, { status: 405 });
    const exchange = current.getStore();
    // What ran out of time the client would call off by another message.
    if (!exchange || exchange.signal.aborted) throw new TransientError('nothing is sent once time is up');
    const bearer = await tokenFrom(token.get());
    const first = await post(exchange, url, init, bearer);
    const response =
      first.status === 401 ? await post(exchange, url, init, await tokenFrom(anotherThan(bearer))) : first;
    if (response.status < 400) return response;
    throw refusal(exchange, response.status, new Headers(init.headers).has('mcp-session-id'));
  };
};
