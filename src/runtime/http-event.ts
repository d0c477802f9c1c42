import * as z from 'zod';
import { ValidationError } from '../application/errors.ts';
import { complaints } from '../contracts/complaints.ts';
import { specialKeys } from '../contracts/special-keys.ts';
import { identifier } from '../domain/identifiers.ts';

const texts = z.record(z.string(), z.string()).default({});

/** An event of an API Gateway HTTP API (payload version 2.0), as far as anything here looks at it. */
export const httpEvent = z.object({
  routeKey: z.string(),
  pathParameters: texts,
  queryStringParameters: texts,
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    authorizer: z
      .object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }).optional() })
      .optional(),
  }),
});
export type HttpEvent = z.infer<typeof httpEvent>;

/** Who asks, by what the authorizer has verified and nothing else. */
export interface Caller {
  readonly tenant_id: string;
  readonly sub: string;
  /** The accounts that the caller is held to; undefined when the tenant's all are open, 'NONE' when the claim makes no sense. */
  readonly accounts: readonly string[] | 'NONE' | undefined;
}

const MAX_SUBJECT_CHARACTERS = 256;

const verified = z.object({
  'custom:tenant_id': identifier,
  sub: z.string().min(1).max(MAX_SUBJECT_CHARACTERS),
  'custom:account_ids': z.unknown().optional(),
});
const accountIds = z.array(identifier);

const parsed = (text: unknown): unknown => {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};

/** A claim that is there and makes no sense must not open everything. */
const accountsOf = (claim: unknown): Caller['accounts'] =>
  claim === undefined ? undefined : (accountIds.safeParse(parsed(claim)).data ?? 'NONE');

/** Undefined when the claims name no tenant or nobody. */
export const callerOf = ({ requestContext }: HttpEvent): Caller | undefined => {
  const { data } = verified.safeParse(requestContext.authorizer?.jwt?.claims);
  if (!data) return undefined;
  const { 'custom:tenant_id': tenant_id, sub, 'custom:account_ids': claim } = data;
  return { tenant_id, sub, accounts: accountsOf(claim) };
};

export const mayUse = ({ accounts }: Caller, accountId: string): boolean =>
  accounts === undefined || (accounts !== 'NONE' && accounts.includes(accountId));

type Fields = Readonly<Record<string, unknown>>;

const bodyOf = ({ body, isBase64Encoded }: HttpEvent): Fields => {
  if (body === undefined || body === '') return {};
  const value = parsed(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ValidationError('body: must be a JSON object');
};

/** Everything that a request says: path and query, or for a POST path and body. */
export const givenBy = (event: HttpEvent): Fields => {
  const isPost = event.routeKey.startsWith('POST ');
  const fields = isPost ? bodyOf(event) : event.queryStringParameters;
  const twice = Object.keys(event.pathParameters).find((name) => Object.hasOwn(fields, name));
  if (twice !== undefined) throw new ValidationError(`${twice}: stands in the path already`);
  return { ...fields, ...event.pathParameters };
};

/**
 * What a request says, in the shape that its route takes.
 *
 * @throws ValidationError naming each field that does not fit.
 */
export const inputOf = <S extends z.ZodType>(schema: S, given: Fields): z.infer<S> => {
  const [special] = specialKeys(given);
  if (special !== undefined) throw new ValidationError(`${special}: a key of that name is not allowed`);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ValidationError(complaints(result.error, given));
};

const MAX_SHOWN_FIELDS = 10;
const MAX_SHOWN_CHARACTERS = 120;

const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_SHOWN_CHARACTERS);

/** What was given, cut short so that an answer cannot be made long from outside. */
export const provided = (given: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given)
      .slice(0, MAX_SHOWN_FIELDS)
      .map(([name, value]) => [shown(name), shown(value)]),
  );
