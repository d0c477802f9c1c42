import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutionHistory } from '../../../src/adapters/dynamodb/execution-history.ts';
import { executionSk } from '../../../src/adapters/dynamodb/keys.ts';
import type { ExecutionCursor } from '../../../src/application/ports/executions.ts';
import { approvedIntent, finished, REPLAY, replayStarted, started } from '../../support/attempts.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const page = (limit = 100, after?: ExecutionCursor, scope = SCOPE) =>
  createExecutionHistory(world.tables.documentClient, world.names).page(scope, { limit, after });

const ids = async (...asked: Parameters<typeof page>) =>
  (await page(...asked)).executions.map(({ attempt }) => attempt.action_intent_id);

describe('the history of an account', () => {
  it('is empty when nothing was executed', async () => {
    expect(await page()).toEqual({ executions: [], next: undefined });
  });

  it('has each execution once, the newest start first, whatever its id', async () => {
    for (const [number, at] of [
      [9, 3],
      [2, 5],
      [4, 4],
    ] as const)
      await started(world, approvedIntent(number), at);
    expect(await ids()).toEqual(['intent-2', 'intent-4', 'intent-9']);
  });

  it('moves an intent to its newest start when it is replayed', async () => {
    await started(world, approvedIntent(2), 5);
    await finished(world, approvedIntent(2), 5);
    await started(world, approvedIntent(3), 7);
    await replayStarted(world, approvedIntent(2), 9);
    expect(await ids()).toEqual(['intent-2', 'intent-3']);
  });

  it('goes on after the last one of a page, without gap or repeat, to the end', async () => {
    for (const number of [2, 3, 4, 5, 6]) await started(world, approvedIntent(number), number);
    const first = await page(2);
    expect(first.next).toEqual({ started_at: minute(5), action_intent_id: 'intent-5' });
    const second = await page(2, first.next);
    const third = await page(2, second.next);
    expect(third.next).toBeUndefined();
    const all = [first, second, third].flatMap(({ executions }) => executions);
    expect(all.map(({ attempt }) => attempt.action_intent_id)).toEqual([
      'intent-6',
      'intent-5',
      'intent-4',
      'intent-3',
      'intent-2',
    ]);
  });

  it('tells executions that started at the same instant apart', async () => {
    for (const number of [2, 3, 4]) await started(world, approvedIntent(number), 5);
    const first = await page(2);
    const rest = await ids(2, first.next);
    const seen = [...first.executions.map(({ attempt }) => attempt.action_intent_id), ...rest];
    expect(seen.sort()).toEqual(['intent-2', 'intent-3', 'intent-4']);
  });

  it('has nothing of another account or tenant', async () => {
    await started(world, approvedIntent(2), 5);
    await started(world, approvedIntent(3, { account_id: 'a2' }), 5);
    await started(world, approvedIntent(4, { tenant_id: 'beta' }), 5);
    expect(await ids()).toEqual(['intent-2']);
    expect(await ids(100, undefined, { ...SCOPE, account_id: 'a2' })).toEqual(['intent-3']);
  });
});

describe('an execution of the history', () => {
  it('has the outcome that it came to, and none while it runs', async () => {
    await started(world, approvedIntent(2), 5);
    await started(world, approvedIntent(3), 6);
    const outcome = await finished(world, approvedIntent(2), 5);
    const { executions } = await page();
    expect(executions).toMatchObject([
      { attempt: { action_intent_id: 'intent-3', status: 'RUNNING' }, outcome: undefined },
      { attempt: { action_intent_id: 'intent-2', status: 'SUCCEEDED' }, outcome },
    ]);
  });

  it('that is a replay has its own outcome, not that of the first execution', async () => {
    await started(world, approvedIntent(2), 5);
    await finished(world, approvedIntent(2), 5, { status: 'FAILED', error_code: 'CRM_REFUSED' });
    await replayStarted(world, approvedIntent(2), 7);
    expect((await page()).executions).toMatchObject([{ attempt: { replay: REPLAY }, outcome: undefined }]);
    const outcome = await finished(world, approvedIntent(2), 7, { attempt_count: 2, replay: REPLAY });
    expect((await page()).executions).toMatchObject([{ attempt: { attempt_count: 2 }, outcome }]);
  });

  it('that the index still lists although its row is gone is left out', async () => {
    const key = { pk: SCOPE_PK, sk: executionSk('intent-2'), started_at: minute(5) };
    const mock = mockClient(world.tables.documentClient);
    mock
      .on(QueryCommand)
      .resolves({ Items: [key] })
      .on(BatchGetCommand)
      .resolves({});
    const asked = page();
    expect(await asked.finally(() => mock.restore())).toEqual({ executions: [], next: undefined });
  });

  it('takes no more than three reads, however many there are', async () => {
    for (const number of [2, 3, 4]) {
      await started(world, approvedIntent(number), number);
      await finished(world, approvedIntent(number), number);
    }
    const operations: string[] = [];
    world.tables.documentClient.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          operations.push(commandName.replace(/(Item)?Command$/, ''));
          return next(args);
        },
      { step: 'initialize', name: 'operations' },
    );
    expect((await page()).executions).toHaveLength(3);
    world.tables.documentClient.middlewareStack.remove('operations');
    expect(operations).toEqual(['Query', 'BatchGet', 'BatchGet']);
  });
});

it('a history of which not everything could be read says to try again', async () => {
  const table = world.names.EXECUTION_ATTEMPTS_TABLE_NAME;
  const key = { pk: SCOPE_PK, sk: executionSk('intent-2') };
  const mock = mockClient(world.tables.documentClient);
  mock
    .on(QueryCommand)
    .resolves({ Items: [{ ...key, started_at: minute(5) }] })
    .on(BatchGetCommand)
    .resolves({ UnprocessedKeys: { [table]: { Keys: [key] } } });
  await expect(page().finally(() => mock.restore())).rejects.toMatchObject({ name: 'TransientError' });
});
