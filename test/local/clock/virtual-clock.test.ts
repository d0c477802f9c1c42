import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../src/local/clock/virtual-clock.ts';

const START = new Date('2026-01-05T09:00:00.000Z');
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

let clock: VirtualClock;
let woken: string[];

/** Sleeps, and notes its name with the seconds that the clock shows on waking, or with the reason it was called off for. */
const sleep = async (name: string, seconds: number, signal?: AbortSignal): Promise<void> => {
  const note = (text: string) => woken.push(`${name} ${text}`);
  const now = () => (clock.now().getTime() - START.getTime()) / 1000;
  await clock.sleep(seconds * 1000, signal).then(
    () => note(`at ${now()}`),
    (reason: Error) => note(`not: ${reason.message}`),
  );
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const wake = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    clock.wakeNext();
    await settled();
  }
};

beforeEach(() => {
  clock = new VirtualClock(START);
  woken = [];
});

describe('a virtual clock', () => {
  test('stands still, and knows nobody to wake, until it is told otherwise', async () => {
    await settled();
    expect(clock.now()).toEqual(START);
    expect(clock.nextWake()).toBeUndefined();
    clock.wakeNext();
    expect(clock.now()).toEqual(START);
  });

  test('wakes sleepers one by one in the order of their instants, those of one instant as they lay down', async () => {
    for (const [name, seconds] of [
      ['c', 20],
      ['a', 10],
      ['b', 10],
      ['now', 0],
      ['past', -5],
    ] as const)
      void sleep(name, seconds);
    expect(clock.nextWake()).toEqual(START);
    await wake(3);
    expect(woken).toEqual(['now at 0', 'past at 0', 'a at 10']);
    expect(clock.nextWake()).toEqual(at(10));
    await wake(2);
    expect(woken.slice(3)).toEqual(['b at 10', 'c at 20']);
    expect(clock.nextWake()).toBeUndefined();
  });

  test('counts a nap that begins on waking from there', async () => {
    void sleep('first', 10).then(() => sleep('second', 5));
    void sleep('other', 12);
    await wake(3);
    expect(woken).toEqual(['first at 10', 'other at 12', 'second at 15']);
  });

  test('wakes nobody twice, and nobody who was called off', async () => {
    const calling = new AbortController();
    void sleep('off', 10, calling.signal);
    void sleep('on', 20, calling.signal);
    clock.wakeNext();
    await settled();
    calling.abort(new Error('no longer needed'));
    await wake(2);
    expect(woken).toEqual(['off at 10', 'on not: no longer needed']);
    expect(clock.now()).toEqual(at(10));
    expect(clock.nextWake()).toBeUndefined();
  });

  test('lets nobody lie down who is called off already', async () => {
    expect(() => clock.sleep(10, AbortSignal.abort(new Error('too late')))).toThrow('too late');
    expect(clock.nextWake()).toBeUndefined();
  });

  test('moves without waking anybody, and never backwards', async () => {
    void sleep('late', 10);
    clock.moveTo(at(30));
    await settled();
    expect(woken).toEqual([]);
    clock.moveTo(at(5));
    expect(clock.now()).toEqual(at(30));
    await wake(1);
    expect(woken).toEqual(['late at 30']);
  });
});
