import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../../application/clock.ts';
import { listenOnLoopback, stopServer } from '../process/loopback-server.ts';
import type { CrmAnswer } from './crm-answer.ts';
import { createCrmApi } from './crm-api.ts';
import { type CrmFault, type CrmRequest, takeFault } from './crm-faults.ts';
import { createCrmObjects } from './crm-objects.ts';
import type { CrmRow } from './crm-shapes.ts';
import { type CrmClient, createCrmTokens } from './crm-tokens.ts';

export interface LocalCrmOptions {
  readonly clock: Clock;
  /** Who is given tokens. */
  readonly users: CrmClient;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Default: two hours, as Salesforce has it. */
  readonly tokenLifetimeMs?: number;
  /** Requests answered in a UTC day, those for tokens apart; default: 100,000, as Salesforce's Enterprise Edition has it. */
  readonly dailyRequestLimit?: number;
  /** Default: CcNativeKey__c. As a field that is not unique, it may be given to two objects by creating them. */
  readonly externalIdField?: string;
}

export interface LocalCrm {
  readonly url: string;
  /** The last requests, oldest first; never what they carry. */
  readonly requests: readonly CrmRequest[];
  /** Faults to come; each is met once. */
  readonly faults: CrmFault[];
  objects(): readonly CrmRow[];
  /** Ends all tokens that were given out. */
  expireTokens(): void;
  stop(): Promise<void>;
}

const TOKEN_PATH = '/services/oauth2/token';
const TOKEN_LIFETIME_MS = 7_200_000;
const DAILY_REQUEST_LIMIT = 100_000;

/** How many requests are remembered. */
const REMEMBERED = 10_000;

const send = (response: ServerResponse, { status, body }: CrmAnswer): void => {
  response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8' });
  response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
};

/**
 * Starts a CRM on 127.0.0.1 that answers as Salesforce's REST API does, for events, cases and tasks, in memory. For development and
 * tests; it can be told to fail.
 */
export const startLocalCrm = async (options: LocalCrmOptions): Promise<LocalCrm> => {
  const { clock, users, port = 0, tokenLifetimeMs = TOKEN_LIFETIME_MS } = options;
  const { dailyRequestLimit = DAILY_REQUEST_LIMIT, externalIdField = 'CcNativeKey__c' } = options;
  const requests: CrmRequest[] = [];
  const faults: CrmFault[] = [];
  const objects = createCrmObjects(externalIdField);
  const tokens = createCrmTokens({ clock, users, tokenLifetimeMs });
  const api = createCrmApi({ clock, objects, dailyRequestLimit });

  const answer = (request: CrmRequest, authorization: string | undefined, body: string): CrmAnswer =>
    request.method === 'POST' && request.path === TOKEN_PATH
      ? tokens.grant(body, url)
      : (tokens.refusalOf(authorization) ?? api(request, body));

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const request = { method: String(incoming.method), path: String(incoming.url) };
    requests.push(request);
    if (requests.length > REMEMBERED) requests.shift();
    const { status, body: faultBody, hang, dropConnection } = takeFault(faults, request) ?? {};
    if (hang) return;
    if (dropConnection === 'before') return void response.destroy();
    if (status !== undefined) return send(response, { status, body: faultBody });
    const answered = answer(request, incoming.headers.authorization, body);
    return dropConnection === 'after' ? void response.destroy() : send(response, answered);
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  const { url } = await listenOnLoopback(server, port);

  return {
    ...{ url, requests, faults },
    objects: objects.all,
    expireTokens: tokens.expireAll,
    stop: () => stopServer(server),
  };
};
