import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutionStore } from '../../../src/adapters/dynamodb/execution-store.ts';
import { TransientError } from '../../../src/application/errors.ts';
import { newIntent, SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { newOutcome } from '../../support/outcomes.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const APPROVED = newIntent({ status: 'APPROVED' });
const ID = APPROVED.action_intent_id;
const SUCCEEDED = newOutcome();
const FAILED = newOutcome({ status: 'FAILED', external_object_refs: [], error_code: 'CRM_REFUSED' });

const running = async () => {
  const row = { pk: SCOPE_PK, sk: `ACTION_INTENT#${ID}`, ...APPROVED };
  await world.put('ACTION_INTENT_TABLE_NAME', row);
  await world.runtime.executions.startIfFree(APPROVED, 'one', minute(5), minute(80));
};
const finish = (outcome = SUCCEEDED) => world.runtime.executions.finishOnce(outcome);
const stored = () => world.runtime.executions.outcome(SCOPE, ID);
const attempt = () => world.runtime.executions.get(SCOPE, ID);

describe('finishing an execution', () => {
  it('writes the outcome and closes the attempt', async () => {
    await running();
    expect(await finish()).toEqual(SUCCEEDED);
    expect(await stored()).toEqual(SUCCEEDED);
    expect(await attempt()).toMatchObject({ status: 'SUCCEEDED', updated_at: minute(6), owner: 'one' });
  });

  it('lets the first outcome stand, and gives it back', async () => {
    await running();
    await finish();
    expect(await finish(FAILED)).toEqual(SUCCEEDED);
    expect(await stored()).toEqual(SUCCEEDED);
    expect((await attempt())?.status).toBe('SUCCEEDED');
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
