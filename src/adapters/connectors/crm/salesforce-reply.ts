import * as z from 'zod';
import { type Classed, type CrmFailure, failed, final, passing, type Result } from './crm-failure.ts';
import type { HttpReply } from './http-exchange.ts';

/**
 * Codes and names of fields may stand in messages because of what they cannot be: credentials have digits. Salesforce's own texts never
 * stand there; they may quote anything.
 */
const CODE = /^[A-Z]{2,40}(_[A-Z]{1,40}){0,8}$/;
const FIELD = /^([A-Z][A-Za-z]{1,39}|[A-Za-z][A-Za-z0-9_]{0,56}__c)$/;

/** As Salesforce writes ids: 15 letters and digits, and 3 more that tell small letters from capitals. */
const ID = /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/;

const complaint = z.object({
  errorCode: z.unknown().optional(),
  statusCode: z.unknown().optional(),
  fields: z.array(z.unknown()).catch([]),
});

interface Complaint {
  readonly code: string | undefined;
  readonly fields: readonly string[];
}

const fitting = (pattern: RegExp, values: readonly unknown[]): string[] =>
  values.filter((value): value is string => typeof value === 'string' && pattern.test(value));

/** The first of a list of Salesforce's complaints; without code and fields when the list makes no sense. */
const complaintOf = (list: unknown): Complaint => {
  const { data } = complaint.safeParse(Array.isArray(list) ? list[0] : list);
  const [code] = fitting(CODE, [data?.errorCode, data?.statusCode]);
  return { code, fields: fitting(FIELD, data?.fields ?? []) };
};

/** Salesforce's code in an answer that is no success. */
export const errorCodeOf = ({ body }: HttpReply): string | undefined => complaintOf(body).code;

/** By status and code only. After a status from 500 on, save 503, nobody can tell what was done. */
const classOf = (status: number, code: string | undefined): Classed => {
  if (status >= 500) return passing('DOWNSTREAM', status === 503 ? 'NONE' : 'UNKNOWN');
  if (status === 409 || status === 423 || code === 'UNABLE_TO_LOCK_ROW') return passing('DOWNSTREAM');
  if (status === 429 || code === 'REQUEST_LIMIT_EXCEEDED') return passing('RATE_LIMIT');
  return final(status === 403 ? 'AUTH' : 'VALIDATION');
};

const withFields = (words: string, { fields }: Complaint): string =>
  fields.length > 0 ? `${words} (${fields.join(', ')})` : words;

const DUPLICATE: CrmFailure = {
  ...final('VALIDATION'),
  error_code: 'DUPLICATE_EXTERNAL_ID',
  error_message: 'more than one object in the CRM has the external id of this action',
};

/** What an answer that is no success means. */
export const failureOfReply = ({ status, body }: HttpReply): CrmFailure => {
  if (status === 300) return DUPLICATE;
  const complained = complaintOf(body);
  const { code } = complained;
  return {
    ...classOf(status, code),
    error_code: code ?? `HTTP_${status}`,
    error_message: withFields(`the CRM answered ${status} ${code ?? 'without a code'}`, complained),
  };
};

/** An answer whose body is not what its status promises. */
export const senselessReply = ({ status }: HttpReply): CrmFailure => ({
  ...passing('DOWNSTREAM', 'UNKNOWN'),
  error_code: 'INVALID_CONNECTOR_RESPONSE',
  error_message: `the CRM answered ${status} with a body that makes no sense`,
});

const refusedObject = (code: string, complained: Complaint): CrmFailure => ({
  ...final('DOWNSTREAM'),
  error_code: code,
  error_message: withFields(`the CRM refused the object with ${code}`, complained),
});

const upserted = z.object({ id: z.string().regex(ID), success: z.literal(true) });
const refused = z.object({ success: z.literal(false), errors: z.array(z.unknown()) });

/** The id of the object that an upsert made or changed. */
export const upsertedId = (reply: HttpReply): Result<string> => {
  if (reply.status !== 200 && reply.status !== 201)
    return failed(reply.status < 300 ? senselessReply(reply) : failureOfReply(reply));
  const made = upserted.safeParse(reply.body);
  if (made.success) return { ok: true, value: made.data.id };
  const complained = complaintOf(refused.safeParse(reply.body).data?.errors);
  const { code } = complained;
  return failed(code === undefined ? senselessReply(reply) : refusedObject(code, complained));
};
