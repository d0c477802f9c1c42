import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import { createTokenIssuer } from '../../src/local/gateway/token-issuer.ts';
import { TOKEN_SECONDS } from '../../src/local/http-api/local-tokens.ts';
import { type HttpApi, startHttpApi } from '../../src/local/http-api.ts';
import { apiRuntime, recordedStepFunctions, type Started } from '../functions/api/api-world.ts';
import { approvedIntent, finished, putIntent, started } from '../support/attempts.ts';
import { minute, START } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const INTENT = approvedIntent();
const ID = INTENT.action_intent_id;
const STATUS = `/executions/${ID}/status?account_id=a1`;

let api: HttpApi;
let starts: Started[];

beforeEach(async () => {
  starts = [];
  const runtime = apiRuntime(world, recordedStepFunctions(starts));
  api = await startHttpApi({ port: 0, runtime, clock: world.clock });
  await putIntent(world, INTENT);
  await started(world, INTENT, 5);
  await finished(world, INTENT, 5);
});
afterEach(() => api.stop());

const tokenFor = async (query: Record<string, string>): Promise<string> => {
  const response = await fetch(`${api.url}/_cc-native/token?${new URLSearchParams(query)}`);
  return ((await response.json()) as { access_token: string }).access_token;
};

const BEN = { tenant_id: 'acme', sub: 'ben' };

const ask = async (path: string, token: string, init: RequestInit = {}) => {
  const response = await fetch(`${api.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: (await response.json()) as unknown, headers: response.headers };
};

const UNAUTHORIZED = { status: 401, body: { message: 'Unauthorized' } };

describe('the API on this machine', () => {
  it('answers what its function answers, to who has a token', async () => {
    const { status, body, headers } = await ask(STATUS, await tokenFor(BEN));
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ action_intent_id: ID, status: 'SUCCEEDED' }),
    ]);
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('lists the executions of an account by its path', async () => {
    expect(await ask('/accounts/a1/executions?limit=1', await tokenFor(BEN))).toMatchObject({
      ...{ status: 200, body: { executions: [{ action_intent_id: ID }] } },
    });
  });

  it('starts a replay in the name of the token’s subject', async () => {
    const body = JSON.stringify({ account_id: 'a1', reason: 'again' });
    const token = await tokenFor(BEN);
    expect(await ask(`/executions/${ID}/replay`, token, { method: 'POST', body })).toMatchObject({
      ...{ status: 202, body: { attempt_count: 2 } },
    });
    expect(JSON.parse(String(starts[0]?.input)).replay).toEqual({ reason: 'again', requested_by: 'ben' });
  });

  it('takes an account from the path as it is meant, not as it is encoded', async () => {
    const { status, body } = await ask('/accounts/a%231/executions', await tokenFor(BEN));
    expect([status, body]).toMatchObject([400, { message: expect.stringMatching(/^account_id: "a#1"/) }]);
  });

  it('joins what the query says twice, as API Gateway does', async () => {
    const { body } = await ask(`${STATUS}&account_id=a2`, await tokenFor(BEN));
    expect(body).toMatchObject({ provided: { account_id: 'a1,a2' } });
  });

  it('holds a token to the accounts that it names', async () => {
    const token = await tokenFor({ ...BEN, account_ids: 'a2,a3' });
    expect(await ask(STATUS, token)).toMatchObject({ status: 403, body: { error: 'FORBIDDEN' } });
    expect(await ask('/accounts/a2/executions', token)).toMatchObject({ status: 200 });
  });

  it.each([
    ['GET', '/'],
    ['GET', '/executions//status'],
    ['GET', '/executions/%zz/status'],
    ['GET', `${STATUS.replace('/status', '/status/more')}`],
    ['POST', STATUS],
    ['DELETE', '/accounts/a1/executions'],
    ['POST', '/_cc-native/token'],
  ])('has nothing at %s %s', async (method, path) => {
    expect(await ask(path, await tokenFor(BEN), { method })).toMatchObject({
      ...{ status: 404, body: { message: 'Not Found' } },
    });
  });

  it('takes no body that API Gateway would not take', async () => {
    const init = { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) };
    expect(await ask(`/executions/${ID}/replay`, await tokenFor(BEN), init)).toMatchObject({ status: 413 });
    expect(starts).toEqual([]);
  });

  it('says 500 and no more when its function throws', async () => {
    const environment = { ...world.environment, LEDGER_TABLE_NAME: '' };
    const runtime = { ...apiRuntime(world, recordedStepFunctions(starts)), environment };
    await api.stop();
    api = await startHttpApi({ port: 0, runtime, clock: world.clock });
    expect(await ask(STATUS, await tokenFor(BEN))).toMatchObject({
      ...{ status: 500, body: { message: 'Internal Server Error' } },
    });
    expect(world.lines).toMatchObject([{ data: { name: 'ConfigurationError' } }]);
  });

  it('says that its port is taken, and which', async () => {
    const port = Number(new URL(api.url).port);
    const runtime = apiRuntime(world, recordedStepFunctions(starts));
    const second = startHttpApi({ port, runtime, clock: world.clock });
    await expect(second).rejects.toMatchObject({ name: 'PortInUseError', port });
  });
});

describe('a token', () => {
  it('holds for a week by the local clock, and not an instant longer', async () => {
    const token = await tokenFor(BEN);
    world.clock.set(secondsAfter(START, TOKEN_SECONDS - 1));
    expect(await ask(STATUS, token)).toMatchObject({ status: 200 });
    world.clock.set(secondsAfter(START, TOKEN_SECONDS));
    expect(await ask(STATUS, token)).toMatchObject(UNAUTHORIZED);
  });

  it('of another issuer’s key is refused, even in the name of this one', async () => {
    const credentials = { clientId: 'any', clientSecret: 'any' };
    const other = await createTokenIssuer({ issuer: api.url, credentials, clock: world.clock });
    const claims = { aud: 'cc-native-local-api', sub: 'ben', 'custom:tenant_id': 'acme' };
    expect(await ask(STATUS, await other.issue(claims, 60))).toMatchObject(UNAUTHORIZED);
  });

  it.each([
    ['nothing', ''],
    ['no token', 'ben'],
    ['an unsigned one', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ])('that is %s is refused, and says how to do better', async (_, token) => {
    const { status, headers } = await ask(STATUS, token);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it('whose claims were changed is refused', async () => {
    const [header, , signature] = (await tokenFor(BEN)).split('.');
    const [, claims] = (await tokenFor({ ...BEN, tenant_id: 'beta' })).split('.');
    expect(await ask(STATUS, `${header}.${claims}.${signature}`)).toMatchObject(UNAUTHORIZED);
  });

  it.each([
    ['without a tenant', { sub: 'ben' }],
    ['without a subject', { tenant_id: 'acme' }],
  ])('%s is a good one, which opens nothing', async (_, query) => {
    expect(await ask(STATUS, await tokenFor(query as Record<string, string>))).toMatchObject({
      ...{ status: 401, body: { error: 'UNAUTHORIZED' } },
    });
  });

  it('is not given to who comes by another name of this machine', async () => {
    const { port } = new URL(api.url);
    const answered = new Promise<[number | undefined, string]>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/_cc-native/token?sub=eve' };
      request({ ...options, headers: { host: `evil.example:${port}` } }, (response) => {
        text(response).then((body) => resolve([response.statusCode, body]), reject);
      })
        .on('error', reject)
        .end();
    });
    expect(await answered).toEqual([403, '{"message":"Forbidden"}']);
  });
});

it('the API is gone when it was stopped', async () => {
  const { url } = api;
  await api.stop();
  await expect(fetch(url)).rejects.toMatchObject({ name: 'TypeError' });
  const runtime = apiRuntime(world, recordedStepFunctions(starts));
  api = await startHttpApi({ port: Number(new URL(url).port), runtime, clock: world.clock });
  expect(await ask('/accounts/a1/executions', await tokenFor(BEN))).toMatchObject({
    body: { executions: [{ started_at: minute(5) }] },
  });
});
