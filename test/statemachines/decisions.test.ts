import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decisionKeyPk } from '../../src/adapters/dynamodb/keys.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { type MachineWorld, newMachineWorld } from './machine-world.ts';

let machines: MachineWorld;
beforeEach(async () => {
  machines = await newMachineWorld();
  await machines.introduce({ plans: [] });
});
afterEach(() => machines.close());

const reservation = (key: string) =>
  machines.world.row('IDEMPOTENCY_STORE_TABLE_NAME', decisionKeyPk(key), 'METADATA');

/** Looks until a reservation is as expected; what came of an event nobody is told. */
const awaitReservation = async (key: string, expected: object): Promise<void> => {
  for (let looks = 0; looks < 100; looks += 1) {
    const row = await reservation(key);
    if (row && Object.entries(expected).every(([name, value]) => row[name] === value)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await reservation(key)).toMatchObject(expected);
};

const publish = async (idempotency_key: string): Promise<void> => {
  const { bus, runtime } = machines.system;
  const detail = { ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key };
  const entry = { Source: 'cc-native', DetailType: 'RUN_DECISION', Detail: JSON.stringify(detail) };
  const EventBusName = runtime.environment.EVENT_BUS_NAME;
  const answer = await bus.putEvents({ Entries: [{ EventBusName, ...entry }] });
  expect(answer.FailedEntryCount).toBe(0);
};

test('an event on the bus is evaluated, and a trigger that has to wait runs when its time has come', async () => {
  await publish('k1');
  await awaitReservation('k1', { state: 'FINISHED', result: 'ALLOW' });
  await publish('k2');
  await awaitReservation('k2', { state: 'DEFERRED', deferred_times: 1, deferred_until: minute(5) });
  expect(machines.clock.nextWake()).toEqual(new Date(minute(5)));
  machines.clock.wakeNext();
  await awaitReservation('k2', { state: 'FINISHED', result: 'ALLOW', deferred_times: 1 });
});

test('a trigger that waits does not outlive the system', async () => {
  await publish('k1');
  await awaitReservation('k1', { state: 'FINISHED' });
  await publish('k2');
  await awaitReservation('k2', { state: 'DEFERRED' });
  machines.system.forgetWaiting();
  expect(machines.clock.nextWake()).toBeUndefined();
});
