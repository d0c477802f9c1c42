import { errors, exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../application/clock.ts';

export interface GatewayCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenIssuerOptions {
  /** The URL that tokens name as their issuer, and under which its endpoints are. */
  readonly issuer: string;
  readonly credentials: GatewayCredentials;
  readonly clock: Clock;
}

/** A request as far as the issuer looks at it. */
export interface IssuerRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface IssuerAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const TOKEN_PATH = '/oauth2/token';
const KEYS_PATH = '/.well-known/jwks.json';
const CONFIGURATION_PATH = '/.well-known/openid-configuration';

/** As long as Cognito's, in seconds. */
const LIFETIME_SECONDS = 3600;
const KEY_ID = 'local-1';
const ALGORITHM = 'ES256';

/** Issues tokens as Cognito does for clients, under a key of this process, and knows them again. */
export interface TokenIssuer {
  issue(claims: JWTPayload, lifetimeSeconds: number): Promise<string>;
  /** Whether a token is one of these, has not expired, and was issued to the client. */
  accepts(token: string): Promise<boolean>;
  /** Answers the endpoints of an issuer; undefined for any other path. */
  answer(request: IssuerRequest): Promise<IssuerAnswer | undefined>;
}

const basicOf = (authorization = ''): string => {
  const [scheme, encoded = ''] = authorization.split(' ');
  return scheme?.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64').toString('utf8') : '';
};

const error = (status: number, code: string): IssuerAnswer => ({ status, body: { error: code } });

export const createTokenIssuer = async (options: TokenIssuerOptions): Promise<TokenIssuer> => {
  const { issuer, credentials, clock } = options;
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' }] };
  const expected = [credentials.clientId, credentials.clientSecret].map(encodeURIComponent).join(':');
  const configuration = {
    issuer,
    token_endpoint: `${issuer}${TOKEN_PATH}`,
    jwks_uri: `${issuer}${KEYS_PATH}`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
  };

  const issue = (claims: JWTPayload, lifetimeSeconds: number): Promise<string> => {
    const issuedAt = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(privateKey);
  };

  const grant = async ({ authorization, body }: IssuerRequest): Promise<IssuerAnswer> => {
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'client_credentials') return error(400, 'unsupported_grant_type');
    if (basicOf(authorization) !== expected) return error(401, 'invalid_client');
    const { clientId } = credentials;
    const scope = form.get('scope');
    const claims = { sub: clientId, client_id: clientId, token_use: 'access', ...(scope && { scope }) };
    const access_token = await issue(claims, LIFETIME_SECONDS);
    return { status: 200, body: { access_token, expires_in: LIFETIME_SECONDS, token_type: 'Bearer' } };
  };

  return {
    issue,
    async accepts(token) {
      try {
        const checks = { issuer, currentDate: clock.now(), algorithms: [ALGORITHM], requiredClaims: ['exp'] };
        const { payload } = await jwtVerify(token, publicKey, checks);
        return payload.client_id === credentials.clientId;
      } catch (refused) {
        if (refused instanceof errors.JOSEError) return false;
        throw refused;
      }
    },
    async answer(request) {
      const { method, path } = request;
      if (method === 'POST' && path === TOKEN_PATH) return grant(request);
      if (method === 'GET' && path === KEYS_PATH) return { status: 200, body: keys };
      if (method === 'GET' && path === CONFIGURATION_PATH) return { status: 200, body: configuration };
      return undefined;
    },
  };
};
