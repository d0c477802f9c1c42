import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decisionKeyPk, runStateSk } from '../../src/adapters/dynamodb/keys.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { type MachineWorld, newMachineWorld } from './machine-world.ts';

let machines: MachineWorld;
beforeEach(async () => {
  machines = await newMachineWorld();
  await machines.introduce({ plans: [] });
});
afterEach(() => machines.close());

type Row = Readonly<Record<string, unknown>>;

/** Looks until a row is as expected; what came of an event nobody is told. */
const until = async (look: () => Promise<Row | undefined>, expected: Row): Promise<void> => {
  const isThere = (row: Row | undefined) =>
    row && Object.entries(expected).every(([name, value]) => row[name] === value);
  for (let looks = 0; looks < 200 && !isThere(await look()); looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await look()).toMatchObject(expected);
};

const awaitReservation = (key: string, expected: Row) =>
  until(() => machines.world.row('IDEMPOTENCY_STORE_TABLE_NAME', decisionKeyPk(key), 'METADATA'), expected);

/** The last that the function writes of a trigger that has to wait. */
const awaitNote = (waiting_until: string) =>
  until(() => machines.world.row('DECISION_RUN_STATE_TABLE_NAME', SCOPE_PK, runStateSk('SIGNAL_ARRIVED')), {
    waiting_until,
  });

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
  await awaitNote(minute(5));
  expect(machines.clock.nextWake()).toEqual(new Date(minute(5)));
  machines.clock.wakeNext();
  await awaitReservation('k2', { state: 'FINISHED', result: 'ALLOW', deferred_times: 1 });
});

test('a trigger that waits does not outlive the system', async () => {
  await publish('k1');
  await awaitReservation('k1', { state: 'FINISHED' });
  await publish('k2');
  await awaitReservation('k2', { state: 'DEFERRED' });
  await awaitNote(minute(5));
  machines.system.forgetWaiting();
  expect(machines.clock.nextWake()).toBeUndefined();
});
