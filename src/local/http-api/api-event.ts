import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { JWTPayload } from 'jose';

const HOST = '127.0.0.1';
const STAGE = '$default';

/** A route that a request fits, and what stands in the places of its parameters. */
export interface MatchedRoute {
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Part = readonly [pattern: string, given: string];

const isParameter = (pattern: string): boolean => pattern.startsWith('{');

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const parametersOf = (parts: readonly Part[]): MatchedRoute['pathParameters'] | undefined => {
  const parameters = parts
    .filter(([pattern]) => isParameter(pattern))
    .map(([pattern, given]) => [pattern.slice(1, -1), decoded(given)] as const);
  const isWhole = parameters.every(([, value]) => value !== undefined && value !== '');
  return isWhole ? (Object.fromEntries(parameters) as Record<string, string>) : undefined;
};

/** The route of `GET /path/{parameter}` that a request fits; undefined when none does. */
export const matchRoute = (
  routeKeys: readonly string[],
  method: string,
  path: string,
): MatchedRoute | undefined => {
  const given = path.split('/');
  for (const routeKey of routeKeys) {
    const [wanted, template = ''] = routeKey.split(' ');
    const parts = template.split('/').map((pattern, index): Part => [pattern, given[index] ?? '']);
    const fits = parts.every(([pattern, text]) => isParameter(pattern) || pattern === text);
    const pathParameters = wanted === method && parts.length === given.length && fits && parametersOf(parts);
    if (pathParameters) return { routeKey, pathParameters };
  }
  return undefined;
};

/** Claims come as text from API Gateway, lists in brackets with spaces between. */
const claimText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(claimText).join(' ')}]` : String(value);

const claimsOf = (payload: JWTPayload): Record<string, string> =>
  Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]));

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : `${value}`,
    ]),
  );

/** A name that is given more than once has its values joined by commas. */
const queryOf = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));

export interface ApiRequest {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly route: MatchedRoute;
  /** Verified. */
  readonly claims: JWTPayload;
  readonly body: string;
  readonly now: Date;
}

/** What API Gateway hands a function for a request (HTTP API, payload version 2.0). Bodies are text here. */
export const apiEvent = ({ request, url, route, claims, body, now }: ApiRequest) => {
  const { method = 'GET', headers } = request;
  const query = queryOf(url.searchParams);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: headersOf(request),
    ...(url.search !== '' && { queryStringParameters: query }),
    ...(Object.keys(route.pathParameters).length > 0 && { pathParameters: route.pathParameters }),
    ...(body !== '' && { body }),
    isBase64Encoded: false,
    requestContext: {
      ...{ accountId: '000000000000', apiId: 'local', domainName: HOST, domainPrefix: 'local' },
      authorizer: { jwt: { claims: claimsOf(claims), scopes: null } },
      http: {
        ...{ method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: HOST },
        userAgent: headers['user-agent'] ?? '',
      },
      ...{ requestId: randomUUID(), routeKey: route.routeKey, stage: STAGE },
      ...{ time: now.toUTCString(), timeEpoch: now.getTime() },
    },
  };
};
