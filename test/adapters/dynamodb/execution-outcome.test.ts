import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutionStore } from '../../../src/adapters/dynamodb/execution-store.ts';
import { TransientError } from '../../../src/application/errors.ts';
import { outcomeEntry } from '../../../src/domain/execution/execution-ledger.ts';
import { signalOf } from '../../../src/domain/execution/signal.ts';
import { newIntent, SCOPE } from '../../support/intents.ts';
import { newOutcome } from '../../support/outcomes.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const APPROVED = newIntent({ status: 'APPROVED' });
const ID = APPROVED.action_intent_id;
const SUCCEEDED = newOutcome();
const FAILED = newOutcome({ status: 'FAILED', external_object_refs: [], error_code: 'CRM_REFUSED' });

const running = async () => {
  const start = { intent: APPROVED, owner: 'one', now: minute(5), deadline_at: minute(80) };
  await world.runtime.executions.startIfFree(start);
};
const finish = (outcome = SUCCEEDED) => world.runtime.executions.finishOnce(outcome);
const stored = () => world.runtime.executions.outcome(SCOPE, ID);
const attempt = () => world.runtime.executions.get(SCOPE, ID);

const ledger = () => world.rows('LEDGER_TABLE_NAME');
const signals = () => world.rows('SIGNALS_TABLE_NAME');

describe('finishing an execution', () => {
  it('writes the outcome, its ledger entry and its signal, and closes the attempt', async () => {
    await running();
    expect(await finish()).toEqual(SUCCEEDED);
    expect(await stored()).toEqual(SUCCEEDED);
    const entryId = `exec-${ID}-1-ACTION_EXECUTED`;
    expect(await ledger()).toEqual([
      { pk: 'TENANT#acme', sk: `ENTRY#${minute(6)}#${entryId}`, ...outcomeEntry(SUCCEEDED), entryId },
    ]);
    expect(await signals()).toEqual([signalOf(SUCCEEDED)]);
    expect(await attempt()).toMatchObject({ status: 'SUCCEEDED', updated_at: minute(6), owner: 'one' });
  });

  it('lets the first outcome stand, and gives it back', async () => {
    await running();
    await finish();
    expect(await finish(FAILED)).toEqual(SUCCEEDED);
    expect(await stored()).toEqual(SUCCEEDED);
    expect((await attempt())?.status).toBe('SUCCEEDED');
    expect([await ledger(), await signals()]).toEqual([
      [expect.objectContaining({ eventType: 'ACTION_EXECUTED' })],
      [expect.objectContaining({ signalType: 'ACTION_EXECUTED' })],
    ]);
  });

  it.each<[what: string, table: 'LEDGER_TABLE_NAME' | 'SIGNALS_TABLE_NAME', row: () => object]>([
    [
      'entry',
      'LEDGER_TABLE_NAME',
      () => ({
        pk: 'TENANT#acme',
        sk: `ENTRY#${minute(6)}#${outcomeEntry(SUCCEEDED).entryId}`,
        was: 'there',
      }),
    ],
    ['signal', 'SIGNALS_TABLE_NAME', () => ({ ...signalOf(SUCCEEDED), was: 'there' })],
  ])('writes nothing over an %s that is there, and then nothing at all', async (_, table, row) => {
    await running();
    await world.put(table, row() as Record<string, unknown>);
    await expect(finish()).rejects.toThrow(TransientError);
    expect(await stored()).toBeUndefined();
    expect(await world.rows(table)).toEqual([row()]);
  });

  it('tells two that race the same outcome', async () => {
    await running();
    const [one, two] = await Promise.all([finish(SUCCEEDED), finish(FAILED)]);
    expect(one).toEqual(two);
    expect(await stored()).toEqual(one);
    expect((await attempt())?.status).toBe(one?.status);
  });

  it('says to try again when the other writer that was in the way has left no outcome', async () => {
    const mock = mockClient(world.tables.documentClient);
    const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }];
    mock
      .on(TransactWriteCommand)
      .rejects(new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons }))
      .on(GetCommand)
      .resolves({});
    const store = createExecutionStore(world.tables.documentClient, world.names);
    const asked = store.finishOnce(SUCCEEDED);
    await expect(asked.finally(() => mock.restore())).rejects.toThrow(TransientError);
  });

  it('has no outcome before, and none for another account', async () => {
    await running();
    expect(await stored()).toBeUndefined();
    await finish();
    const elsewhere = { ...SCOPE, account_id: 'a2' };
    expect(await world.runtime.executions.outcome(elsewhere, ID)).toBeUndefined();
    expect(await world.runtime.executions.get(elsewhere, ID)).toBeUndefined();
  });
});

describe('what has become of undoing', () => {
  const LOCKED = { status: 'FAILED', error: 'LOCKED: DOWNSTREAM' } as const;
  const undone = (of: Parameters<typeof world.runtime.executions.recordCompensation>[1]) =>
    world.runtime.executions.recordCompensation(SUCCEEDED, of, minute(9));
  const entries = async () => (await ledger()).map(({ eventType }) => eventType).sort();

  it.each([
    [{ status: 'COMPLETED' } as const, { compensation_status: 'COMPLETED' }],
    [LOCKED, { compensation_status: 'FAILED', compensation_error: LOCKED.error }],
  ])('%j is added to the outcome and to the ledger', async (of, more) => {
    await running();
    await finish();
    await undone(of);
    expect(await stored()).toEqual({ ...SUCCEEDED, ...more });
    expect(await entries()).toEqual(['ACTION_EXECUTED', `COMPENSATION_${of.status}`]);
  });

  it('stands once it is there', async () => {
    await running();
    await finish();
    await undone({ status: 'COMPLETED' });
    await undone(LOCKED);
    expect((await stored())?.compensation_status).toBe('COMPLETED');
    expect(await entries()).toEqual(['ACTION_EXECUTED', 'COMPENSATION_COMPLETED']);
  });

  it('makes up no outcome', async () => {
    await undone({ status: 'COMPLETED' });
    expect(await stored()).toBeUndefined();
    expect(await entries()).toEqual([]);
  });
});
