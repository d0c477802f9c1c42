import { randomBytes } from 'node:crypto';
import type { Clock } from '../../application/clock.ts';
import { type CrmAnswer, complaint } from './crm-answer.ts';

export interface CrmClient {
  readonly client_id: string;
  readonly client_secret: string;
}

export interface CrmTokenOptions {
  readonly clock: Clock;
  readonly users: CrmClient;
  readonly tokenLifetimeMs: number;
}

const ORGANIZATION = '00D000000000001';
const TOKEN_BYTES = 32;

const refused = (error: string, error_description: string): CrmAnswer => ({
  status: 400,
  body: { error, error_description },
});

/** Gives out access tokens by the OAuth 2.0 client credentials flow. As with Salesforce, an answer does not say how long one lasts. */
export const createCrmTokens = ({ clock, users, tokenLifetimeMs }: CrmTokenOptions) => {
  const expiries = new Map<string, number>();

  const issue = (instance_url: string): CrmAnswer => {
    const now = clock.now().getTime();
    const access_token = `${ORGANIZATION}!${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    expiries.set(access_token, now + tokenLifetimeMs);
    const id = `${instance_url}/id/${ORGANIZATION}/005000000000001`;
    return {
      status: 200,
      body: { access_token, instance_url, id, token_type: 'Bearer', scope: 'api', issued_at: String(now) },
    };
  };

  return {
    /** @param form body of the request, form-encoded. */
    grant(form: string, instanceUrl: string): CrmAnswer {
      const { grant_type, client_id, client_secret } = Object.fromEntries(new URLSearchParams(form));
      if (grant_type !== 'client_credentials')
        return refused('unsupported_grant_type', 'grant type not supported');
      const isKnown = client_id === users.client_id && client_secret === users.client_secret;
      return isKnown ? issue(instanceUrl) : refused('invalid_client', 'invalid client credentials');
    },

    /** The answer to a request without a token that is in force; undefined when it has one. */
    refusalOf(authorization = ''): CrmAnswer | undefined {
      const [scheme, token = ''] = authorization.split(' ');
      const isValid = scheme === 'Bearer' && (expiries.get(token) ?? 0) > clock.now().getTime();
      return isValid ? undefined : complaint(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    },

    /** Ends all tokens that were given out. */
    expireAll: (): void => expiries.clear(),
  };
};
