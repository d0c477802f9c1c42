import * as z from 'zod';

/**
 * An identifier that may stand in a DynamoDB key: no `#` (the separator of key segments), no white space, at most 128
 * characters, and none of the names that JavaScript objects treat specially.
 */
export const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/, {
    error:
      'must start with a letter or digit and hold at most 128 letters, digits, ".", "_", ":", "@" or "-" (no "#")',
  })
  .refine((id) => id !== 'constructor' && id !== 'prototype', { error: 'is a reserved name' });

/** An ISO-8601 instant in UTC with milliseconds, the only form that compares correctly as text. */
export const instant = z
  .string()
  .refine(
    (text) =>
      /^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text,
    {
      error: 'must be an ISO-8601 UTC instant with milliseconds, such as 2026-01-05T09:00:00.000Z',
    },
  );

/** Any ISO-8601 date and time with an offset, as the same instant in the form of `instant`. */
export const anyInstant = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO-8601 date and time with an offset, such as 2026-01-05T09:00:00.000Z',
  })
  .transform((text) => new Date(text).toISOString())
  .pipe(instant);

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** The IANA name of a time zone. */
export const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'is no time zone of the IANA database, such as Europe/Berlin' });

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export const jsonObject = z.record(z.string(), z.json());

/** The later of two instants written as ISO-8601 text. */
export const later = (a: string, b: string): string => (a > b ? a : b);

/** The earliest of some instants written as ISO-8601 text; `undefined` entries do not count. */
export const earliest = (...instants: (string | undefined)[]): string | undefined =>
  instants.reduce(
    (first, next) => (first === undefined || (next !== undefined && next < first) ? next : first),
    undefined,
  );

/** `seconds` after `from`, as an ISO-8601 instant. */
export const secondsAfter = (from: string, seconds: number): string =>
  new Date(Date.parse(from) + seconds * 1000).toISOString();
