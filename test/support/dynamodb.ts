import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { BatchWriteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { createTables, type TableNames, tableNamesOf } from '../../src/local/dynamodb/create-tables.ts';
import { loadTables, type TableDefinition } from '../../src/local/dynamodb/load-tables.ts';
import type { ServerKind } from '../../src/local/dynamodb/server-commands.ts';
import { type RunningDynamoDb, startDynamoDb } from '../../src/local/dynamodb/start-dynamodb.ts';
import { tableEnvironment } from '../../src/local/dynamodb/table-environment.ts';

/** A set of empty tables that no other test knows of. */
export interface FreshTables {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly documentClient: DynamoDBDocumentClient;
  /** Table name by logical id. */
  readonly tableNames: TableNames;
  /** What a handler needs in its environment to work on these tables. */
  readonly env: Readonly<Record<string, string>>;
  /** Deletes all rows of all tables (2 ms when there are few). */
  clear(): Promise<void>;
  /**
   * Empties the tables and hands them to the next caller of freshTables: 2 ms instead of the 20 ms that a new set
   * takes, which grow with the number of tables there are. `await using tables = await freshTables()` does it too.
   */
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const region = 'us-east-1';

/**
 * `dynamodb-local` in TEST_DYNAMODB runs the same suites against DynamoDB Local: a second opinion, slower, needs Java.
 */
export function serversUnderTest(): readonly ServerKind[] {
  return process.env.TEST_DYNAMODB === 'dynamodb-local' ? ['dynamodb-local'] : ['dynoxide'];
}

/**
 * Jest gives every test file its own globals and its own copy of each module; objects of Node's core modules are the
 * only thing that the files of one worker share. So the worker's server hangs on one of them. It does not hold the
 * worker up, and ends when the worker does, however that ends.
 */
const shared = Symbol.for('cc-native.test.dynamodb');
const workerWide = http.globalAgent as { [shared]?: Worker };

interface Worker {
  readonly server: Promise<RunningDynamoDb>;
  /** Sets of empty tables that were released, by the file that defines them. */
  readonly released: Map<string, TableDefinition[][]>;
}

function worker(): Worker {
  workerWide[shared] ??= {
    server: startDynamoDb({ endpoint: '', servers: serversUnderTest() }),
    released: new Map(),
  };
  return workerWide[shared];
}

/** The embedded server of this Jest worker, started by the first caller. */
export function testDynamoDb(): Promise<RunningDynamoDb> {
  return worker().server;
}

/**
 * Gives a set of the tables in `path`, empty and nobody else's, on this worker's server: a released set if there is
 * one, else a new one under a prefix of its own.
 */
export async function freshTables(path = 'resources/tables.yml'): Promise<FreshTables> {
  const { endpoint } = await testDynamoDb();
  const client = createDynamoDbClient({ endpoint, region });
  const released = releasedSets(path);
  const tables = released.pop() ?? (await newTables(client, path));
  const clear = () => inParallel(tables, (table) => clearTable(client, table));
  const release = async () => {
    await clear();
    client.destroy();
    released.push(tables);
  };
  const tableNames = tableNamesOf(tables);
  return {
    endpoint,
    client,
    documentClient: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    tableNames,
    env: { ...tableEnvironment(tableNames), ...connection(endpoint) },
    clear,
    release,
    [Symbol.asyncDispose]: release,
  };
}

function releasedSets(path: string): TableDefinition[][] {
  const { released } = worker();
  const sets = released.get(path) ?? [];
  released.set(path, sets);
  return sets;
}

async function newTables(client: DynamoDBClient, path: string): Promise<TableDefinition[]> {
  const tables = loadTables(path, { prefix: `test-${randomBytes(6).toString('hex')}`, stage: 'test' });
  await createTables(client, tables);
  return tables;
}

function connection(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

/** Most writes that BatchWriteItem takes at once. */
const MAX_BATCH = 25;

async function clearTable(client: DynamoDBClient, table: TableDefinition): Promise<void> {
  const keys = (table.request.KeySchema ?? []).map(({ AttributeName }) => `${AttributeName}`);
  const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand({ TableName: table.tableName }));
  const deletions = Items.map((row) => ({
    DeleteRequest: { Key: Object.fromEntries(Object.entries(row).filter(([name]) => keys.includes(name))) },
  }));
  for (let from = 0; from < deletions.length; from += MAX_BATCH) {
    const RequestItems = { [table.tableName]: deletions.slice(from, from + MAX_BATCH) };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
  }
  if (LastEvaluatedKey) await clearTable(client, table);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map(work));
}
