import { failed, type Result, timedOut, unreachable } from './crm-failure.ts';

/** Longest time that one request may take, answer included, in milliseconds. */
const TIMEOUT_MS = 15_000;

export interface HttpOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** Default: 15 seconds. */
  readonly timeoutMs?: number;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpReply {
  readonly status: number;
  /** The body as JSON; undefined when it is none. */
  readonly body: unknown;
}

/** Ends of a connection before anything was sent over it: nobody there, no such name, or a certificate that does not fit. */
const NOT_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const codeOf = (error: unknown): unknown =>
  (error as { readonly cause?: { readonly code?: unknown } | null }).cause?.code;

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Sends one request, once; a redirect is an answer like any other, so that no credentials follow it. */
export const exchange = async (
  { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS }: HttpOptions,
  { url, ...request }: HttpRequest,
): Promise<Result<HttpReply>> => {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    const body = asJson(await response.text());
    return { ok: true, value: { status: response.status, body } };
  } catch (error) {
    const code = codeOf(error);
    return failed(NOT_SENT.has(code) ? unreachable(String(code)) : timedOut());
  }
};
