import { describe, expect, it } from '@jest/globals';
import { startLocalCrm } from '../../../src/local/crm/crm-server.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { BASE, CREDENTIALS, UNKNOWN_ID, useLocalCrm } from './local-crm.ts';

const local = useLocalCrm();

const error = (status: number, errorCode: string, more: object = {}) => ({
  status,
  body: [{ message: expect.any(String), errorCode, ...more }],
});

describe('tokens of the local CRM', () => {
  it('are given to who knows the secret, without a word of how long they last', async () => {
    expect(await local.askForToken({ grant_type: 'client_credentials', ...CREDENTIALS })).toEqual({
      status: 200,
      body: {
        ...{
          access_token: expect.any(String),
          instance_url: local.crm.url,
          token_type: 'Bearer',
          scope: 'api',
        },
        ...{ id: expect.stringContaining(local.crm.url), issued_at: String(local.clock.now().getTime()) },
      },
    });
  });

  it.each([
    [{ client_id: 'other' }, 'invalid_client'],
    [{ client_secret: 'other' }, 'invalid_client'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
  ])('are not given when the form has %j', async (wrong, reason) => {
    const form = { grant_type: 'client_credentials', ...CREDENTIALS, ...wrong };
    expect(await local.askForToken(form)).toMatchObject({ status: 400, body: { error: reason } });
  });

  it.each([undefined, 'unheard-of', ''])('are needed: %j is none', async (token) => {
    expect(await local.ask('GET', `${BASE}/Task/${UNKNOWN_ID}`, undefined, token)).toEqual(
      error(401, 'INVALID_SESSION_ID'),
    );
  });

  it('stand behind the word Bearer', async () => {
    const headers = { authorization: `Basic ${await local.newToken()}` };
    expect((await fetch(`${local.crm.url}${BASE}/Task/${UNKNOWN_ID}`, { headers })).status).toBe(401);
  });

  it('are in force for as long as they last', async () => {
    await local.restart({ tokenLifetimeMs: 60_000 });
    const token = await local.newToken();
    const get = () => local.ask('GET', `${BASE}/Task/${UNKNOWN_ID}`, undefined, token);
    local.clock.set(new Date(local.clock.now().getTime() + 59_999).toISOString());
    expect((await get()).status).toBe(404);
    local.clock.set(minute(1));
    expect((await get()).status).toBe(401);
  });

  it('can all be ended at once', async () => {
    const token = await local.newToken();
    local.crm.expireTokens();
    expect((await local.ask('GET', `${BASE}/Task/${UNKNOWN_ID}`, undefined, token)).status).toBe(401);
  });
});

describe('the local CRM', () => {
  it.each([
    ['PATCH', `${BASE}/Account/CcNativeKey__c/k1`],
    ['PATCH', `${BASE}/Task/Unheard__c/k1`],
    ['GET', `${BASE}/Task/${UNKNOWN_ID}`],
    ['DELETE', `${BASE}/Task/${UNKNOWN_ID}`],
    ['GET', '/services/data/58/sobjects/Task/1'],
    ['GET', `${BASE}/Task/%E0%A4%A`],
    ['GET', '/'],
  ])('finds nothing at %s %s', async (method, path) => {
    const fields = method === 'PATCH' ? { Subject: 'Call' } : undefined;
    expect(await local.asked(method, path, fields)).toEqual(error(404, 'NOT_FOUND'));
  });

  it.each([
    ['GET', `${BASE}/Task`],
    ['PUT', `${BASE}/Task/${UNKNOWN_ID}`],
    ['POST', `${BASE}/Task/CcNativeKey__c/k1`],
  ])('does not know what to do with %s %s', async (method, path) => {
    expect(await local.asked(method, path)).toEqual(error(405, 'METHOD_NOT_ALLOWED'));
  });

  it('answers so many requests in a day, those for tokens apart', async () => {
    await local.restart({ dailyRequestLimit: 2 });
    const get = () => local.asked('GET', `${BASE}/Task/${UNKNOWN_ID}`);
    expect([(await get()).status, (await get()).status]).toEqual([404, 404]);
    expect(await get()).toEqual(error(403, 'REQUEST_LIMIT_EXCEEDED'));
    local.clock.set(minute(24 * 60));
    expect((await get()).status).toBe(404);
  });

  it('tells what it was asked, and nothing of what was in it', async () => {
    await local.asked('PATCH', `${BASE}/Task/CcNativeKey__c/a%2Fb`, { Subject: 'Call' });
    expect(local.crm.requests).toEqual([
      { method: 'POST', path: '/services/oauth2/token' },
      { method: 'PATCH', path: `${BASE}/Task/CcNativeKey__c/a%2Fb` },
    ]);
    expect(local.crm.objects()).toMatchObject([{ CcNativeKey__c: 'a/b' }]);
  });

  it('listens on the port that it is told', async () => {
    const port = Number(new URL(local.crm.url).port);
    await local.restart({ port });
    expect(local.crm.url).toBe(`http://127.0.0.1:${port}`);
  });

  it('says so when its port is taken', async () => {
    const port = Number(new URL(local.crm.url).port);
    await expect(startLocalCrm({ clock: local.clock, users: CREDENTIALS, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('may be stopped twice', async () => {
    await local.crm.stop();
    await expect(local.crm.stop()).resolves.toBeUndefined();
  });
});

describe('faults of the local CRM', () => {
  const make = () => local.asked('PATCH', `${BASE}/Task/CcNativeKey__c/k1`, { Subject: 'Call' });
  const patches = ({ method }: { readonly method: string }): boolean => method === 'PATCH';

  it('are met by the next request that matches, once each, in order', async () => {
    local.crm.faults.push({ match: patches, status: 503, body: { a: 1 } }, { match: patches, status: 500 });
    expect(await make()).toEqual({ status: 503, body: { a: 1 } });
    expect(await make()).toEqual({ status: 500, body: undefined });
    expect((await make()).status).toBe(201);
  });

  it('are met by any request when they name none', async () => {
    local.crm.faults.push({ status: 418, body: '"as it is"' });
    expect(await local.ask('GET', '/')).toEqual({ status: 418, body: 'as it is' });
  });

  it('can be an answer that never comes', async () => {
    local.crm.faults.push({ hang: true });
    const signal = AbortSignal.timeout(100);
    await expect(fetch(local.crm.url, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('can be a connection that is cut %s anything was done', async (dropConnection, made) => {
    local.crm.faults.push({ match: patches, dropConnection });
    await expect(make()).rejects.toThrow('fetch failed');
    expect(local.crm.objects()).toHaveLength(made);
  });

  it('do not keep it from stopping', async () => {
    local.crm.faults.push({ hang: true });
    const hanging = fetch(local.crm.url).catch((thrown: Error) => thrown.name);
    while (local.crm.requests.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    await local.crm.stop();
    expect(await hanging).toBe('TypeError');
  });
});
