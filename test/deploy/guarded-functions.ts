import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { createRuntime, type RuntimeOverrides } from '../../src/runtime/runtime.ts';
import type { FreshTables } from '../support/dynamodb.ts';
import { deployedFunctions } from './deployed-functions.ts';

/** resources/access.yml: function → table, index or bus → actions. */
type Access = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Input = Readonly<Record<string, unknown>>;

const grantedAccess: Access = parse(readFileSync(resolve('resources/access.yml'), 'utf8'));

const line = (key: string, owner: string, action: string): string => `${key} ${action} ${owner}`;

/** Every grant of resources/access.yml, as one line each. */
export const grants = (): string[] =>
  Object.entries(grantedAccess).flatMap(([key, resources]) =>
    Object.entries(resources).flatMap(([owner, actions]) =>
      actions.map((action) => line(key, owner, action)),
    ),
  );

const ITEM_ACTIONS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** The permissions that a request needs, as [table name or table name/index, action]. */
const needs = (command: string, input: Input): [string, string][] => {
  if (command === 'TransactWriteItems')
    return (input.TransactItems as Record<string, { TableName: string }>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]): [string, string] => [
        TableName,
        ITEM_ACTIONS[kind as keyof typeof ITEM_ACTIONS],
      ]),
    );
  if (command === 'BatchGetItem')
    return Object.keys(input.RequestItems as Input).map((name) => [name, command]);
  return [[input.IndexName ? `${input.TableName}/${input.IndexName}` : String(input.TableName), command]];
};

export interface GuardedFunctions {
  /** Calls a function, which may do what its role allows and is refused anything else, as on AWS. */
  // biome-ignore lint/suspicious/noExplicitAny: payloads are what one state hands to the next
  call(key: string, payload: unknown): Promise<any>;
  /** What the functions did, one line for each kind of thing. */
  readonly used: ReadonlySet<string>;
}

const SETTINGS = {
  ORCHESTRATOR_MAX_PLANS_PER_RUN: '10',
  CYCLE_INTERVAL_SECONDS: '60',
  EVENT_BUS_NAME: 'bus',
};

/** The functions on some tables, each with its own variables and held to its entry in resources/access.yml. */
export const guardedFunctions = async (
  tables: FreshTables,
  overrides: Pick<RuntimeOverrides, 'clock' | 'log'>,
  access: Access = grantedAccess,
): Promise<GuardedFunctions> => {
  const used = new Set<string>();
  const logicalIds = new Map(Object.entries(tables.tableNames).map(([logicalId, name]) => [name, logicalId]));
  const ownerOf = (name: string) => name.replace(/^[^/]+/, (table) => logicalIds.get(table) ?? table);

  const allow = (key: string, owner: string, action: string): void => {
    used.add(line(key, owner, action));
    if (access[key]?.[owner]?.includes(action)) return;
    throw Object.assign(new Error(line(key, owner, `may not ${action}`)), { name: 'AccessDeniedException' });
  };

  const guard = (key: string, client: DynamoDBClient): DynamoDBClient => {
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const command = String(commandName).replace(/Command$/, '');
          for (const [name, action] of needs(command, args.input as Input)) allow(key, ownerOf(name), action);
          return next(args);
        },
      { step: 'initialize', name: 'guard' },
    );
    return client;
  };

  const environment: Record<string, string> = { ...tables.env, ...SETTINGS };
  const eventBridge = (key: string) => ({
    send: async () => {
      allow(key, 'EventBus', 'PutEvents');
      return { FailedEntryCount: 0 };
    },
  });
  const handlers = new Map(
    (await deployedFunctions()).map(({ key, handler, environment: names }) => {
      const runtime = createRuntime(Object.fromEntries(names.map((name) => [name, environment[name]])), {
        ...overrides,
        dynamoDb: guard(key, createDynamoDbClient({ endpoint: tables.endpoint })),
        eventBridge: eventBridge(key) as unknown as NonNullable<RuntimeOverrides['eventBridge']>,
      });
      return [key, handler.with(runtime)] as const;
    }),
  );
  return {
    used,
    call: async (key, payload) => {
      const handler = handlers.get(key);
      if (!handler) throw new Error(`there is no function ${key}`);
      return handler(payload);
    },
  };
};
