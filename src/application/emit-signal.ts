import type { ActionOutcome } from '../domain/execution/execution.ts';
import { signalOf } from '../domain/execution/signal.ts';
import type { EventPublisher } from './ports/events.ts';

/**
 * Tells the bus of an outcome. It was recorded before; should this get lost, the plan's cycle tells it again.
 *
 * @throws TransientError when the bus did not take it.
 */
export const emitSignal = async (
  { events }: { readonly events: EventPublisher },
  { outcome }: { readonly outcome: ActionOutcome },
): Promise<{ readonly signal_id: string }> => {
  const signal = signalOf(outcome);
  await events.publishSignal(signal);
  return { signal_id: signal.signalId };
};
