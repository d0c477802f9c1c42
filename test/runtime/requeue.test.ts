import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterEach, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';

const mock = mockClient(SchedulerClient);
afterEach(() => void mock.reset());

const DETAIL = { ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1', deferred_times: 1 };
const ENVIRONMENT = {
  DECISION_SCHEDULE_GROUP_NAME: 'decisions',
  DECISION_SCHEDULE_ROLE_ARN: 'arn:role',
  DECISION_COST_GATE_ARN: 'arn:gate',
  DECISION_DEAD_LETTERS_ARN: 'arn:letters',
};

it('triggers that wait go to the scheduler, in the group and the role of the stage', async () => {
  mock.on(CreateScheduleCommand).resolves({});
  await createRuntime(ENVIRONMENT).requeue.at(minute(5), DETAIL);
  expect(mock.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input)).toMatchObject([
    {
      GroupName: 'decisions',
      Target: { RoleArn: 'arn:role', Arn: 'arn:gate', DeadLetterConfig: { Arn: 'arn:letters' } },
    },
  ]);
});

it.each(Object.keys(ENVIRONMENT))(
  'without %s no trigger is put off, and the variable is named',
  async (name) => {
    const { requeue } = createRuntime({ ...ENVIRONMENT, [name]: undefined });
    await expect(requeue.at(minute(5), DETAIL)).rejects.toThrow(`Missing env ${name}`);
    expect(mock.calls()).toEqual([]);
  },
);
