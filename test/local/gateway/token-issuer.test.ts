import { beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { createTokenIssuer, type TokenIssuer } from '../../../src/local/gateway/token-issuer.ts';
import { type SettableClock, settableClock } from '../../support/settable-clock.ts';

const ISSUER = 'http://127.0.0.1:4711';
const credentials = { clientId: 'client', clientSecret: 'top/secret' };
const NOW = '2026-01-05T09:00:00.000Z';

let clock: SettableClock;
let issuer: TokenIssuer;

beforeAll(async () => {
  clock = settableClock(NOW);
  issuer = await createTokenIssuer({ issuer: ISSUER, credentials, clock });
});

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const OWN = basic('client:top%2Fsecret');

const ask = (authorization: string | undefined, body = 'grant_type=client_credentials') =>
  issuer.answer({ method: 'POST', path: '/oauth2/token', authorization, body });
const read = (path: string) => issuer.answer({ method: 'GET', path, authorization: undefined, body: '' });

const granted = async (body?: string): Promise<string> => {
  const answer = await ask(OWN, body);
  return (answer as { body: { access_token: string } }).body.access_token;
};

describe('the token endpoint', () => {
  it('issues a token to the client', async () => {
    expect(await ask(OWN)).toEqual({
      status: 200,
      body: { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' },
    });
    const seconds = Date.parse(NOW) / 1000;
    expect(decodeJwt(await granted('grant_type=client_credentials&scope=tools%2Fcall'))).toEqual({
      ...{ iss: ISSUER, sub: 'client', client_id: 'client', token_use: 'access', scope: 'tools/call' },
      ...{ iat: seconds, exp: seconds + 3600 },
    });
  });

  it.each([
    undefined,
    '',
    'Basic',
    OWN.replace('Basic', 'Bearer'),
    basic('client:wrong'),
    basic('other:top%2Fsecret'),
  ])('issues none to whoever comes with %s', async (authorization) => {
    expect(await ask(authorization)).toEqual({ status: 401, body: { error: 'invalid_client' } });
  });

  it('knows no other grant', async () => {
    expect(await ask(OWN, 'grant_type=password')).toEqual({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });
});

describe('its documents', () => {
  it('let anybody verify its tokens', async () => {
    const configuration = (await read('/.well-known/openid-configuration'))?.body;
    expect(configuration).toMatchObject({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/oauth2/token`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
    });
    const keys = createLocalJWKSet((await read('/.well-known/jwks.json'))?.body as JSONWebKeySet);
    const checks = { issuer: ISSUER, currentDate: new Date(NOW) };
    await expect(jwtVerify(await granted(), keys, checks)).resolves.toBeTruthy();
  });

  it('hold no private key', async () => {
    expect(JSON.stringify((await read('/.well-known/jwks.json'))?.body)).not.toContain('"d"');
  });

  it('are all that it has', async () => {
    expect(await read('/oauth2/token')).toBeUndefined();
    expect(await read('/')).toBeUndefined();
  });
});

describe('a token', () => {
  const accepted = async (token: string) => {
    const answer = await issuer.accepts(token);
    clock.set(NOW);
    return answer;
  };

  it('is accepted until it expires', async () => {
    const token = await granted();
    clock.set('2026-01-05T09:59:59.000Z');
    expect(await accepted(token)).toBe(true);
    clock.set('2026-01-05T10:00:00.000Z');
    expect(await accepted(token)).toBe(false);
  });

  it('of another client is not accepted', async () => {
    expect(await accepted(await issuer.issue({ client_id: 'other' }, 60))).toBe(false);
    expect(await accepted(await issuer.issue({}, 60))).toBe(false);
    expect(await accepted(await issuer.issue({ client_id: 'client' }, 60))).toBe(true);
  });

  it('of another issuer is not accepted, even under the same name', async () => {
    const other = await createTokenIssuer({ issuer: ISSUER, credentials, clock });
    expect(await accepted(await other.issue({ client_id: 'client' }, 60))).toBe(false);
  });

  it.each(['', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('that is none is not accepted: %j', async (token) => {
    expect(await accepted(token)).toBe(false);
  });
});
