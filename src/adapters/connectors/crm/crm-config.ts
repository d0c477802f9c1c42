import * as z from 'zod';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether credentials may be sent to an address: over https, or to this machine. */
export const isTrustedUrl = (text: string): boolean => {
  const url = URL.parse(text);
  if (!url || url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
};

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;
const API_VERSION = /^v(5[89]|[6-9]\d)\.0$/;

const crmConfig = z.object({
  login_url: z
    .string({ error: 'must be a URL' })
    .refine(isTrustedUrl, { error: 'must be an https URL without credentials' })
    .transform((url) => url.replace(/\/+$/, '')),
  secret_id: z.string({ error: 'must be a string' }).min(1, { error: 'must not be empty' }),
  api_version: z
    .string()
    .regex(API_VERSION, { error: 'must be v58.0 or later, such as v58.0' })
    .default('v58.0'),
  external_id_field: z
    .string()
    .regex(FIELD_NAME, { error: 'must be the API name of a field' })
    .default('CcNativeKey__c'),
});

/** How a tenant's Salesforce is reached. */
export type CrmConfig = z.infer<typeof crmConfig>;

export type ConfigRead =
  | { readonly ok: true; readonly config: CrmConfig }
  | { readonly ok: false; readonly problem: string };

/** Names the fields that do not fit, never their values: someone may have put a secret into one. */
export const readCrmConfig = (row: Readonly<Record<string, unknown>> | undefined): ConfigRead => {
  if (!row) return { ok: false, problem: 'nobody has configured the CRM for this account or tenant' };
  const { success, data, error } = crmConfig.safeParse(row);
  if (success) return { ok: true, config: data };
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { ok: false, problem: `the CRM is not configured: ${problems.join('; ')}` };
};
