import { join } from 'node:path';
import { BatchWriteItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { type FreshTables, freshTables, testDynamoDb } from '../../support/dynamodb.ts';

const path = join(import.meta.dirname, 'tables.yml');

async function put({ documentClient, tableNames }: FreshTables, id: string): Promise<void> {
  await documentClient.send(
    new PutCommand({ TableName: tableNames.BigGadgetsTable, Item: { id, gone: undefined } }),
  );
}

async function rows({ documentClient, tableNames }: FreshTables) {
  return (await documentClient.send(new ScanCommand({ TableName: tableNames.BigGadgetsTable }))).Items;
}

test('two sets share the server and nothing else', async () => {
  const [one, other] = await Promise.all([freshTables(path), freshTables(path)]);
  await put(one, 'mine');
  expect(await rows(one)).toEqual([{ id: 'mine' }]);
  expect(await rows(other)).toEqual([]);
  expect(other.endpoint).toBe(one.endpoint);
  expect((await testDynamoDb()).endpoint).toBe(one.endpoint);
});

test('a handler finds the tables and the server in its environment', async () => {
  const tables = await freshTables(path);
  expect(tables.env).toMatchObject({
    WIDGETS_TABLE_NAME: tables.tableNames.WidgetsTable,
    BIG_GADGETS_TABLE_NAME: tables.tableNames.BigGadgetsTable,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
  });
});

test('clear deletes every row, whatever the key', async () => {
  const tables = await freshTables(path);
  const TableName = tables.tableNames.WidgetsTable;
  const Item = { pk: 'a', sk: 'b', more: 1 };
  await tables.documentClient.send(new PutCommand({ TableName, Item }));
  await put(tables, 'x');
  await tables.clear();
  expect(await rows(tables)).toEqual([]);
  const found = await tables.documentClient.send(new GetCommand({ TableName, Key: { pk: 'a', sk: 'b' } }));
  expect(found.Item).toBeUndefined();
});

test('a released set comes back empty to the next caller, and to one only', async () => {
  const first = await freshTables(path);
  await put(first, 'old');
  await first.release();
  const [second, third] = await Promise.all([freshTables(path), freshTables(path)]);
  expect(second.tableNames).toEqual(first.tableNames);
  expect(await rows(second)).toEqual([]);
  expect(third.tableNames).not.toEqual(first.tableNames);
});

test('a released set is empty of what another client has written, once it is told of', async () => {
  const first = await freshTables(path);
  const client = createDynamoDbClient({ endpoint: first.endpoint, region: 'us-east-1' });
  first.watch(client);
  const [one, two] = [first.tableNames.BigGadgetsTable, first.tableNames.WidgetsTable];
  const widget = { pk: { S: 'a' }, sk: { S: 'b' } };
  await client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: two, Item: widget } }] }),
  );
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: { [`${one}`]: [{ PutRequest: { Item: { id: { S: 'x' } } } }] },
    }),
  );
  await first.release();
  const second = await freshTables(path);
  expect(second.tableNames).toEqual(first.tableNames);
  expect(await rows(second)).toEqual([]);
  const left = await client.send(new ScanCommand({ TableName: two }));
  expect(left.Count).toBe(0);
  client.destroy();
});
