import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutionLedger } from '../../../src/adapters/dynamodb/execution-ledger-store.ts';
import { type ExecutionLedgerEntry, replayEntry } from '../../../src/domain/execution/execution-ledger.ts';
import { REPLAY } from '../../support/attempts.ts';
import { newIntent } from '../../support/intents.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const asked = (at: number, replay = REPLAY): ExecutionLedgerEntry =>
  replayEntry('REPLAY_REQUESTED', { ...newIntent(), attempt_count: 2 }, replay, minute(at));

const FIRST = asked(10);
const SECOND = asked(11, { reason: 'me too', requested_by: 'carla' });
const ENTRY_SK = `ENTRY#${minute(10)}#${FIRST.entryId}`;

const append = (entry: ExecutionLedgerEntry) =>
  createExecutionLedger(world.tables.documentClient, world.names).appendOnce(entry);

const entries = async () =>
  (await world.rows('LEDGER_TABLE_NAME')).filter(({ sk }) => String(sk).startsWith('ENTRY#'));

describe('an entry that is told once', () => {
  it('stands in the ledger under its instant', async () => {
    expect(await append(FIRST)).toEqual(FIRST);
    expect(await entries()).toEqual([{ pk: 'TENANT#acme', sk: ENTRY_SK, ...FIRST }]);
  });

  it('stays the first of its id, whatever a later one says, which is told so', async () => {
    await append(FIRST);
    expect(await append(SECOND)).toEqual(FIRST);
    expect(await entries()).toHaveLength(1);
  });

  it('is one when two race, and both are told the same', async () => {
    const [one, two] = await Promise.all([append(FIRST), append(SECOND)]);
    expect(one).toEqual(two);
    expect(await entries()).toHaveLength(1);
  });

  it('says nothing about another tenant, nor about another id', async () => {
    await append(FIRST);
    const others = [
      { ...SECOND, tenantId: 'beta' },
      { ...SECOND, entryId: 'exec-any-3-REPLAY_REQUESTED' },
    ];
    for (const other of others) expect(await append(other)).toEqual(other);
    expect(await entries()).toHaveLength(3);
  });

  it('is not written over a row that is in its place', async () => {
    await world.put('LEDGER_TABLE_NAME', { pk: 'TENANT#acme', sk: ENTRY_SK, was: 'there' });
    await expect(append(FIRST)).rejects.toMatchObject({ name: 'TransientError' });
    expect(await world.rows('LEDGER_TABLE_NAME')).toEqual([
      { pk: 'TENANT#acme', sk: ENTRY_SK, was: 'there' },
    ]);
  });

  it('is to be tried again when the writer that was in the way has left none', async () => {
    const mock = mockClient(world.tables.documentClient);
    const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }];
    mock
      .on(TransactWriteCommand)
      .rejects(new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons }))
      .on(GetCommand)
      .resolves({});
    await expect(append(FIRST).finally(() => mock.restore())).rejects.toMatchObject({
      name: 'TransientError',
    });
  });
});
