import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CLOCK_PATH } from '../../src/local/clock/clock-path.ts';
import { NOW, type ServedAws, serveAws } from './serve-aws.ts';

let aws: ServedAws;
beforeAll(async () => {
  aws = await serveAws();
});
afterAll(() => aws.close());

const post = async (target: string | undefined, body: string) => {
  const headers: Record<string, string> = target === undefined ? {} : { 'x-amz-target': target };
  const response = await fetch(aws.url, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
};

describe('the AWS endpoint', () => {
  test('answers the client of Step Functions', async () => {
    const { stateMachines = [] } = await new SFNClient(aws.client).send(new ListStateMachinesCommand());
    expect(stateMachines.map(({ stateMachineArn }) => stateMachineArn)).toEqual([aws.planCycleArn]);
  });

  test('takes events from the client of EventBridge, and names those that it does not take', async () => {
    const entry = { Source: 'cc-native', DetailType: 'ACTION_APPROVED', Detail: '{"data":{"of":"ü"}}' };
    const Entries = [
      { ...entry, EventBusName: 'events' },
      { ...entry, EventBusName: 'elsewhere' },
    ];
    const answer = await new EventBridgeClient(aws.client).send(new PutEventsCommand({ Entries }));
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: 'event-1' }, { ErrorCode: 'ResourceNotFoundException' }],
    });
    expect(aws.delivered.map((event) => JSON.parse(event))).toEqual([
      expect.objectContaining({ source: 'cc-native', detail: { data: { of: 'ü' } } }),
    ]);
  });

  test('says what time it is in the local system', async () => {
    expect(await (await fetch(`${aws.url}${CLOCK_PATH}`)).json()).toEqual({ now: NOW });
  });

  test.each([['AWSEvents.PutRule'], [undefined]])('knows no operation %s', async (target) => {
    expect(await post(target, '{}')).toMatchObject({
      status: 400,
      body: { __type: 'UnknownOperationException' },
    });
  });

  test('refuses what is no JSON', async () => {
    expect(await post('AWSEvents.PutEvents', '{')).toMatchObject({
      status: 400,
      body: { __type: 'SerializationException' },
    });
  });

  test('refuses more than any operation takes', async () => {
    expect(await post('AWSEvents.PutEvents', ' '.repeat(3_000_000))).toMatchObject({
      status: 413,
      body: { __type: 'RequestEntityTooLarge' },
    });
  });
});
