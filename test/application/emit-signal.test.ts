import { describe, expect, it } from '@jest/globals';
import { emitSignal } from '../../src/application/emit-signal.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { EventPublisher } from '../../src/application/ports/events.ts';
import { type ExecutionSignal, signalOf } from '../../src/domain/execution/signal.ts';
import { fake } from '../support/fakes/fake.ts';
import { INTENT } from '../support/in-flight.ts';
import { newOutcome } from '../support/outcomes.ts';

const busOf = (publishSignal: EventPublisher['publishSignal']) =>
  fake<EventPublisher>('EventPublisher', { publishSignal });

describe('telling the bus of an outcome', () => {
  it.each(['SUCCEEDED', 'FAILED'] as const)(
    '%s publishes its signal, the same every time',
    async (status) => {
      const outcome = newOutcome({ status });
      const told: ExecutionSignal[] = [];
      const events = busOf(async (signal) => void told.push(signal));
      const type = { SUCCEEDED: 'ACTION_EXECUTED', FAILED: 'ACTION_FAILED' }[status];
      const answer = { signal_id: `exec-${INTENT}-a1-${type}` };
      expect(await emitSignal({ events }, { outcome })).toEqual(answer);
      expect(await emitSignal({ events }, { outcome })).toEqual(answer);
      expect(told).toEqual([signalOf(outcome), signalOf(outcome)]);
    },
  );

  it('fails when the bus does not take it', async () => {
    const error = new TransientError('the bus is full');
    const events = busOf(() => Promise.reject(error));
    await expect(emitSignal({ events }, { outcome: newOutcome() })).rejects.toBe(error);
  });
});
