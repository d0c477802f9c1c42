import http from 'node:http';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
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
  /** Tells of a client other than these that writes to the tables. */
  watch(writer: DynamoDBClient): void;
  /**
   * Empties the tables that a known client has written to, and hands all of them to the next caller of freshTables: quicker than a new set,
   * which takes 20 ms and the longer the more tables there are. `await using tables = await freshTables()` does it too.
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
  /** How many sets of tables were made. */
  made: number;
  /** Sets of empty tables that were released, by the file that defines them. */
  readonly released: Map<string, TableDefinition[][]>;
}

function worker(): Worker {
  workerWide[shared] ??= {
    server: startDynamoDb({ endpoint: '', servers: serversUnderTest() }),
    made: 0,
    released: new Map(),
  };
  return workerWide[shared];
}

/** The embedded server of this Jest worker, started by the first caller. */
export function testDynamoDb(): Promise<RunningDynamoDb> {
  return worker().server;
}

let ownClient: DynamoDBClient | undefined;

/** Makes and empties the tables of this file's tests; from set to set the same, and so are its connections. */
function housekeeper(endpoint: string): DynamoDBClient {
  ownClient ??= createDynamoDbClient({ endpoint, region });
  return ownClient;
}

/**
 * Gives a set of the tables in `path`, empty and nobody else's, on this worker's server: a released set if there is
 * one, else a new one under a prefix of its own.
 */
export async function freshTables(path = 'resources/tables.yml'): Promise<FreshTables> {
  const { endpoint } = await testDynamoDb();
  const client = createDynamoDbClient({ endpoint, region });
  const released = releasedSets(path);
  const tables = released.pop() ?? (await newTables(housekeeper(endpoint), path));
  const written = new Set<string>();
  const watch = (writer: DynamoDBClient) => noteWrites(writer, written);
  watch(client);
  const clear = () => clearTables(housekeeper(endpoint), tables);
  const release = async () => {
    const used = tables.filter(({ tableName }) => written.has(tableName));
    await clearTables(housekeeper(endpoint), used);
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
    ...{ watch, clear, release },
    [Symbol.asyncDispose]: release,
  };
}

function releasedSets(path: string): TableDefinition[][] {
  const { released } = worker();
  const sets = released.get(path) ?? [];
  released.set(path, sets);
  return sets;
}

/** Prefixes are the same in every run, and so are the machines that name them: they need not be validated anew. */
async function newTables(client: DynamoDBClient, path: string): Promise<TableDefinition[]> {
  const own = worker();
  own.made += 1;
  const tables = loadTables(path, { prefix: `test-${own.made}`, stage: 'test' });
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

const WRITES = /^(Put|Update|Delete|BatchWrite|TransactWrite)/;

interface Written {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string } | undefined>>[];
}

function noteWrites(client: DynamoDBClient, written: Set<string>): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const { TableName, RequestItems = {}, TransactItems = [] } = args.input as Written;
        const inTransaction = TransactItems.flatMap((item) =>
          Object.values(item).map((one) => one?.TableName),
        );
        const names = [TableName, ...Object.keys(RequestItems), ...inTransaction];
        if (WRITES.test(commandName)) for (const name of names) if (name !== undefined) written.add(name);
        return next(args);
      },
    { step: 'initialize', name: 'noteWrites' },
  );
}

interface Row {
  readonly table: string;
  readonly Key: Record<string, AttributeValue>;
}

async function clearTables(client: DynamoDBClient, tables: readonly TableDefinition[]): Promise<void> {
  const rows = (await Promise.all(tables.map((table) => rowsIn(client, table)))).flat();
  for (let from = 0; from < rows.length; from += MAX_BATCH) {
    const RequestItems: Record<string, WriteRequest[]> = {};
    for (const { table, Key } of rows.slice(from, from + MAX_BATCH)) {
      RequestItems[table] ??= [];
      RequestItems[table].push({ DeleteRequest: { Key } });
    }
    await client.send(new BatchWriteItemCommand({ RequestItems }));
  }
}

async function rowsIn(client: DynamoDBClient, { tableName, request }: TableDefinition): Promise<Row[]> {
  const names = (request.KeySchema ?? []).map(({ AttributeName }) => `${AttributeName}`);
  const placeholders = names.map((name, index) => [`#key${index}`, name] as const);
  const scan = {
    TableName: tableName,
    ExpressionAttributeNames: Object.fromEntries(placeholders),
    ProjectionExpression: placeholders.map(([placeholder]) => placeholder).join(),
  };
  const rows: Row[] = [];
  for await (const { Items = [] } of paginateScan({ client }, scan))
    rows.push(...Items.map((Key) => ({ table: tableName, Key })));
  return rows;
}
