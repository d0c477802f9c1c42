import { join } from 'node:path';
import { DescribeTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { createTables, TableMismatchError } from '../../../src/local/dynamodb/create-tables.ts';
import { loadTables } from '../../../src/local/dynamodb/load-tables.ts';
import { testDynamoDb } from '../../support/dynamodb.ts';

const path = join(import.meta.dirname, 'tables.yml');

test('makes every table with its keys and indexes, ready for use, and answers their names', async () => {
  const client = createDynamoDbClient(await testDynamoDb());
  const names = await createTables(client, loadTables(path, { prefix: 'made', stage: 'test' }));
  expect(names).toEqual({ WidgetsTable: 'made-widgets', BigGadgetsTable: 'made-big-gadgets' });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'made-widgets' }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'pk' }, { AttributeName: 'sk' }],
    GlobalSecondaryIndexes: [{ IndexName: 'colour-index', IndexStatus: 'ACTIVE' }],
  });
});

test('leaves tables that exist as they are, with their rows', async () => {
  const client = createDynamoDbClient(await testDynamoDb());
  const tables = loadTables(path, { prefix: 'again', stage: 'test' });
  const row = { id: { S: 'kept' } };
  await createTables(client, tables);
  await client.send(new PutItemCommand({ TableName: 'again-big-gadgets', Item: row }));
  await createTables(client, tables);
  expect((await client.send(new ScanCommand({ TableName: 'again-big-gadgets' }))).Items).toEqual([row]);
});

test('refuses a table that exists with another key or other indexes, and says which', async () => {
  const client = createDynamoDbClient(await testDynamoDb());
  const [widgets, gadgets] = loadTables(path, { prefix: 'other', stage: 'test' });
  if (!widgets || !gadgets) throw new Error('two tables expected');
  await createTables(client, [gadgets]);
  const request = { ...widgets.request, TableName: gadgets.tableName };
  const changed = createTables(client, [{ ...gadgets, request }]);
  await expect(changed).rejects.toBeInstanceOf(TableMismatchError);
  await expect(changed).rejects.toThrow(
    'Table other-big-gadgets exists and differs from its definition: ' +
      'key is id HASH, wanted pk HASH, sk RANGE; index colour-index is absent, wanted colour HASH',
  );
});
