import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { commitTogether } from '../../../src/adapters/dynamodb/guarded-write.ts';
import { TransientError } from '../../../src/application/errors.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
const mock = mockClient(client);
const write = { Put: { TableName: 'plans', Item: { pk: 'a' } } };
const writes = [
  { write, lost_to: 'PLAN' },
  { write, lost_to: 'LOCK' },
] as const;

const cancelled = (CancellationReasons: CancellationReason[] | undefined) =>
  new TransactionCanceledException({
    ...{ message: 'cancelled', $metadata: {} },
    ...(CancellationReasons && { CancellationReasons }),
  });
const commitWhen = (error: Error) => {
  mock.on(TransactWriteCommand).rejects(error);
  return commitTogether(client, writes);
};
const codes = (...all: string[]) => cancelled(all.map((Code) => ({ Code })));

afterEach(() => void mock.reset());

describe('a transaction of guarded writes', () => {
  it('is one request with all writes in order', async () => {
    mock.on(TransactWriteCommand).resolves({});
    expect(await commitTogether(client, writes)).toEqual({ committed: true });
    const inputs = mock.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input);
    expect(inputs).toEqual([{ TransactItems: [write, write] }]);
  });

  it.each([
    ['a condition failed', codes('None', 'ConditionalCheckFailed'), 'LOCK'],
    ['several conditions failed', codes('ConditionalCheckFailed', 'ConditionalCheckFailed'), 'PLAN'],
    ['another transaction holds a row', codes('None', 'TransactionConflict'), 'LOCK'],
    [
      'one row is throttled and a condition failed',
      codes('ThrottlingError', 'ConditionalCheckFailed'),
      'LOCK',
    ],
  ])('names the first write that lost when %s', async (_, error, lost_to) => {
    expect(await commitWhen(error)).toMatchObject({ committed: false, lost_to });
  });

  it.each([
    ['ThrottlingError', codes('ThrottlingError', 'None')],
    ['ProvisionedThroughputExceeded', codes('None', 'ProvisionedThroughputExceeded')],
    ['no reason', cancelled(undefined)],
  ])('is worth another try when it was cancelled for %s', async (_, error) => {
    await expect(commitWhen(error)).rejects.toThrow(TransientError);
  });

  it.each(['ValidationError', 'ItemCollectionSizeLimitExceeded'])(
    'is not worth another try when it was cancelled for %s, which does not pass',
    async (code) => {
      const error = await commitWhen(codes(code, 'None')).catch((thrown: unknown) => thrown);
      expect(error).not.toBeInstanceOf(TransientError);
      expect(error).toBeInstanceOf(Error);
    },
  );

  it('passes every other error on', async () => {
    await expect(commitWhen(new Error('no such table'))).rejects.toThrow('no such table');
  });
});
