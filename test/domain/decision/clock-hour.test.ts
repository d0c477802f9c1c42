import { expect, it } from '@jest/globals';
import { clockHour, nextClockHour } from '../../../src/domain/decision/clock-hour.ts';

it.each([
  ['2026-01-05T09:00:00.000Z', '2026-01-05T09', '2026-01-05T10:00:00.000Z'],
  ['2026-01-05T09:59:59.999Z', '2026-01-05T09', '2026-01-05T10:00:00.000Z'],
  ['2026-12-31T23:30:00.000Z', '2026-12-31T23', '2027-01-01T00:00:00.000Z'],
])('%s is within the hour %s, and the next begins at %s', (instant, hour, next) => {
  expect(clockHour(instant)).toBe(hour);
  expect(nextClockHour(instant)).toBe(next);
});
