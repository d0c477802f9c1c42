import { expect, it } from '@jest/globals';
import { checkSchedules, SCHEDULES_TIMEOUT_MS } from '../support/schedules/check-schedules.ts';

it(
  'rules hold after every write, and plans come to rest, whoever acts, dies or is late (2 of 4)',
  async () => {
    const missing = await checkSchedules(2);
    expect(missing).toEqual([]);
  },
  SCHEDULES_TIMEOUT_MS,
);
