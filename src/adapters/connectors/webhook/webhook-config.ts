import * as z from 'zod';
import { complaints } from '../../../contracts/complaints.ts';
import { isLoopback, withoutBrackets } from './address-range.ts';
import { addressNotAllowed, notConfigured, type Result } from './result.ts';

const HTTPS_PORT = '443';

/** A host name, an IPv4 address or an IPv6 address in brackets, and a port if it is not 443. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** How a tenant or an account reaches its receiver: a row of the connector configuration. */
const webhookConfig = z.object({
  url: z.string(),
  allowed_hosts: z
    .array(
      z.string().regex(HOST, { error: 'must be an exact host name in lower case, with or without a port' }),
    )
    .min(1),
  secret_id: z.string().min(1),
  /** Whether the receiver acts once only, however often it gets a request under the same key. */
  honours_idempotency_key: z.boolean().default(false),
});

export interface WebhookConfig {
  readonly url: URL;
  readonly secretId: string;
  readonly honoursIdempotencyKey: boolean;
}

/** Credentials and query are left out: both may hold secrets. */
const shown = (url: string): string => url.replace(/^.*@/s, '***@').replace(/[?#].*$/s, '');

const isLocalHost = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || isLoopback(withoutBrackets(hostname));

const urlComplaint = (text: string, allowPrivate: boolean): string | undefined => {
  if (!URL.canParse(text)) return 'is no URL';
  const url = new URL(text);
  if (url.username || url.password) return 'must not hold credentials';
  if (url.protocol === 'https:') return undefined;
  const mayBePlain = url.protocol === 'http:' && allowPrivate && isLocalHost(url);
  return mayBePlain ? undefined : 'must be https';
};

const portOf = ({ protocol, port }: URL): string => port || (protocol === 'https:' ? HTTPS_PORT : '80');

const isAllowed = (url: URL, allowedHosts: readonly string[]): boolean => {
  const port = portOf(url);
  if (port === HTTPS_PORT && allowedHosts.includes(url.hostname)) return true;
  return allowedHosts.includes(`${url.hostname}:${port}`);
};

/** The configuration that a row holds, if the address in it is one that may be sent to as far as its text tells. */
export const readConfig = (row: unknown, allowPrivate: boolean): Result<WebhookConfig> => {
  const parsed = webhookConfig.safeParse(row);
  if (!parsed.success) return notConfigured(complaints(parsed.error, row));
  const { url: text, allowed_hosts, secret_id, honours_idempotency_key } = parsed.data;
  const complaint = urlComplaint(text, allowPrivate);
  if (complaint) return notConfigured(`url: ${JSON.stringify(shown(text))}: ${complaint}`);
  const url = new URL(text);
  if (!isAllowed(url, allowed_hosts))
    return addressNotAllowed(`url: "${url.hostname}:${portOf(url)}" is not in allowed_hosts`);
  return { value: { url, secretId: secret_id, honoursIdempotencyKey: honours_idempotency_key } };
};
