import type { Clock } from '../../src/application/clock.ts';
import { START } from './plan-fixtures.ts';

/** A clock that stands still until a test moves it; nothing under test may sleep. */
export interface SettableClock extends Clock {
  set(instant: string): void;
}

export const settableClock = (start: string = START): SettableClock => {
  let now = start;
  return {
    now: () => new Date(now),
    set: (instant) => {
      now = instant;
    },
    sleep: () => Promise.reject(new Error('nothing here may sleep')),
  };
};
