import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a receiver has of a request to check: two headers, and the body as it came. */
export interface SignedRequest {
  /** Header `x-cc-timestamp`: when the request was signed, in seconds since 1970. */
  readonly timestamp: string;
  /** Header `x-cc-signature`. */
  readonly signature: string;
  readonly body: string;
}

/** How old, or how far ahead, a signed request may be, in seconds. */
const TOLERANCE_SECONDS = 300;

/** The header `x-cc-signature`: `v1=` and, in hex, the HMAC-SHA256 of `<timestamp>.<body>`. */
export const signature = (key: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;

const areEqual = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** Whether a request was signed with `key`, and not too long ago. A receiver refuses every other one. */
export const verifySignature = (
  key: string,
  { timestamp, signature: given, body }: SignedRequest,
  now: Date,
  toleranceSeconds: number = TOLERANCE_SECONDS,
): boolean => {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  const ageSeconds = Math.floor(now.getTime() / 1000) - Number(timestamp);
  if (Math.abs(ageSeconds) > toleranceSeconds) return false;
  return areEqual(Buffer.from(given), Buffer.from(signature(key, timestamp, body)));
};
