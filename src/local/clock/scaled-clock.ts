import { setTimeout as sleepRealTime } from 'node:timers/promises';
import type { Clock } from '../../application/clock.ts';

/** Longest delay a Node timer takes, in milliseconds; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type Sleep = (milliseconds: number, value: undefined, options: { signal?: AbortSignal }) => Promise<void>;

/**
 * A clock that starts at `start` and runs `speed` times real time.
 *
 * @param realNow real time in milliseconds since the epoch; for tests.
 * @param realSleep waits in real time; for tests.
 */
export const scaledClock = (
  start: Date,
  speed: number,
  realNow: () => number = Date.now,
  realSleep: Sleep = sleepRealTime,
): Clock => {
  const origin = realNow();
  const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    const options = signal ? { signal } : {};
    for (let left = milliseconds / speed; left > 0; left -= MAX_TIMER_MS) {
      await realSleep(Math.min(left, MAX_TIMER_MS), undefined, options).catch((error) => {
        throw signal?.aborted ? signal.reason : error;
      });
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
