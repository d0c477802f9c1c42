import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ClientCredentialsOptions,
  createClientCredentials,
} from '../../../src/adapters/gateway/client-credentials.ts';
import { settableClock } from '../../support/settable-clock.ts';
import { faultOf } from './gateway-calls.ts';

const SECRET = 'top/secret+words';
const asked: { headers: IncomingHttpHeaders; body: string }[] = [];
let answer: (response: ServerResponse) => void;
let tokenUrl: string;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    answer(response);
  });
});

const reply =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

const token = (expires_in = 3600) => reply(200, { access_token: `token-${asked.length}`, expires_in });

beforeEach(async () => {
  asked.length = 0;
  answer = (response) => token()(response);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/token`;
});
afterEach(async () => {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

const create = (options: Partial<ClientCredentialsOptions> = {}) =>
  createClientCredentials({
    tokenUrl,
    credentials: async () => ({ client_id: 'client', client_secret: SECRET }),
    clock: settableClock('2026-01-05T09:00:00.000Z'),
    ...options,
  });

describe('a token', () => {
  it('is asked for by a form, under the name and secret of the client', async () => {
    await create().get();
    expect(asked[0]?.body).toBe('grant_type=client_credentials');
    expect(asked[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    const pair = Buffer.from('client:top%2Fsecret%2Bwords').toString('base64');
    expect(asked[0]?.headers.authorization).toBe(`Basic ${pair}`);
  });

  it('is asked for with a scope where there is one', async () => {
    await create({ scope: 'tools/call' }).get();
    expect(new URLSearchParams(asked[0]?.body).get('scope')).toBe('tools/call');
  });

  it('is kept until a minute before it expires', async () => {
    const clock = settableClock('2026-01-05T09:00:00.000Z');
    const source = create({ clock });
    expect(await source.get()).toBe('token-1');
    clock.set('2026-01-05T09:58:59.999Z');
    expect(await source.get()).toBe('token-1');
    clock.set('2026-01-05T09:59:00.000Z');
    expect(await source.get()).toBe('token-2');
  });

  it('that lives for less than a minute is not kept', async () => {
    answer = (response) => token(59)(response);
    const source = create();
    await source.get();
    expect(await source.get()).toBe('token-2');
  });

  it('is renewed on demand, and the new one kept', async () => {
    const source = create();
    await source.get();
    expect(await source.renew()).toBe('token-2');
    expect(await source.get()).toBe('token-2');
  });

  it('is asked for once by all who want one at the same time', async () => {
    const source = create();
    const got = await Promise.all([source.get(), source.renew(), ...Array.from({ length: 20 }, source.get)]);
    expect(new Set(got)).toEqual(new Set(['token-1']));
    expect(asked).toHaveLength(1);
  });

  it('is asked for again after a failure, with what the credentials are by then', async () => {
    const secrets = ['old', 'new'];
    const credentials = async () => ({ client_id: 'client', client_secret: secrets.shift() ?? '' });
    const source = create({ credentials });
    answer = reply(401, { error: 'invalid_client' });
    await source.get().catch(() => undefined);
    answer = (response) => token()(response);
    expect(await source.get()).toBe('token-2');
    expect(asked[0]?.headers.authorization).not.toBe(asked[1]?.headers.authorization);
  });
});

const REFUSED = { name: 'AuthError', error_class: 'AUTH', error_code: 'AUTH_FAILED' };
const AWAY = { name: 'TransientError', error_class: 'DOWNSTREAM', error_code: 'TOKEN_ENDPOINT_UNAVAILABLE' };
const WRONG = { name: 'ConfigurationError', error_code: 'CONFIGURATION_ERROR' };

describe('a token endpoint', () => {
  it.each<[string, (response: ServerResponse) => void, object]>([
    [
      'refuses the client',
      reply(400, { error: 'invalid_client' }),
      { ...REFUSED, message: expect.stringMatching(/: invalid_client$/) },
    ],
    [
      'refuses in words of its own',
      reply(401, { error: SECRET }),
      { ...REFUSED, message: expect.stringMatching(/: status 401$/) },
    ],
    ['refuses with no JSON', reply(401, SECRET), REFUSED],
    ['is overloaded', reply(429, SECRET), { ...AWAY, error_class: 'RATE_LIMIT' }],
    ['fails', reply(503, SECRET), AWAY],
    ['hangs up', (response) => response.destroy(), AWAY],
    ['says nothing', () => undefined, AWAY],
    ['is somewhere else', reply(302, '', { location: 'http://127.0.0.1:1/' }), WRONG],
    ['is not there', reply(404, SECRET), WRONG],
    ['answers with a page', reply(200, `<html>${SECRET}`), WRONG],
    ['answers with something else', reply(200, { access_token: '' }), WRONG],
  ])('that %s is named for that, without the secret', async (_, how, expected) => {
    answer = how;
    const fault = await faultOf(create({ timeoutMs: 150 }).get());
    expect(fault).toMatchObject(expected);
    expect(JSON.stringify(fault)).not.toContain(SECRET);
  });

  it('that nobody listens at is out of reach', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await faultOf(create().get())).toMatchObject(AWAY);
  });

  it.each<Record<string, string>>([
    {},
    { client_id: 'client' },
    { client_secret: SECRET },
    { client_id: 'client', client_secret: '' },
  ])('is not asked with credentials that are not whole: %j', async (credentials) => {
    const fault = await faultOf(create({ credentials: async () => credentials }).get());
    expect(fault).toMatchObject(WRONG);
    expect(JSON.stringify(fault)).not.toContain(SECRET);
    expect(asked).toEqual([]);
  });

  it('is not asked when the credentials cannot be had', async () => {
    const credentials = () => Promise.reject(new Error('no secret store'));
    expect(await faultOf(create({ credentials }).get())).toMatchObject({ message: 'no secret store' });
  });
});
