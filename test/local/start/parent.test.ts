import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { untilParentEnds } from '../../../src/local/start/parent.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a system notices that whoever started it is gone, and not before', async () => {
  let starter = '100 of 99';
  let gone = false;
  const watching = untilParentEnds(() => starter).then(() => {
    gone = true;
  });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(gone).toBe(false);
  starter = '100 of 1';
  await jest.advanceTimersByTimeAsync(1000);
  await watching;
  expect(jest.getTimerCount()).toBe(0);
});
