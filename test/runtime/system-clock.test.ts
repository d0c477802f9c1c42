import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/runtime/system-clock.ts';

describe('the system clock', () => {
  it('tells real time', () => {
    const before = Date.now();
    const now = systemClock.now().getTime();
    expect([now >= before, now <= Date.now()]).toEqual([true, true]);
  });

  it('wakes up after the time asked for', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined();
  });

  it('wakes up at once when it is called off', async () => {
    const calledOff = AbortSignal.abort();
    await expect(systemClock.sleep(3_600_000, calledOff)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
