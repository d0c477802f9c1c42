import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from './load-tables.ts';
import { tableDifferences } from './table-differences.ts';

/** Table name by logical id. */
export type TableNames = Readonly<Record<string, string>>;

/** A table is there from before, with keys or indexes that the template no longer gives it. */
export class TableMismatchError extends Error {
  override readonly name = 'TableMismatchError';
  readonly tableName: string;

  constructor(tableName: string, differences: readonly string[]) {
    super(`Table ${tableName} exists and differs from its definition: ${differences.join('; ')}`);
    this.tableName = tableName;
  }
}

/**
 * Creates the tables that are missing, all at once, and returns when every one can be used. Tables that exist keep
 * their rows, so it can run at every start.
 *
 * @throws TableMismatchError when an existing table has other keys or indexes than its definition.
 */
export async function createTables(
  client: DynamoDBClient,
  tables: readonly TableDefinition[],
): Promise<TableNames> {
  await Promise.all(tables.map((table) => createTable(client, table)));
  return tableNamesOf(tables);
}

export function tableNamesOf(tables: readonly TableDefinition[]): TableNames {
  return Object.fromEntries(tables.map(({ logicalId, tableName }) => [logicalId, tableName]));
}

async function createTable(client: DynamoDBClient, table: TableDefinition): Promise<void> {
  const created = await createIfAbsent(client, table);
  const found = created ?? (await describe(client, table.tableName));
  if (!created) assertSameShape(table, found);
  if (found.TableStatus !== 'ACTIVE') await untilActive(client, table.tableName);
}

function assertSameShape({ tableName, request }: TableDefinition, found: TableDescription): void {
  const differences = tableDifferences(request, found);
  if (differences.length > 0) throw new TableMismatchError(tableName, differences);
}

async function createIfAbsent(
  client: DynamoDBClient,
  { request }: TableDefinition,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new CreateTableCommand(request))).TableDescription;
  } catch (error) {
    if (error instanceof ResourceInUseException) return undefined;
    throw error;
  }
}

async function describe(client: DynamoDBClient, tableName: string): Promise<TableDescription> {
  return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table ?? {};
}

async function untilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: tableName });
}
