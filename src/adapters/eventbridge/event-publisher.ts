import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TransientError } from '../../application/errors.ts';
import type { EventPublisher } from '../../application/ports/events.ts';
import { translateError } from '../transient-errors.ts';

export const EVENT_SOURCE = 'cc-native';

/** Publishes to the stage's event bus. A bus that takes a request may still refuse an entry; that is an error here. */
export const createEventPublisher = (
  client: Pick<EventBridgeClient, 'send'>,
  eventBusName: string,
): EventPublisher => {
  const publish = async (DetailType: string, data: unknown): Promise<void> => {
    const Detail = JSON.stringify({ data });
    const entry = { EventBusName: eventBusName, Source: EVENT_SOURCE, DetailType, Detail };
    const { FailedEntryCount = 0, Entries = [] } = await client
      .send(new PutEventsCommand({ Entries: [entry] }))
      .catch((error: unknown) => {
        throw translateError(error);
      });
    if (FailedEntryCount === 0) return;
    throw new TransientError(
      `the event bus refused ${DetailType}: ${Entries[0]?.ErrorCode} ${Entries[0]?.ErrorMessage}`,
    );
  };
  return {
    publishActionApproved: (event) => publish('ACTION_APPROVED', event),
    publishSignal: (signal) => publish(signal.signalType, signal),
    publishApprovalEscalated: (escalation) => publish('APPROVAL_ESCALATED', escalation),
  };
};
