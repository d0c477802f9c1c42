import * as z from 'zod';
import type { Clock } from '../../application/clock.ts';
import { AuthError, ConfigurationError, TransientError } from '../../application/errors.ts';
import type { TokenSource } from './token-source.ts';

export interface ClientCredentialsOptions {
  /** Where tokens are issued: Cognito's `/oauth2/token`. */
  readonly tokenUrl: string;
  /** `client_id` and `client_secret`; asked for with every token, so that changed ones are taken up. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>;
  readonly scope?: string;
  readonly clock: Clock;
  /** How long to wait for a token, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A token counts as used up so long before it expires, so that none expires on its way. */
const MARGIN_MS = 60_000;

const issued = z.object({ access_token: z.string().min(1), expires_in: z.number().nonnegative() });

/** Why a token was refused, in the words of RFC 6749; anything else is not repeated. */
const refused = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ]),
});

const bodyOf = (response: Response): Promise<unknown> => response.json().catch(() => undefined);

const refusal = async (response: Response): Promise<Error> => {
  const { status } = response;
  if (status === 429 || status >= 500)
    return new TransientError(`the token endpoint answered with status ${status}`, {
      error_class: status === 429 ? 'RATE_LIMIT' : 'DOWNSTREAM',
      error_code: 'TOKEN_ENDPOINT_UNAVAILABLE',
    });
  if (status !== 400 && status !== 401)
    return new ConfigurationError(`the token endpoint answered with status ${status}`);
  const { data } = refused.safeParse(await bodyOf(response));
  return new AuthError(`the token endpoint refused the client: ${data?.error ?? `status ${status}`}`);
};

/** RFC 6749 wants both parts encoded as in a form. */
const basic = ({ client_id, client_secret }: Readonly<Record<string, string>>): string => {
  if (!client_id || !client_secret)
    throw new ConfigurationError("the secret of the gateway's client lacks client_id or client_secret");
  const pair = `${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
};

/**
 * Gets tokens by the client credentials grant and keeps each until shortly before it expires. Callers at the same time share one
 * request.
 *
 * @returns a source that throws AuthError when the client is refused, TransientError when the endpoint is out of reach or overloaded,
 * and ConfigurationError when the credentials are not there or what answers is no token endpoint.
 */
export const createClientCredentials = (options: ClientCredentialsOptions): TokenSource => {
  const { tokenUrl, credentials, scope, clock, timeoutMs = 10_000 } = options;
  let held: { readonly token: string; readonly usedUpAt: number } | undefined;
  let pending: Promise<string> | undefined;

  const ask = async (): Promise<Response> => {
    const init = {
      method: 'POST',
      headers: { authorization: basic(await credentials()) },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }),
      // The secret goes to this address and no other.
      redirect: 'manual' as const,
      signal: AbortSignal.timeout(timeoutMs),
    };
    return fetch(tokenUrl, init).catch((cause: unknown) => {
      const details = { error_class: 'DOWNSTREAM', error_code: 'TOKEN_ENDPOINT_UNAVAILABLE', cause } as const;
      throw new TransientError('the token endpoint is out of reach', details);
    });
  };

  const request = async (): Promise<string> => {
    const askedAt = clock.now().getTime();
    const response = await ask();
    if (!response.ok) throw await refusal(response);
    const { data } = issued.safeParse(await bodyOf(response));
    if (!data) throw new ConfigurationError('the token endpoint answered with something that is no token');
    held = { token: data.access_token, usedUpAt: askedAt + data.expires_in * 1000 - MARGIN_MS };
    return held.token;
  };

  const renew = (): Promise<string> => {
    pending ??= request().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    renew,
    get: async () => (held && clock.now().getTime() < held.usedUpAt ? held.token : renew()),
  };
};
