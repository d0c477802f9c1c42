import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { createDecisionRequeue } from '../../../src/adapters/scheduler/decision-requeue.ts';
import type { RunDecisionDetail } from '../../../src/contracts/decisions.ts';
import { SCOPE } from '../../support/intents.ts';

const SETTINGS = {
  groupName: 'cc-native-test-decisions',
  roleArn: 'arn:aws:iam::000000000000:role/schedules',
  targetArn: 'arn:aws:lambda:us-east-1:000000000000:function:cc-native-test-decision-cost-gate',
  deadLettersArn: 'arn:aws:sqs:us-east-1:000000000000:cc-native-test-decision-dead-letters',
};
const AT = '2026-01-05T09:05:00.000Z';
const DETAIL: RunDecisionDetail = {
  ...{ ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1', deferred_times: 1 },
};

/** As the API reference of EventBridge Scheduler has them, operation CreateSchedule. */
const NAME = /^[0-9a-zA-Z-_.]{1,64}$/;
const CLIENT_TOKEN = /^[a-zA-Z0-9-_]{1,64}$/;
const AT_EXPRESSION = /^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)$/;

const client = new SchedulerClient({ region: 'us-east-1' });
const mock = mockClient(client);
const requeue = createDecisionRequeue(client, SETTINGS);

afterEach(() => void mock.reset());

const asked = () => mock.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input);
const askedFor = async (detail: RunDecisionDetail, instant = AT) => {
  mock.reset();
  mock.on(CreateScheduleCommand).resolves({});
  await requeue.at(instant, detail);
  return asked()[0];
};

describe('bringing a trigger back', () => {
  it('makes a schedule that fires once, deletes itself, and hands the trigger to the cost gate', async () => {
    expect(await askedFor(DETAIL)).toEqual({
      Name: expect.stringMatching(/^decision-[0-9a-f]{40}$/),
      ClientToken: expect.stringMatching(/^decision-[0-9a-f]{40}$/),
      GroupName: SETTINGS.groupName,
      ScheduleExpression: 'at(2026-01-05T09:05:00)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        ...{ Arn: SETTINGS.targetArn, RoleArn: SETTINGS.roleArn, Input: JSON.stringify({ detail: DETAIL }) },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
        DeadLetterConfig: { Arn: SETTINGS.deadLettersArn },
      },
    });
  });

  it('keeps to what the service takes for names, tokens and expressions, whatever the trigger is', async () => {
    const text = fc.string({ minLength: 1, maxLength: 256, unit: 'grapheme' });
    const details = fc.record({
      ...{ tenant_id: text, account_id: text, trigger_type: text, idempotency_key: text },
      deferred_times: fc.nat({ max: 5 }),
    });
    const instants = fc.date({
      min: new Date('2026-01-01'),
      max: new Date('2099-01-01'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(details, instants, async (detail, instant) => {
        const { Name, ClientToken, ScheduleExpression } =
          (await askedFor(detail, instant.toISOString())) ?? {};
        expect(Name).toMatch(NAME);
        expect(ClientToken).toMatch(CLIENT_TOKEN);
        expect(ScheduleExpression).toMatch(AT_EXPRESSION);
      }),
    );
  });

  it('is never early, though the service knows whole seconds only', async () => {
    const request = await askedFor(DETAIL, '2026-01-05T09:04:59.001Z');
    expect(request?.ScheduleExpression).toBe('at(2026-01-05T09:05:00)');
  });

  it.each([
    { tenant_id: 'bolt' },
    { account_id: 'a2' },
    { trigger_type: 'POSTURE_CHANGE' },
    { idempotency_key: 'k2' },
    { deferred_times: 2 },
    { deferred_times: undefined },
  ])('has a name of its own for %j', async (other) => {
    const name = (await askedFor(DETAIL))?.Name;
    expect((await askedFor({ ...DETAIL, ...other }))?.Name).not.toBe(name);
    expect((await askedFor({ ...DETAIL }, '2026-02-01T00:00:00.000Z'))?.Name).toBe(name);
  });

  it('is done when somebody has asked for the same before', async () => {
    mock
      .on(CreateScheduleCommand)
      .rejects(new ConflictException({ Message: 'exists', message: 'exists', $metadata: {} }));
    await expect(requeue.at(AT, DETAIL)).resolves.toBeUndefined();
  });

  it('says to try again when the service cannot take it now', async () => {
    mock.on(CreateScheduleCommand).rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
    await expect(requeue.at(AT, DETAIL)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('hands on every other error as it is', async () => {
    const error = Object.assign(new Error('no such group'), { name: 'ResourceNotFoundException' });
    mock.on(CreateScheduleCommand).rejects(error);
    await expect(requeue.at(AT, DETAIL)).rejects.toBe(error);
  });
});
