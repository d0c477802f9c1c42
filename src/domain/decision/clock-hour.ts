const HOUR_SECONDS = 3600;
const HOUR_LENGTH = 'yyyy-mm-ddThh'.length;

/** The clock hour of an instant in UTC, such as `2026-01-05T09`; counters of runs begin anew with each. */
export const clockHour = (instant: string): string => instant.slice(0, HOUR_LENGTH);

/** The instant at which the next clock hour begins. */
export const nextClockHour = (instant: string): string =>
  new Date(Date.parse(`${clockHour(instant)}:00:00.000Z`) + HOUR_SECONDS * 1000).toISOString();
