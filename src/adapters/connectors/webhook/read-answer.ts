import * as z from 'zod';
import type { Answer, Silence } from './exchange.ts';
import type { Failure, Result } from './result.ts';

/** Longest error message that is taken over from a receiver, in characters. */
const MAX_MESSAGE = 1000;

const NOTHING_DONE = { effect: 'NONE', transient: false } as const;
const NOTHING_DONE_YET = { effect: 'NONE', transient: true } as const;

/** Sending the request once more is safe only with a receiver that acts once for each key. */
const maybeDone = (honoursIdempotencyKey: boolean) =>
  ({ effect: 'UNKNOWN', transient: honoursIdempotencyKey }) as const;

const byStatus = (status: number, honours: boolean): Omit<Failure, 'error_message'> => {
  const error_code = `HTTP_${status}`;
  if (status >= 300 && status < 400)
    return { error_class: 'VALIDATION', error_code: 'REDIRECT_NOT_FOLLOWED', ...NOTHING_DONE };
  if (status === 401 || status === 403) return { error_class: 'AUTH', error_code, ...NOTHING_DONE };
  if (status === 409) return { error_class: 'VALIDATION', error_code: 'CONFLICT', ...NOTHING_DONE };
  if (status === 429) return { error_class: 'RATE_LIMIT', error_code, ...NOTHING_DONE_YET };
  if (status === 503) return { error_class: 'DOWNSTREAM', error_code, ...NOTHING_DONE_YET };
  if (status >= 400 && status < 500 && status !== 408)
    return { error_class: 'VALIDATION', error_code, ...NOTHING_DONE };
  return { error_class: 'DOWNSTREAM', error_code, ...maybeDone(honours) };
};

const optionalText = (max: number) => z.string().min(1).max(max).optional().catch(undefined);

/** What of a receiver's body counts; a body that is no JSON object counts as empty. */
const receiverBody = z
  .object({
    id: optionalText(255),
    success: z.unknown().optional(),
    error_code: optionalText(255),
    error_message: z.string().optional().catch(undefined),
  })
  .catch({});

const parsed = (body: string): z.infer<typeof receiverBody> => {
  try {
    return receiverBody.parse(JSON.parse(body));
  } catch {
    return receiverBody.parse(undefined);
  }
};

export interface Receiver {
  readonly signingKey: string;
  readonly honoursIdempotencyKey: boolean;
}

/** What a receiver's answer comes to: the receiver's own name for the delivery, if it gave one. The signing key is cut out of all it says. */
export const readAnswer = (
  { status, body }: Answer,
  { signingKey, honoursIdempotencyKey }: Receiver,
): Result<{ readonly id: string | undefined }> => {
  if (status < 200 || status >= 300) {
    const error_message = `the receiver answered with status ${status}`;
    return { failure: { ...byStatus(status, honoursIdempotencyKey), error_message } };
  }
  const { id, success, error_code = 'RECEIVER_REFUSED', error_message = '' } = parsed(body);
  const clean = (text: string): string => text.replaceAll(signingKey, '***');
  if (success !== false) return { value: { id: id && clean(id) } };
  return {
    failure: {
      ...{ error_class: 'DOWNSTREAM', error_code: clean(error_code), ...NOTHING_DONE },
      error_message: clean(error_message).slice(0, MAX_MESSAGE) || 'the receiver refused the request',
    },
  };
};

/** What it comes to when no answer came. */
export const noAnswer = (
  { sent, timedOut, reason }: Silence,
  honoursIdempotencyKey: boolean,
): { readonly failure: Failure } => ({
  failure: {
    error_class: sent || timedOut ? 'TIMEOUT' : 'DOWNSTREAM',
    error_code: timedOut ? 'TIMEOUT' : sent ? 'CONNECTION_LOST' : 'CONNECTION_FAILED',
    error_message: `the receiver did not answer: ${reason}`,
    ...(sent ? maybeDone(honoursIdempotencyKey) : NOTHING_DONE_YET),
  },
});
