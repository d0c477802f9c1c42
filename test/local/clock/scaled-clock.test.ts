import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { scaledClock } from '../../../src/local/clock/scaled-clock.ts';

const START = new Date('2026-01-05T09:00:00.000Z');
const LONGEST_TIMER_MS = 2 ** 31 - 1;

describe('a scaled clock', () => {
  let real = 0;
  const realNow = () => real;

  beforeEach(() => {
    real = 5_000;
  });

  test.each([
    [1, '2026-01-05T09:00:10.000Z'],
    [60, '2026-01-05T09:10:00.000Z'],
    [100_000, '2026-01-16T22:46:40.000Z'],
  ])('begins where it is told to and runs %i times real time', (speed, afterTenSeconds) => {
    const clock = scaledClock(START, speed, realNow);
    expect(clock.now()).toEqual(START);
    real += 10_000;
    expect(clock.now().toISOString()).toBe(afterTenSeconds);
  });
});

describe('a nap by a scaled clock', () => {
  const delays: number[] = [];
  let wake: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const sleepRealTime = jest.fn((delay: number) => {
    delays.push(delay);
    return new Promise<void>((resolve, decline) => {
      wake = resolve;
      reject = decline;
    });
  });

  afterEach(() => void delays.splice(0));

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const nap = (milliseconds: number, speed: number, signal?: AbortSignal) => {
    const clock = scaledClock(START, speed, () => 0, sleepRealTime);
    let state = 'asleep';
    clock.sleep(milliseconds, signal).then(
      () => {
        state = 'awake';
      },
      (reason: Error) => {
        state = reason.message;
      },
    );
    return () => state;
  };

  test('takes its length divided by the speed', async () => {
    const state = nap(60_000, 60);
    expect(delays).toEqual([1000]);
    wake();
    await settled();
    expect(state()).toBe('awake');
  });

  test('of no length takes none', async () => {
    const states = [nap(0, 1), nap(-1000, 1)];
    await settled();
    expect(states.map((state) => state())).toEqual(['awake', 'awake']);
    expect(delays).toEqual([]);
  });

  test('beyond what a timer can hold is taken in parts, for it would end at once', async () => {
    const state = nap(2 * LONGEST_TIMER_MS + 7, 1);
    for (let part = 0; part < 3; part += 1) {
      expect(state()).toBe('asleep');
      wake();
      await settled();
    }
    expect(delays).toEqual([LONGEST_TIMER_MS, LONGEST_TIMER_MS, 7]);
    expect(state()).toBe('awake');
  });

  test('ends with the reason of whoever calls it off', async () => {
    const calling = new AbortController();
    const state = nap(1000, 1, calling.signal);
    calling.abort(new Error('no longer needed'));
    reject(new Error('The operation was aborted'));
    await settled();
    expect(state()).toBe('no longer needed');
    const late = nap(0, 1, calling.signal);
    await settled();
    expect(late()).toBe('no longer needed');
  });
});

test('the clock of a system that runs really sleeps, and can be called off', async () => {
  const clock = scaledClock(START, 100_000);
  await clock.sleep(100);
  const calling = new AbortController();
  const nap = clock.sleep(1e12, calling.signal);
  calling.abort(new Error('no longer needed'));
  await expect(nap).rejects.toThrow('no longer needed');
});
