import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../application/clock.ts';
import { createTokenIssuer } from '../gateway/token-issuer.ts';

/** A path that no deployed API has: on a laptop anybody may have a token. */
export const TOKEN_PATH = '/_cc-native/token';

/** How long a token holds by the local clock, in seconds: a week, which is less than three hours at 60 times real time. */
export const TOKEN_SECONDS = 7 * 86_400;

const KEYS = { method: 'GET', path: '/.well-known/jwks.json', authorization: undefined, body: '' } as const;
const AUDIENCE = 'cc-native-local-api';
const ALGORITHMS = ['ES256'];

export interface LocalTokens {
  /** A token with the claims that a query asks for: `tenant_id`, `sub`, and `account_ids` with commas between. */
  issue(query: URLSearchParams): Promise<string>;
  /** The claims of a token that is one of these and has not expired; undefined for any other text. */
  verify(token: string): Promise<JWTPayload | undefined>;
}

const claimsOf = (query: URLSearchParams): JWTPayload => {
  const [sub, tenant, accounts] = ['sub', 'tenant_id', 'account_ids'].map((name) => query.get(name));
  return {
    aud: AUDIENCE,
    ...(sub && { sub }),
    ...(tenant && { 'custom:tenant_id': tenant }),
    ...(accounts && { 'custom:account_ids': JSON.stringify(accounts.split(',')) }),
  };
};

/** Tokens of an issuer of this process, checked as a JWT authorizer does: signature, issuer, audience and life. */
export const createLocalTokens = async (issuer: string, clock: Clock): Promise<LocalTokens> => {
  // Its clients' endpoint is not served, and nobody knows this secret.
  const credentials = { clientId: 'nobody', clientSecret: randomBytes(32).toString('base64url') };
  const tokens = await createTokenIssuer({ issuer, credentials, clock });
  const keys = createLocalJWKSet((await tokens.answer(KEYS))?.body as JSONWebKeySet);
  return {
    issue: (query) => tokens.issue(claimsOf(query), TOKEN_SECONDS),
    async verify(token) {
      const checks = { issuer, audience: AUDIENCE, algorithms: ALGORITHMS, requiredClaims: ['exp'] };
      try {
        return (await jwtVerify(token, keys, { ...checks, currentDate: clock.now() })).payload;
      } catch (refused) {
        if (refused instanceof errors.JOSEError) return undefined;
        throw refused;
      }
    },
  };
};
