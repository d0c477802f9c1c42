import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { untilParentEnds } from '../../../src/local/start/parent.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a system notices that whoever started it is gone, and not before', async () => {
  let parent = 100;
  let gone = false;
  const watching = untilParentEnds(() => parent).then(() => {
    gone = true;
  });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(gone).toBe(false);
  parent = 1;
  await jest.advanceTimersByTimeAsync(1000);
  await watching;
  expect(jest.getTimerCount()).toBe(0);
});
