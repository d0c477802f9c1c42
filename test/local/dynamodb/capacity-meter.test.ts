import { join } from 'node:path';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import {
  type CapacityMeter,
  createCapacityMeter,
  meterCapacity,
} from '../../../src/local/dynamodb/capacity-meter.ts';
import { type FreshTables, freshTables } from '../../support/dynamodb.ts';

let tables: FreshTables;
let meter: CapacityMeter;
let TableName: string;

beforeEach(async () => {
  tables = await freshTables(join(import.meta.dirname, 'tables.yml'));
  meter = createCapacityMeter();
  meterCapacity(tables.client, meter);
  TableName = `${tables.tableNames.BigGadgetsTable}`;
});

const id = { S: 'a' };
const Item = { id, text: { S: 'x'.repeat(1500) } };
const ifAbsent = { ConditionExpression: 'attribute_not_exists(id)' };

function put(more: Partial<PutItemCommandInput> = {}) {
  return tables.client.send(new PutItemCommand({ TableName, Item, ...more }));
}

test('counts reads and writes in units of their size, and the calls by name', async () => {
  await put();
  await tables.client.send(new GetItemCommand({ TableName, Key: { id } }));
  await tables.client.send(new GetItemCommand({ TableName, Key: { id }, ConsistentRead: true }));
  expect(meter).toEqual({ rru: 1.5, wru: 2, estimatedWru: 0, calls: { PutItem: 1, GetItem: 2 } });
});

test('counts transactions twice, as AWS bills them', async () => {
  const { client } = tables;
  await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item } }] }));
  await client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: { id } } }] }));
  expect(meter).toMatchObject({ rru: 2, wru: 4, estimatedWru: 0 });
});

test('adds up batches over several tables, and the indexes of each', async () => {
  const widgets = `${tables.tableNames.WidgetsTable}`;
  const widget = { pk: id, sk: id, colour: { S: 'red' } };
  await tables.client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [widgets]: [{ PutRequest: { Item: widget } }],
        [TableName]: [{ PutRequest: { Item } }],
      },
    }),
  );
  await tables.client.send(
    new BatchGetItemCommand({
      RequestItems: { [widgets]: { Keys: [{ pk: id, sk: id }] }, [TableName]: { Keys: [{ id }] } },
    }),
  );
  expect(meter).toMatchObject({ rru: 1, wru: 4, calls: { BatchWriteItem: 1, BatchGetItem: 1 } });
});

test('bills a failed condition by the size of the item that was not written', async () => {
  await put();
  await expect(put(ifAbsent)).rejects.toThrow('conditional request failed');
  expect(meter).toMatchObject({ wru: 4, estimatedWru: 2, calls: { PutItem: 2 } });
});

test('bills a failed update by the size of the existing item when that comes back, else as 1 KB', async () => {
  await put();
  const update = { TableName, Key: { id }, UpdateExpression: 'SET n = :n', ...ifAbsent };
  const values = { ExpressionAttributeValues: { ':n': { N: '1' } } };
  const known = { ...update, ...values, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  await expect(tables.client.send(new UpdateItemCommand(known))).rejects.toThrow();
  expect(meter.estimatedWru).toBe(2);
  await expect(tables.client.send(new UpdateItemCommand({ ...update, ...values }))).rejects.toThrow();
  expect(meter.estimatedWru).toBe(3);
});

test('bills every item of a cancelled transaction twice', async () => {
  await put();
  const other = { Put: { TableName, Item: { id: { S: 'b' } } } };
  const cancelled = new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName, Item, ...ifAbsent } }, other],
  });
  await expect(tables.client.send(cancelled)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  expect(meter).toMatchObject({ wru: 2 + 6, estimatedWru: 6 });
});

test('bills nothing for a request that is refused', async () => {
  await expect(put({ TableName: 'no-such-table' })).rejects.toThrow();
  expect(meter).toEqual({ rru: 0, wru: 0, estimatedWru: 0, calls: { PutItem: 1 } });
});

test('meters a document client, failures included', async () => {
  const { documentClient } = tables;
  const item = { id: 'a', text: 'x'.repeat(1500) };
  await documentClient.send(new PutCommand({ TableName, Item: item }));
  const again = { Put: { TableName, Item: item, ...ifAbsent } };
  await expect(documentClient.send(new TransactWriteCommand({ TransactItems: [again] }))).rejects.toThrow();
  expect(meter).toMatchObject({ wru: 2 + 4, estimatedWru: 4, calls: { PutItem: 1, TransactWriteItems: 1 } });
});

test('leaves the detail to a caller who asks for it, and table operations alone', async () => {
  const { ConsumedCapacity } = await put({ ReturnConsumedCapacity: 'INDEXES' });
  await tables.client.send(new DescribeTableCommand({ TableName }));
  expect(ConsumedCapacity?.Table).toMatchObject({ CapacityUnits: 2 });
  expect(meter).toEqual({ rru: 0, wru: 2, estimatedWru: 0, calls: { PutItem: 1 } });
});
