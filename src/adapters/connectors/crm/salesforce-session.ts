import * as z from 'zod';
import type { SecretStore } from '../../../application/ports/configuration.ts';
import { type CrmConfig, isTrustedUrl } from './crm-config.ts';
import {
  authFailed,
  failed,
  notConfigured,
  type Result,
  secretUnread,
  tooManyLogins,
} from './crm-failure.ts';
import { exchange, type HttpOptions, type HttpReply } from './http-exchange.ts';
import { failureOfReply, senselessReply } from './salesforce-reply.ts';

export interface Session {
  readonly token: string;
  /** Origin of the organization's API, without a trailing slash. */
  readonly instanceUrl: string;
}

export interface SessionDeps {
  readonly http: HttpOptions;
  /** With `refresh` (as `get`, but past any cache) a rotated secret is seen at once. */
  readonly secrets: SecretStore & { refresh?(secretId: string): ReturnType<SecretStore['get']> };
}

const credentials = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });
type Credentials = z.infer<typeof credentials>;

/** `access_token` has to fit into a header. */
const tokenAnswer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  instance_url: z.string(),
});

const tokenRefusal = z.object({ error: z.string() });

/** What Salesforce says when it gives no token; anything else stays out of messages. */
const KNOWN_REFUSALS: ReadonlySet<string> = new Set([
  'invalid_client',
  'invalid_client_id',
  'invalid_client_credentials',
  'invalid_grant',
  'invalid_request',
  'unauthorized_client',
  'unsupported_grant_type',
  'inactive_user',
  'inactive_org',
]);

const readCredentials = async (
  secretId: string,
  read: ReturnType<SecretStore['get']>,
): Promise<Result<Credentials>> => {
  try {
    const { success, data, error } = credentials.safeParse(await read);
    if (success) return { ok: true, value: data };
    const missing = error.issues.map(({ path }) => path.join('.')).join(' and ');
    return failed(notConfigured(`the secret ${secretId} has no ${missing}`));
  } catch (error) {
    const { name } = error as { readonly name?: unknown };
    if (name === 'ConfigurationError')
      return failed(notConfigured(`secret_id: ${secretId} names no secret that can be used`));
    if (name === 'TransientError') return failed(secretUnread());
    throw error;
  }
};

const refusal = (reply: HttpReply): Result<Session> => {
  const reason = tokenRefusal.safeParse(reply.body).data?.error ?? '';
  if (reason === 'rate_limit_exceeded') return failed(tooManyLogins());
  if (reply.status === 429 || reply.status >= 500)
    return failed({ ...failureOfReply(reply), effect: 'NONE' });
  const words = KNOWN_REFUSALS.has(reason) ? reason : 'for no known reason';
  return failed(authFailed(`the CRM gave no token: ${reply.status} ${words}`));
};

const sessionOf = (reply: HttpReply): Result<Session> => {
  if (reply.status !== 200) return refusal(reply);
  const { success, data } = tokenAnswer.safeParse(reply.body);
  if (!success) return failed({ ...senselessReply(reply), effect: 'NONE' });
  if (!isTrustedUrl(data.instance_url))
    return failed(authFailed('the CRM gave a token for an instance_url that is no https URL'));
  return { ok: true, value: { token: data.access_token, instanceUrl: new URL(data.instance_url).origin } };
};

const askForToken = async (
  http: HttpOptions,
  { login_url }: CrmConfig,
  { client_id, client_secret }: Credentials,
): Promise<Result<Session>> => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
  const reply = await exchange(http, {
    url: `${login_url}/services/oauth2/token`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
  });
  return reply.ok ? sessionOf(reply.value) : failed({ ...reply.failure, effect: 'NONE' });
};

const sameCredentials = (a: Credentials, b: Credentials): boolean =>
  a.client_id === b.client_id && a.client_secret === b.client_secret;

/** Credentials that were refused may have been rotated since they were read; new ones get one try. */
const openSession = async ({ http, secrets }: SessionDeps, config: CrmConfig): Promise<Result<Session>> => {
  const { secret_id } = config;
  const known = await readCredentials(secret_id, secrets.get(secret_id));
  if (!known.ok) return known;
  const session = await askForToken(http, config, known.value);
  if (session.ok || session.failure.error_class !== 'AUTH' || !secrets.refresh) return session;
  const fresh = await readCredentials(secret_id, secrets.refresh(secret_id));
  if (!fresh.ok) return fresh;
  return sameCredentials(fresh.value, known.value) ? session : askForToken(http, config, fresh.value);
};

/** One session for each secret and login address, for as long as it is accepted; who asks at the same time shares one request. */
export const createSessions = (deps: SessionDeps) => {
  const kept = new Map<string, Promise<Result<Session>>>();
  const keyOf = ({ secret_id, login_url }: CrmConfig): string => JSON.stringify([secret_id, login_url]);

  /** Forgets a session that was not accepted, unless another one has taken its place already. */
  const discard = (config: CrmConfig, opening: Promise<Result<Session>>): void => {
    if (kept.get(keyOf(config)) === opening) kept.delete(keyOf(config));
  };

  const open = (config: CrmConfig): Promise<Result<Session>> => {
    const opening = openSession(deps, config);
    kept.set(keyOf(config), opening);
    opening.then(
      ({ ok }) => ok || discard(config, opening),
      () => discard(config, opening),
    );
    return opening;
  };

  return { discard, get: (config: CrmConfig) => kept.get(keyOf(config)) ?? open(config) };
};
