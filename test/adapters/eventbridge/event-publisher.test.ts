import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createEventPublisher } from '../../../src/adapters/eventbridge/event-publisher.ts';
import { TransientError } from '../../../src/application/errors.ts';
import { newActionIntent } from '../../../src/domain/intent/action-intent.ts';
import { escalationOf } from '../../../src/domain/plan/escalation.ts';
import { SCOPE } from '../../support/intents.ts';
import { minute, planIn, requireApproval, start, stepOf, then } from '../../support/plan-fixtures.ts';

const client = new EventBridgeClient({ region: 'us-east-1' });
const mock = mockClient(client);
const publisher = createEventPublisher(client, 'bus-of-the-stage');
const event = { ...SCOPE, action_intent_id: 'i1', approval_source: 'POLICY', auto_executed: true } as const;

afterEach(() => void mock.reset());

describe('publishing an event', () => {
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

  it('puts an escalation there under its own name', async () => {
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] });
    const plan = then(planIn('ACTIVE'), start('s1', 3), requireApproval('s1', 4));
    const escalation = escalationOf(plan, newActionIntent(plan, stepOf(plan, 's1'), 1, minute(3)));
    await publisher.publishApprovalEscalated(escalation);
    const [call] = mock.commandCalls(PutEventsCommand);
    expect(call?.args[0].input.Entries).toMatchObject([
      { DetailType: 'APPROVAL_ESCALATED', Detail: JSON.stringify({ data: escalation }) },
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
