/** What kind of thing went wrong; the same words in outcomes, signals, metrics and ledgers. */
export const ERROR_CLASSES = [
  'VALIDATION',
  'AUTH',
  'RATE_LIMIT',
  'DOWNSTREAM',
  'TIMEOUT',
  'UNKNOWN',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];
