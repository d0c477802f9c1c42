import { afterEach, beforeEach } from '@jest/globals';
import { type LocalCrm, type LocalCrmOptions, startLocalCrm } from '../../../src/local/crm/crm-server.ts';
import { type SettableClock, settableClock } from '../../support/settable-clock.ts';

export const CREDENTIALS = { client_id: 'client-1', client_secret: 'known-to-one-1' };
export const BASE = '/services/data/v58.0/sobjects';
export const UNKNOWN_ID = '00T999999999999999';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface Local {
  crm: LocalCrm;
  clock: SettableClock;
  restart(options: Partial<LocalCrmOptions>): Promise<void>;
  ask(method: string, path: string, body?: string, token?: string): Promise<Reply>;
  askForToken(form: Readonly<Record<string, string>>): Promise<Reply>;
  newToken(): Promise<string>;
  /** As `ask`, with fields instead of a body, and a token of its own. */
  asked(method: string, path: string, fields?: unknown): Promise<Reply>;
}

/** A CRM of its own for every test of a file, and ways to ask it. */
export const useLocalCrm = (): Local => {
  const start = async (options: Partial<LocalCrmOptions> = {}): Promise<void> => {
    const clock = settableClock();
    const crm = await startLocalCrm({ clock, users: CREDENTIALS, ...options });
    Object.assign(local, { crm, clock });
  };
  const ask: Local['ask'] = async (method, path, body, token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${local.crm.url}${path}`, { method, headers, body: body ?? null });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const askForToken: Local['askForToken'] = (form) =>
    ask('POST', '/services/oauth2/token', new URLSearchParams(form).toString());
  const newToken = async (): Promise<string> => {
    const { body } = await askForToken({ grant_type: 'client_credentials', ...CREDENTIALS });
    return (body as { readonly access_token: string }).access_token;
  };
  const asked: Local['asked'] = async (method, path, fields) =>
    ask(method, path, fields === undefined ? undefined : JSON.stringify(fields), await newToken());
  const restart: Local['restart'] = async (options) => {
    await local.crm.stop();
    await start(options);
  };
  const local = { ...{ ask, asked, askForToken, newToken, restart } } as Local;
  beforeEach(() => start());
  afterEach(() => local.crm.stop());
  return local;
};

export const idOf = ({ body }: Reply): string => (body as { readonly id: string }).id;
