import { setTimeout as sleepRealTime } from 'node:timers/promises';
import type { Clock } from '../../application/clock.ts';

/** Longest delay a Node timer takes, in milliseconds; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A clock that starts at `start` and runs `speed` times real time.
 *
 * @param realNow real time in milliseconds since the epoch; for tests.
 */
export const scaledClock = (start: Date, speed: number, realNow: () => number = Date.now): Clock => {
  const origin = realNow();
  const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const options = signal ? { signal } : {};
    for (let left = milliseconds / speed; left > 0; left -= MAX_TIMER_MS) {
      await sleepRealTime(Math.min(left, MAX_TIMER_MS), undefined, options);
    }
  };
  return { now: () => new Date(start.getTime() + (realNow() - origin) * speed), sleep };
};

/**
 * Shows the time of another clock, but sleeps in real time. For what bounds the work of this machine, which does not get faster with the
 * clock.
 */
export const sleepingInRealTime = ({ now }: Clock): Clock => ({
  now,
  sleep: scaledClock(new Date(0), 1).sleep,
});
