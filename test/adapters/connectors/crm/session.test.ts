import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createCrmConnector } from '../../../../src/adapters/connectors/crm/crm-connector.ts';
import { reserveLoopbackPort } from '../../../../src/local/process/loopback-port.ts';
import {
  about,
  authFailed,
  CREDENTIALS,
  forToken,
  knownSecrets,
  passing,
  salesforceError,
  taskCall,
  tokensAsked,
  useRig,
} from './rig.ts';

const rig = useRig({ tokenLifetimeMs: 60_000 });

const invalidSession = { match: about('PATCH'), status: 401, body: salesforceError('INVALID_SESSION_ID') };

describe('a token', () => {
  it('is asked for once, and used for as long as it is accepted', async () => {
    for (const idempotency_key of ['a', 'b', 'c']) await rig.connector.execute(taskCall({ idempotency_key }));
    expect(tokensAsked(rig.crm)).toBe(1);
  });

  it('is renewed when it has expired, and the same request made again', async () => {
    await rig.connector.execute(taskCall());
    rig.clock.set(new Date(rig.clock.now().getTime() + 60_000).toISOString());
    expect(await rig.connector.execute(taskCall({ idempotency_key: 'b' }))).toMatchObject({ success: true });
    expect(tokensAsked(rig.crm)).toBe(2);
    expect(rig.crm.objects()).toHaveLength(2);
  });

  it('is renewed once however many requests it failed', async () => {
    await rig.connector.execute(taskCall());
    rig.crm.expireTokens();
    const keys = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    const answers = await Promise.all(
      keys.map((idempotency_key) => rig.connector.execute(taskCall({ idempotency_key }))),
    );
    expect(answers.every(({ success }) => success)).toBe(true);
    expect(tokensAsked(rig.crm)).toBe(2);
  });

  it('that is refused twice is a failure, and not used again', async () => {
    rig.crm.faults.push(invalidSession, invalidSession);
    expect(await rig.connector.execute(taskCall())).toMatchObject({
      ...authFailed,
      external_object_refs: [],
    });
    expect(tokensAsked(rig.crm)).toBe(2);
    expect(rig.crm.objects()).toEqual([]);
    expect(await rig.connector.execute(taskCall())).toMatchObject({ success: true });
    expect(tokensAsked(rig.crm)).toBe(3);
  });

  it('is another one for another secret', async () => {
    const byId: Readonly<Record<string, Readonly<Record<string, string>>>> = { good: CREDENTIALS };
    const secrets = { get: async (id: string) => byId[id] ?? { ...CREDENTIALS, client_secret: 'other' } };
    const rows = [{ secret_id: 'good' }, { secret_id: 'bad' }];
    const connector = createCrmConnector({
      configs: { get: async () => ({ login_url: rig.crm.url, ...rows.shift() }) },
      ...{ secrets, clock: rig.clock },
    });
    expect(await connector.execute(taskCall())).toMatchObject({ success: true });
    expect(await connector.execute(taskCall())).toMatchObject(authFailed);
  });
});

describe('asking for a token', () => {
  const asked = (status: number, body: unknown) => {
    rig.crm.faults.push({ match: forToken, status, body });
    return rig.connector.execute(taskCall());
  };

  it('fails for good with credentials that Salesforce does not know', async () => {
    const connector = rig.connectorOf({ secrets: knownSecrets({ ...CREDENTIALS, client_secret: 'old' }) });
    expect(await connector.execute(taskCall())).toMatchObject({
      ...authFailed,
      error_message: 'the CRM gave no token: 400 invalid_client',
    });
  });

  it.each([
    [400, { error: 'inactive_org' }, '400 inactive_org'],
    [400, { error: CREDENTIALS.client_secret }, '400 for no known reason'],
    [401, '<html>', '401 for no known reason'],
    [302, '', '302 for no known reason'],
  ])('fails for good after %i %j', async (status, body, words) => {
    expect(await asked(status, body)).toMatchObject({
      ...authFailed,
      error_message: `the CRM gave no token: ${words}`,
    });
  });

  it.each([
    [400, { error: 'rate_limit_exceeded' }, passing('RATE_LIMIT', 'RATE_LIMIT_EXCEEDED')],
    [429, '', passing('RATE_LIMIT', 'HTTP_429')],
    [500, '', passing('DOWNSTREAM', 'HTTP_500')],
    [503, '', passing('DOWNSTREAM', 'HTTP_503')],
    [200, '<html>', passing('DOWNSTREAM', 'INVALID_CONNECTOR_RESPONSE')],
    [200, { access_token: 'a\nb', instance_url: 'x' }, passing('DOWNSTREAM', 'INVALID_CONNECTOR_RESPONSE')],
    [200, { access_token: 'abc' }, passing('DOWNSTREAM', 'INVALID_CONNECTOR_RESPONSE')],
  ])('may be tried again after %i %j, since nothing was done', async (status, body, failure) => {
    expect(await asked(status, body)).toMatchObject(failure);
    expect(await rig.connector.execute(taskCall())).toMatchObject({ success: true });
  });

  it.each(['http://acme.my.salesforce.com', 'ftp://127.0.0.1', 'javascript:alert(1)', 'acme', ''])(
    'takes no token for %j',
    async (instance_url) => {
      const failure = await asked(200, { access_token: 'abc', instance_url });
      expect(failure).toMatchObject({
        ...authFailed,
        error_message: expect.stringContaining('instance_url'),
      });
      expect(rig.crm.requests).toHaveLength(1);
    },
  );

  it('that hangs has done nothing', async () => {
    rig.crm.faults.push({ match: forToken, hang: true });
    const connector = rig.connectorOf({ http: { timeoutMs: 500 } });
    expect(await connector.execute(taskCall())).toMatchObject(passing('TIMEOUT', 'TIMEOUT'));
  });

  it('of an address at which nobody listens has done nothing', async () => {
    const login_url = `http://127.0.0.1:${await reserveLoopbackPort()}`;
    const connector = rig.connectorOf({ config: { login_url } });
    expect(await connector.execute(taskCall())).toMatchObject(passing('DOWNSTREAM', 'ECONNREFUSED'));
  });

  describe('of an address that sends it elsewhere', () => {
    let server: Server | undefined;
    afterEach(() => {
      server?.closeAllConnections();
      server?.close();
    });
    const listening = async (listener: RequestListener): Promise<string> => {
      const made = createServer(listener);
      server = made;
      await new Promise<void>((resolve) => void made.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
    };

    it.each([302, 307, 308])('by %i takes no credentials there', async (status) => {
      const login_url = await listening((_request, response) => {
        response.writeHead(status, { location: `${rig.crm.url}/services/oauth2/token` }).end();
      });
      expect(await rig.connectorOf({ config: { login_url } }).execute(taskCall())).toMatchObject(authFailed);
      expect(rig.crm.requests).toEqual([]);
    });
  });
});
