import { DeleteCommand, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach } from '@jest/globals';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { type FreshTables, freshTables } from './dynamodb.ts';
import { type BusRecord, recordedBus } from './fakes/recorded-bus.ts';
import { type LogLine, recordedLog } from './fakes/recorded-log.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';

type Row = Record<string, unknown>;

/** The real stores on tables of their own, a clock that stands still, and a bus that remembers. */
export interface World extends BusRecord {
  readonly tables: FreshTables;
  readonly names: TableNames;
  readonly environment: Readonly<Record<string, string>>;
  readonly runtime: Runtime;
  readonly clock: SettableClock;
  readonly lines: LogLine[];
  /** The same tables for a function that has only the named variables. */
  runtimeWith(names: readonly string[]): Runtime;
  put(table: keyof TableNames, row: Row): Promise<void>;
  remove(table: keyof TableNames, pk: string, sk: string): Promise<void>;
  row(table: keyof TableNames, pk: string, sk: string): Promise<Row | undefined>;
  rows(table: keyof TableNames): Promise<Row[]>;
  /** Every row of every table. */
  everything(): Promise<Record<string, Row[]>>;
}

const SETTINGS = {
  ORCHESTRATOR_MAX_PLANS_PER_RUN: '2',
  CYCLE_INTERVAL_SECONDS: '300',
  EVENT_BUS_NAME: 'test-bus',
  GATEWAY_URL: 'http://127.0.0.1:9/mcp',
  GATEWAY_TOKEN_URL: 'http://127.0.0.1:9/token',
  GATEWAY_CLIENT_SECRET_ID: 'test/gateway',
  DECISION_SCHEDULE_GROUP_NAME: 'test-decisions',
  DECISION_SCHEDULE_ROLE_ARN: 'arn:aws:iam::000000000000:role/test-schedules',
  DECISION_COST_GATE_ARN: 'arn:aws:lambda:us-east-1:000000000000:function:test-decision-cost-gate',
  DECISION_DEAD_LETTERS_ARN: 'arn:aws:sqs:us-east-1:000000000000:test-decision-dead-letters',
};

const accessTo = ({ documentClient }: FreshTables, names: TableNames) => {
  const rows = async (table: keyof TableNames): Promise<Row[]> => {
    const { Items = [] } = await documentClient.send(
      new ScanCommand({ TableName: names[table], ConsistentRead: true }),
    );
    return Items;
  };
  return {
    rows,
    put: async (table: keyof TableNames, Item: Row) =>
      void (await documentClient.send(new PutCommand({ TableName: names[table], Item }))),
    remove: async (table: keyof TableNames, pk: string, sk: string) =>
      void (await documentClient.send(new DeleteCommand({ TableName: names[table], Key: { pk, sk } }))),
    row: async (table: keyof TableNames, pk: string, sk: string) => {
      const request = { TableName: names[table], Key: { pk, sk }, ConsistentRead: true };
      return (await documentClient.send(new GetCommand(request))).Item;
    },
    everything: async () => {
      const tables = Object.keys(names) as (keyof TableNames)[];
      const scans = await Promise.all(tables.map(async (table) => [table, await rows(table)] as const));
      return Object.fromEntries(scans);
    },
  };
};

const only = (environment: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, environment[name]]));

const tableNames = (environment: Readonly<Record<string, string>>): TableNames =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => name.endsWith('_TABLE_NAME')),
  ) as unknown as TableNames;

export const newWorld = async (): Promise<World> => {
  const tables = await freshTables();
  const environment = { ...tables.env, ...SETTINGS };
  const names = tableNames(environment);
  const clock = settableClock();
  const told: BusRecord = { published: [], signals: [], escalations: [] };
  const { log, lines } = recordedLog();
  const overrides = { clock, log, eventBridge: recordedBus(told), dynamoDb: tables.client };
  const runtime = createRuntime(environment, overrides);
  const runtimeWith = (variables: readonly string[]) =>
    createRuntime(only(environment, variables), overrides);
  return {
    ...{ tables, names, environment, runtime, runtimeWith, clock, lines, ...told },
    ...accessTo(tables, names),
  };
};

/** A new world for every test of a file; what it gives is there from the first `beforeEach` on. */
export const useWorld = (): World => {
  const world = {} as World;
  beforeEach(async () => void Object.assign(world, await newWorld()));
  afterEach(() => world.tables.release());
  return world;
};
