import { afterEach, beforeEach } from '@jest/globals';
import { createCrmConnector } from '../../../../src/adapters/connectors/crm/crm-connector.ts';
import type { HttpOptions } from '../../../../src/adapters/connectors/crm/http-exchange.ts';
import type { CompensationCall, Connector, ToolCall } from '../../../../src/application/ports/connectors.ts';
import { type LocalCrm, startLocalCrm } from '../../../../src/local/crm/crm-server.ts';
import { SCOPE } from '../../../support/intents.ts';
import { type SettableClock, settableClock } from '../../../support/settable-clock.ts';

export const CREDENTIALS = { client_id: '3MVG9known.to.nobody.1', client_secret: 'C0FFEE00C0FFEE11C0FFEE22' };
export const SECRET_ID = 'tenants/t1/crm';
export const KEY = 'key-1';

type Row = Readonly<Record<string, unknown>>;

export interface Parts {
  readonly http?: HttpOptions;
  /** More, or other, fields of the configuration; undefined: there is none. */
  readonly config?: Row | undefined;
  readonly secrets?: Parameters<typeof createCrmConnector>[0]['secrets'];
}

export interface Rig {
  crm: LocalCrm;
  clock: SettableClock;
  /** As `connectorOf` with nothing out of the ordinary. */
  connector: Connector;
  connectorOf(parts: Parts): Connector;
}

export const knownSecrets = (fields: Readonly<Record<string, string>> = CREDENTIALS) => ({
  get: async () => fields,
});

const startRig = async (options: { dailyRequestLimit?: number; tokenLifetimeMs?: number }): Promise<Rig> => {
  const clock = settableClock();
  const crm = await startLocalCrm({ clock, users: CREDENTIALS, ...options });
  const connectorOf = (parts: Parts): Connector => {
    const row = { login_url: crm.url, secret_id: SECRET_ID, ...parts.config };
    return createCrmConnector({
      configs: { get: async () => ('config' in parts && !parts.config ? undefined : row) },
      secrets: parts.secrets ?? knownSecrets(),
      clock,
      ...(parts.http && { http: parts.http }),
    });
  };
  return { crm, clock, connectorOf, connector: connectorOf({}) };
};

/** A CRM of its own for every test of a file, and connectors that reach it. */
export const useRig = (options: { dailyRequestLimit?: number; tokenLifetimeMs?: number } = {}): Rig => {
  const rig = {} as Rig;
  beforeEach(async () => void Object.assign(rig, await startRig(options)));
  afterEach(() => rig.crm.stop());
  return rig;
};

export const call = (action: string, args: Row, more: Partial<ToolCall> = {}): ToolCall => ({
  ...{ ...SCOPE, tool_name: `crm.${action}`, action_intent_id: 'i1', idempotency_key: KEY, arguments: args },
  ...more,
});

export const taskCall = (more: Partial<ToolCall> = {}): ToolCall =>
  call('create_task', { title: 'Call' }, more);

export const caseCall = (): ToolCall =>
  call('create_case', { subject: 'Down', follow_up_subject: 'Ask again' });

export const undo = (external_object_refs: CompensationCall['external_object_refs']): CompensationCall => ({
  ...{ ...SCOPE, tool_name: 'crm.create_case', action_intent_id: 'i1', idempotency_key: KEY },
  external_object_refs,
});

/** Matches requests of a method for objects of a type. */
export const about =
  (method: string, type = '') =>
  (request: { readonly method: string; readonly path: string }): boolean =>
    request.method === method && request.path.includes(`/sobjects/${type}`);

export const forToken = ({ path }: { readonly path: string }): boolean => path === '/services/oauth2/token';

/** How many tokens a CRM was asked for. */
export const tokensAsked = ({ requests }: LocalCrm): number => requests.filter(forToken).length;

/** An error as Salesforce answers it. */
export const salesforceError = (errorCode: string, ...fields: string[]) => [
  { message: `words that quote ${CREDENTIALS.client_secret}`, errorCode, fields },
];

export const tokenOf = async ({ url }: LocalCrm): Promise<string> => {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...CREDENTIALS });
  const response = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body });
  return ((await response.json()) as { readonly access_token: string }).access_token;
};

/** Creates an object as somebody else would. */
export const create = async (crm: LocalCrm, type: string, fields: Row): Promise<Response> =>
  fetch(`${crm.url}/services/data/v58.0/sobjects/${type}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(crm)}` },
    body: JSON.stringify(fields),
  });

/** What a failure says that is not worth another try, and one that is. */
export const final = (error_class: string, error_code: string) => ({
  ...{ success: false, error_class, error_code, transient: false, effect: 'NONE' },
});
export const passing = (error_class: string, error_code: string, effect = 'NONE') => ({
  ...{ success: false, error_class, error_code, transient: true, effect },
});
export const authFailed = final('AUTH', 'SALESFORCE_AUTH_FAILED');
