import { randomUUID } from 'node:crypto';
import type { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../adapters/dynamodb/table-names.ts';
import type { Clock } from '../../application/clock.ts';
import type { LedgerEntry } from '../../domain/ledger/plan-ledger.ts';
import { type ApiRuntime, createApiRuntime } from '../../runtime/api-runtime.ts';
import { createAwsEndpoint } from '../aws-endpoint.ts';
import { sleepingInRealTime } from '../clock/scaled-clock.ts';
import { createDynamoDbClient } from '../dynamodb/client.ts';
import { createTables } from '../dynamodb/create-tables.ts';
import { type RunningDynamoDb, startDynamoDb } from '../dynamodb/start-dynamodb.ts';
import { startHttpApi } from '../http-api.ts';
import { createLocalSystem, type LocalSystem } from '../local-system.ts';
import { reserveLoopbackPort } from '../process/loopback-port.ts';
import { listenOnLoopback, stopServer } from '../process/loopback-server.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioInvocations } from '../scenario/scenario-invocations.ts';
import { scenarioTools } from '../scenario/scenario-world.ts';
import { loadService, type ServiceDefinition } from '../service/service-definition.ts';
import type { ExecutionRecord } from '../step-functions/executions/execution.ts';
import { startToolWorld, type ToolWorld } from '../tool-world.ts';
import { executionJournal } from './execution-journal.ts';
import type { StartOptions } from './options.ts';

export const REGION = 'us-east-1';

export interface LocalWorldOptions {
  readonly options: StartOptions;
  readonly scenario: Scenario;
  readonly clock: Clock;
  onCommitted(entries: readonly LedgerEntry[]): void;
  onEnded?(execution: ExecutionRecord): void;
}

/** The local system with everything it stands on, up and listening. */
export interface LocalWorld {
  readonly system: LocalSystem;
  readonly documentClient: DynamoDBDocumentClient;
  readonly tables: TableNames;
  readonly dynamoDb: RunningDynamoDb;
  readonly toolWorld: ToolWorld;
  /** Where the HTTP API listens. */
  readonly apiUrl: string;
  /** How many executions of an earlier start were not at their end. */
  readonly unfinished: number;
  /** Lets them go on. */
  resume(): void;
  stop(): Promise<void>;
}

const journalIn = (directory: string | undefined) =>
  directory === undefined ? { journal: undefined, unfinished: [] } : executionJournal(directory);

const serviceFor = ({ everyMs, speed }: StartOptions, scenario: Scenario) =>
  loadService({
    stage: 'local',
    environment: {
      ORCHESTRATOR_MAX_PLANS_PER_RUN: String(scenario.max_plans_per_run),
      CYCLE_INTERVAL_SECONDS: String(Math.max(1, Math.round((everyMs * speed) / 1000))),
    },
  });

const quietLog = { info: () => {}, error: () => {} };

/** What people's requests over HTTP work on: the same tables and machines. */
const apiRuntime = (
  { stepFunctions, planCycleArn }: LocalSystem,
  { environment }: ServiceDefinition,
  { endpoint }: RunningDynamoDb,
  clock: Clock,
): ApiRuntime => {
  const send = ({ input }: StartExecutionCommand) => stepFunctions.startExecution(input as never);
  const machine = planCycleArn.replace(/plan-cycle$/, 'execute-action');
  return createApiRuntime(
    { ...environment, EXECUTE_ACTION_MACHINE_ARN: machine },
    {
      ...{ clock, log: quietLog, dynamoDb: createDynamoDbClient({ endpoint, region: REGION }) },
      stepFunctions: { send } as unknown as Pick<SFNClient, 'send'>,
    },
  );
};

/**
 * Starts DynamoDB, the machines and the AWS endpoint.
 *
 * @throws PortInUseError when one of the two ports is taken.
 */
export const startLocalWorld = async ({
  options,
  scenario,
  clock,
  onCommitted,
  onEnded,
}: LocalWorldOptions): Promise<LocalWorld> => {
  const { dataDirectory, awsPort, dynamoDbPort } = options;
  await reserveLoopbackPort(awsPort);
  const service = serviceFor(options, scenario);
  const dynamoDb = await startDynamoDb({ port: dynamoDbPort, dataDirectory });
  const { journal, unfinished } = journalIn(dataDirectory);
  const own = createDynamoDbClient({ endpoint: dynamoDb.endpoint, region: REGION });
  await createTables(own, [...service.tables]);
  const toolWorld = await startToolWorld({ clock, speed: options.speed });
  const lose = (executionArn: string) => void system.stepFunctions.stopExecution(executionArn, 'Lost');
  const system: LocalSystem = await createLocalSystem({
    ...{
      service,
      clock,
      region: REGION,
      retryDelays: 'real',
      log: quietLog,
      newId: randomUUID,
      onCommitted,
    },
    engineClock: sleepingInRealTime(clock),
    dynamoDb: createDynamoDbClient({ endpoint: dynamoDb.endpoint, region: REGION }),
    toolWorld,
    tools: (inner) => scenarioTools(scenario, inner),
    around: scenarioInvocations({ scenario, clock, lose }),
    ...(onEnded && { onEnded }),
    ...(journal && { journal }),
  });
  const api = await startHttpApi({ port: 0, clock, runtime: apiRuntime(system, service, dynamoDb, clock) });
  const server = createAwsEndpoint(system, clock, api.url);
  await listenOnLoopback(server, awsPort);
  return {
    ...{ system, dynamoDb, toolWorld, apiUrl: api.url, unfinished: unfinished.length },
    resume: () => unfinished.forEach((execution) => void system.stepFunctions.resume(execution)),
    documentClient: DynamoDBDocumentClient.from(own, { marshallOptions: { removeUndefinedValues: true } }),
    tables: service.environment as unknown as TableNames,
    async stop() {
      // First of all: an execution that saw DynamoDB go would end as FAILED instead of going on at the next start.
      system.stepFunctions.close();
      system.forgetWaiting();
      await stopServer(server);
      await api.stop();
      await toolWorld.stop();
      await dynamoDb.stop();
    },
  };
};
