import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/local/clock/virtual-clock.ts';
import { createLocalRequeue } from '../../src/local/local-requeue.ts';
import { recordedLog } from '../support/fakes/recorded-log.ts';
import { SCOPE } from '../support/intents.ts';
import { minute, START } from '../support/plan-fixtures.ts';

const DETAIL = { ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1', deferred_times: 1 };

type Invocation = [name: string, payload: unknown, context: unknown];

const newRequeue = (failures = 0) => {
  const clock = new VirtualClock(new Date(START));
  const invoked: Invocation[] = [];
  const { log, lines } = recordedLog();
  let left = failures;
  const requeue = createLocalRequeue({
    ...{ clock, log, newId: () => `id-${invoked.length}`, costGate: () => 'gate' },
    invoke: async (name, payload, context) => {
      invoked.push([name, payload, context]);
      left -= 1;
      if (left >= 0) throw new Error('slow down');
    },
  });
  const wake = async () => {
    clock.wakeNext();
    await new Promise(setImmediate);
  };
  return { requeue, clock, invoked, lines, wake };
};

describe('a trigger that waits on this machine', () => {
  test('comes back to the cost gate when its time has come on the local clock', async () => {
    const { requeue, clock, invoked, wake } = newRequeue();
    await requeue.at(minute(5), DETAIL);
    expect(clock.nextWake()).toEqual(new Date(minute(5)));
    expect(invoked).toEqual([]);
    await wake();
    expect(invoked).toEqual([['gate', { detail: DETAIL }, { awsRequestId: 'id-0' }]]);
  });

  test('comes back once, however often it was asked for; and may wait again after that', async () => {
    const { requeue, invoked, wake } = newRequeue();
    await requeue.at(minute(5), DETAIL);
    await requeue.at(minute(6), { ...DETAIL });
    await wake();
    await wake();
    expect(invoked).toHaveLength(1);
    await requeue.at(minute(1), DETAIL);
    await wake();
    expect(invoked).toHaveLength(2);
  });

  test('does not come back when the system has stopped', async () => {
    const { requeue, invoked, wake } = newRequeue();
    await requeue.at(minute(5), DETAIL);
    requeue.stop();
    await wake();
    requeue.invokeLater('gate', {});
    expect(invoked).toEqual([]);
  });
});

describe('an event', () => {
  test('is handed over again under the same request id when the function fails', async () => {
    const { requeue, invoked, lines } = newRequeue(2);
    requeue.invokeLater('gate', { detail: DETAIL });
    await new Promise(setImmediate);
    expect(new Set(invoked.map(([, , context]) => JSON.stringify(context)))).toEqual(
      new Set(['{"awsRequestId":"id-0"}']),
    );
    expect(invoked).toHaveLength(3);
    expect(lines).toEqual([]);
  });

  test('comes to nothing when it fails three times, and the log says so', async () => {
    const { requeue, invoked, lines } = newRequeue(3);
    requeue.invokeLater('gate', { detail: DETAIL });
    await new Promise(setImmediate);
    expect(invoked).toHaveLength(3);
    expect(lines).toMatchObject([{ message: 'an event came to nothing', data: { message: 'slow down' } }]);
  });
});
