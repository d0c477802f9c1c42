import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ActionApproved } from '../../../src/application/ports.ts';
import { fake } from './fake.ts';

/** A bus that takes every ACTION_APPROVED and keeps what it says. */
export const recordedBus = (published: ActionApproved[]): Pick<EventBridgeClient, 'send'> => {
  const send = async (command: unknown) => {
    if (!(command instanceof PutEventsCommand)) throw new Error('this bus takes events only');
    for (const { DetailType, Detail = '' } of command.input.Entries ?? []) {
      if (DetailType !== 'ACTION_APPROVED') throw new Error(`this bus takes no ${DetailType}`);
      published.push(JSON.parse(Detail).data);
    }
    return { FailedEntryCount: 0 };
  };
  return fake<Pick<EventBridgeClient, 'send'>>('EventBridgeClient', {
    send: send as EventBridgeClient['send'],
  });
};
