import { expect, test } from '@jest/globals';
import { atMost } from '../../src/local/at-most.ts';

test('runs so many at once, in the order in which they came, whatever becomes of them', async () => {
  const limited = atMost(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const work = (number: number) => async () => {
    started.push(number);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (number === 1) throw new Error('it broke');
    return number;
  };
  const ended = await Promise.allSettled([0, 1, 2, 3, 4].map((number) => limited(work(number))));
  expect(ended.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  ]);
  expect([started, most, running]).toEqual([[0, 1, 2, 3, 4], 2, 0]);
});
