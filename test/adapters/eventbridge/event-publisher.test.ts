import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createEventPublisher } from '../../../src/adapters/eventbridge/event-publisher.ts';
import { TransientError } from '../../../src/application/errors.ts';
import { SCOPE } from '../../support/intents.ts';

const client = new EventBridgeClient({ region: 'us-east-1' });
const mock = mockClient(client);
const publisher = createEventPublisher(client, 'bus-of-the-stage');
const event = { ...SCOPE, action_intent_id: 'i1', approval_source: 'POLICY', auto_executed: true } as const;

afterEach(() => void mock.reset());

describe('publishing ACTION_APPROVED', () => {
  it('puts one entry on the bus of the stage', async () => {
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] });
    await publisher.publishActionApproved(event);
    expect(mock.commandCalls(PutEventsCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Entries: [
          {
            ...{ EventBusName: 'bus-of-the-stage', Source: 'cc-native', DetailType: 'ACTION_APPROVED' },
            Detail: JSON.stringify({ data: event }),
          },
        ],
      },
    ]);
  });

  it('takes an answer without a count of failures as a success', async () => {
    mock.on(PutEventsCommand).resolves({});
    await expect(publisher.publishActionApproved(event)).resolves.toBeUndefined();
  });

  it('fails when the bus took the request and refused the entry', async () => {
    const Entries = [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try later' }];
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries });
    const published = publisher.publishActionApproved(event);
    await expect(published).rejects.toThrow(TransientError);
    await expect(published).rejects.toThrow(/InternalFailure try later/);
  });
});
