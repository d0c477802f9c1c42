import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { parse } from 'yaml';
import { createDecisionRequeue } from '../../src/adapters/scheduler/decision-requeue.ts';
import type { SecretStore } from '../../src/application/ports/configuration.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import type { AdapterContext } from '../../src/runtime/adapter.ts';
import { noMetrics } from '../../src/runtime/metrics.ts';
import { createRuntime, type RuntimeOverrides } from '../../src/runtime/runtime.ts';
import { directGateway } from '../support/direct-gateway.ts';
import type { FreshTables } from '../support/dynamodb.ts';
import { type DeployedFunction, deployedFunctions } from './deployed-functions.ts';

/** Function → table, index, bus or secrets → actions. */
type Access = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Input = Readonly<Record<string, unknown>>;

/** resources/access.yml as it stands. */
export const grantedAccess: Access = parse(readFileSync(resolve('resources/access.yml'), 'utf8'));

const line = (key: string, owner: string, action: string): string => `${key} ${action} ${owner}`;

/** What is used by others in a function's name: the gateway is not here, and it is Lambda that writes dead letters. */
const USED_ELSEWHERE: readonly string[] = ['GatewayClientSecret', 'DecisionDeadLetters'];

/** Every grant of resources/access.yml, as one line each, save those that are used elsewhere. */
export const grants = (): string[] =>
  Object.entries(grantedAccess).flatMap(([key, resources]) =>
    Object.entries(resources)
      .filter(([owner]) => !USED_ELSEWHERE.includes(owner))
      .flatMap(([owner, actions]) => actions.map((action) => line(key, owner, action))),
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
  /** What functions were refused, one line each; they may have swallowed it. */
  readonly refused: readonly string[];
}

export interface Guarded {
  readonly overrides: Pick<RuntimeOverrides, 'clock' | 'log' | 'proposals'> & {
    readonly secrets: SecretStore;
  };
  /** What functions do is added to it, one line for each kind of thing. */
  readonly used?: Set<string>;
  /** Default: `grantedAccess`. */
  readonly access?: Access;
}

/** Where operators keep what connectors know of tenants. */
export const CONNECTOR_SECRETS = 'cc-native-test/connectors/';

const SETTINGS = {
  ORCHESTRATOR_MAX_PLANS_PER_RUN: '10',
  CYCLE_INTERVAL_SECONDS: '60',
  EVENT_BUS_NAME: 'bus',
  GATEWAY_URL: 'http://127.0.0.1:9/mcp',
  GATEWAY_TOKEN_URL: 'http://127.0.0.1:9/token',
  GATEWAY_CLIENT_SECRET_ID: 'GatewayClientSecret',
  DECISION_SCHEDULE_GROUP_NAME: 'decisions',
  DECISION_SCHEDULE_ROLE_ARN: 'DecisionScheduleRole',
  DECISION_COST_GATE_ARN: 'DecisionCostGateLambdaFunction',
  DECISION_DEAD_LETTERS_ARN: 'DecisionDeadLetters',
};

type Allow = (owner: string, action: string) => void;

const guardedDynamoDb = ({ endpoint, tableNames, watch }: FreshTables, allow: Allow): DynamoDBClient => {
  const logicalIds = new Map(Object.entries(tableNames).map(([logicalId, name]) => [name, logicalId]));
  const ownerOf = (name: string) => name.replace(/^[^/]+/, (table) => logicalIds.get(table) ?? table);
  const client = createDynamoDbClient({ endpoint });
  watch(client);
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const command = String(commandName).replace(/Command$/, '');
        for (const [name, action] of needs(command, args.input as Input)) allow(ownerOf(name), action);
        return next(args);
      },
    { step: 'initialize', name: 'guard' },
  );
  return client;
};

const guardedBus = (allow: Allow) => {
  const send = async () => {
    allow('EventBus', 'PutEvents');
    return { FailedEntryCount: 0 };
  };
  return { send } as unknown as NonNullable<RuntimeOverrides['eventBridge']>;
};

/** Whoever makes a schedule hands on the role in which it runs. */
const guardedSchedules = (environment: Readonly<Record<string, string>>, allow: Allow) => {
  const send = async () => {
    allow('DecisionSchedules', 'CreateSchedule');
    allow('DecisionScheduleRole', 'PassRole');
    return {};
  };
  return createDecisionRequeue({ send } as unknown as Pick<SchedulerClient, 'send'>, {
    groupName: environment.DECISION_SCHEDULE_GROUP_NAME ?? '',
    roleArn: environment.DECISION_SCHEDULE_ROLE_ARN ?? '',
    targetArn: environment.DECISION_COST_GATE_ARN ?? '',
    deadLettersArn: environment.DECISION_DEAD_LETTERS_ARN ?? '',
  });
};

const guardedSecrets = (secrets: SecretStore, allow: Allow): SecretStore => ({
  async get(secretId) {
    allow(secretId.startsWith(CONNECTOR_SECRETS) ? 'ConnectorSecrets' : secretId, 'GetSecretValue');
    return secrets.get(secretId);
  },
});

/**
 * The functions on some tables, each with its own variables and held to its entry in resources/access.yml. Tools are called past the
 * gateway, in the adapters' own roles.
 */
export const guardedFunctions = async (
  tables: FreshTables,
  { overrides, used = new Set(), access = grantedAccess }: Guarded,
): Promise<GuardedFunctions> => {
  const refused: string[] = [];
  const allowTo =
    (key: string): Allow =>
    (owner, action) => {
      used.add(line(key, owner, action));
      if (access[key]?.[owner]?.includes(action)) return;
      const refusal = line(key, owner, `may not ${action}`);
      refused.push(refusal);
      throw Object.assign(new Error(refusal), { name: 'AccessDeniedException' });
    };

  let requests = 0;
  const call = async (key: string, payload: unknown, context: AdapterContext = {}) => {
    const handler = handlers.get(key);
    if (!handler) throw new Error(`there is no function ${key}`);
    requests += 1;
    return handler(payload, { ...context, awsRequestId: `request-${requests}` });
  };
  const gateway = directGateway((connector, event, clientContext) =>
    call(`${connector}Adapter`, event, { clientContext }),
  );

  const environment: Record<string, string> = { ...tables.env, ...SETTINGS };
  const bound = ({ key, handler, environment: names }: DeployedFunction) => {
    const allow = allowTo(key);
    const runtime = createRuntime(Object.fromEntries(names.map((name) => [name, environment[name]])), {
      ...overrides,
      ...{ gateway, metrics: noMetrics, allowPrivateAddresses: true },
      dynamoDb: guardedDynamoDb(tables, allow),
      eventBridge: guardedBus(allow),
      requeue: guardedSchedules(environment, allow),
      secrets: guardedSecrets(overrides.secrets, allow),
    });
    return handler.with(runtime) as (payload: unknown, context: AdapterContext) => Promise<unknown>;
  };
  const handlers = new Map((await deployedFunctions()).map((of) => [of.key, bound(of)] as const));
  return { call: (key, payload) => call(key, payload), refused };
};
