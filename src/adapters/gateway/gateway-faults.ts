import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import {
  AuthError,
  ConfigurationError,
  EffectUnknownError,
  type ErrorDetails,
  InvalidToolResponseError,
  TransientError,
} from '../../application/errors.ts';

/** What a message to the gateway is part of. */
export interface Exchange {
  /** Aborted when time is up. */
  readonly signal: AbortSignal;
  /** Whether something may have been done once the message is out: so it is with calls of tools, and with nothing else. */
  readonly acts: boolean;
}

/** The gateway no longer knows the session: it has not looked at what was asked. */
export class SessionLostError extends TransientError {}

/** Codes of Node and undici for a connection that did not come about. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const UNREACHABLE = { error_class: 'DOWNSTREAM', error_code: 'GATEWAY_UNREACHABLE' } as const;

const open = ({ acts }: Exchange, message: string, details: ErrorDetails): Error =>
  acts ? new EffectUnknownError(message, details) : new TransientError(message, details);

export const timedOut = (exchange: Exchange, cause?: unknown): Error => {
  const error_code = exchange.acts ? 'TIMEOUT' : UNREACHABLE.error_code;
  return open(exchange, 'the gateway did not answer in time', { error_class: 'TIMEOUT', error_code, cause });
};

/** The error for a request that was cut off, by the code that its cause has. */
export const lost = (exchange: Exchange, error: unknown): Error => {
  if (exchange.signal.aborted) return timedOut(exchange, error);
  const { cause, code } = error as { readonly cause?: { readonly code?: unknown }; readonly code?: unknown };
  if (!exchange.acts || NOT_CONNECTED.has(cause?.code ?? code))
    return new TransientError('the gateway is out of reach', { ...UNREACHABLE, cause: error });
  return new EffectUnknownError('the connection to the gateway was lost', { cause: error });
};

/** The error for an answer that is neither 2xx nor a redirect. */
export const refusal = (exchange: Exchange, status: number, hasSession: boolean): Error => {
  const message = `the gateway answered with status ${status}`;
  if (status === 401) return new AuthError('the gateway did not accept the token');
  if (status === 404 && hasSession) return new SessionLostError(message, UNREACHABLE);
  if (status === 429)
    return new TransientError(message, { error_class: 'RATE_LIMIT', error_code: 'GATEWAY_THROTTLED' });
  if (status >= 500)
    return open(exchange, message, { error_class: 'DOWNSTREAM', error_code: 'GATEWAY_ERROR' });
  return new ConfigurationError(message, { error_code: 'GATEWAY_REFUSED' });
};

const isClassified = (error: unknown): boolean =>
  (error as { error_class?: unknown }).error_class !== undefined;

const isRedirect = (error: unknown): boolean => {
  if (!(error instanceof StreamableHTTPError)) return false;
  const { code = 0 } = error;
  return code >= 300 && code < 400;
};

/**
 * The error to throw for what the MCP client threw. That a call of a tool was refused by the protocol's own means stays an McpError:
 * what it stands for depends on its code.
 */
export const faultOf = (exchange: Exchange, error: unknown): unknown => {
  if (isClassified(error)) return error;
  if (exchange.signal.aborted) return timedOut(exchange, error);
  if (exchange.acts && error instanceof McpError) return error;
  if (isRedirect(error))
    return new ConfigurationError('the gateway redirects', { error_code: 'GATEWAY_REFUSED', cause: error });
  const message = 'the gateway answered with something that is no MCP message';
  return exchange.acts
    ? new InvalidToolResponseError(message, { cause: error })
    : new TransientError(message, { ...UNREACHABLE, cause: error });
};
