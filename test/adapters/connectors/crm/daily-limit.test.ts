import { expect, it } from '@jest/globals';
import { START } from '../../../support/plan-fixtures.ts';
import { taskCall, useRig } from './rig.ts';

const rig = useRig({ dailyRequestLimit: 1 });

it('waits for the next day once the requests of a day are used up', async () => {
  const next = taskCall({ idempotency_key: 'key-2' });
  expect(await rig.connector.execute(taskCall())).toMatchObject({ success: true });
  expect(await rig.connector.execute(next)).toMatchObject({
    ...{ success: false, error_class: 'RATE_LIMIT', error_code: 'REQUEST_LIMIT_EXCEEDED' },
    ...{ transient: true, effect: 'NONE' },
  });
  rig.clock.set(new Date(Date.parse(START) + 86_400_000).toISOString());
  expect(await rig.connector.execute(next)).toMatchObject({ success: true });
});
