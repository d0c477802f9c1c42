import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ActionApproved } from '../../../src/application/ports/events.ts';
import {
  EXECUTION_SIGNALS,
  type ExecutionSignal,
  executionSignal,
} from '../../../src/domain/execution/signal.ts';
import type { ApprovalEscalation } from '../../../src/domain/plan/escalation.ts';
import { fake } from './fake.ts';

const isSignal = (detailType: string | undefined): boolean =>
  EXECUTION_SIGNALS.some((known) => known === detailType);

const signalIn = (detailType: string | undefined, data: unknown): ExecutionSignal => {
  const signal = executionSignal.parse(data);
  if (signal.signalType === detailType) return signal;
  throw new Error(`a ${signal.signalType} was published as ${detailType}`);
};

/** What a bus was told, by kind, in order. */
export interface BusRecord {
  readonly published: ActionApproved[];
  readonly signals: ExecutionSignal[];
  readonly escalations: ApprovalEscalation[];
}

/** A bus that takes every event that the system knows, and keeps what they say. */
export const recordedBus = ({
  published,
  signals,
  escalations,
}: BusRecord): Pick<EventBridgeClient, 'send'> => {
  const take = (detailType: string | undefined, data: unknown): void => {
    if (isSignal(detailType)) signals.push(signalIn(detailType, data));
    else if (detailType === 'ACTION_APPROVED') published.push(data as ActionApproved);
    else if (detailType === 'APPROVAL_ESCALATED') escalations.push(data as ApprovalEscalation);
    else throw new Error(`this bus takes no ${detailType}`);
  };
  const send = async (command: unknown) => {
    if (!(command instanceof PutEventsCommand)) throw new Error('this bus takes events only');
    for (const { DetailType, Detail = '' } of command.input.Entries ?? [])
      take(DetailType, JSON.parse(Detail).data);
    return { FailedEntryCount: 0 };
  };
  return fake<Pick<EventBridgeClient, 'send'>>('EventBridgeClient', {
    send: send as EventBridgeClient['send'],
  });
};
