import { randomUUID } from 'node:crypto';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import type { Clock } from '../../src/application/clock.ts';
import type { ToolGateway } from '../../src/application/ports/tools.ts';
import type { Totals } from '../../src/contracts/plan-cycle.ts';
import { sleepingInRealTime } from '../../src/local/clock/scaled-clock.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { createTables } from '../../src/local/dynamodb/create-tables.ts';
import { startDynamoDb } from '../../src/local/dynamodb/start-dynamodb.ts';
import { type BilledUnits, createLocalSystem, type LocalSystem } from '../../src/local/local-system.ts';
import { loadService } from '../../src/local/service/service-definition.ts';
import { startToolWorld, type ToolWorld } from '../../src/local/tool-world.ts';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.ts';

const SILENT = { info: () => {}, error: () => {} };

type CycleCounts = Pick<Totals, 'activated' | 'stepsStarted'>;

export interface BenchSystem {
  readonly system: LocalSystem;
  readonly databasePid: number | undefined;
  readonly connectors: ToolWorld['connectors'];
  /** Works on the same tables without being counted, and tells the bus nothing. */
  readonly quietRuntime: Runtime;
  readonly eventBusName: string;
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly documentClient: DynamoDBDocumentClient;
  readonly tables: TableNames;
  /** Runs one plan cycle to its end, and answers what it counted. */
  cycle(): Promise<CycleCounts>;
  stop(): Promise<void>;
}

export interface BenchSystemOptions {
  readonly clock: Clock;
  readonly maxPlansPerRun: number;
  tools?(inner: ToolGateway): ToolGateway;
  /** Hears of every execution of an action that has ended. */
  onEnded?(): void;
}

/** The local system on a database in memory, as `npm start` runs it, without anything that waits for real time. */
export const startBenchSystem = async ({
  clock,
  maxPlansPerRun,
  tools,
  onEnded,
}: BenchSystemOptions): Promise<BenchSystem> => {
  const service = loadService({
    stage: 'bench',
    environment: { ORCHESTRATOR_MAX_PLANS_PER_RUN: String(maxPlansPerRun), CYCLE_INTERVAL_SECONDS: '60' },
  });
  const { endpoint, pid, stop } = await startDynamoDb();
  const own = createDynamoDbClient({ endpoint });
  await createTables(own, [...service.tables]);
  const toolWorld = await startToolWorld({ clock });
  const system = await createLocalSystem({
    toolWorld,
    ...{ service, clock, region: 'us-east-1', retryDelays: 'none', newId: randomUUID },
    engineClock: sleepingInRealTime(clock),
    log: SILENT,
    dynamoDb: createDynamoDbClient({ endpoint }),
    ...(tools && { tools }),
    ...(onEnded && { onEnded }),
  });
  return {
    ...{ system, databasePid: pid, connectors: toolWorld.connectors },
    stop: async () => {
      await toolWorld.stop();
      await stop();
    },
    ...{ eventBusName: service.eventBusName, endpoint, environment: service.environment },
    quietRuntime: createRuntime(service.environment, {
      ...{ clock, log: SILENT, dynamoDb: createDynamoDbClient({ endpoint }) },
      eventBridge: { send: async () => ({}) } as unknown as Pick<EventBridgeClient, 'send'>,
    }),
    documentClient: DynamoDBDocumentClient.from(own, { marshallOptions: { removeUndefinedValues: true } }),
    tables: service.environment as unknown as TableNames,
    async cycle() {
      const { executionArn } = await system.stepFunctions.startExecution({
        stateMachineArn: system.planCycleArn,
      });
      const { status, output = '{}', error, cause } = await system.stepFunctions.settled(executionArn);
      if (status !== 'SUCCEEDED') throw new Error(`cycle ${status}: ${error} ${cause}`);
      return JSON.parse(output) as CycleCounts;
    },
  };
};

/** The units used between two readings. */
export const unitsBetween = (before: BilledUnits, after: BilledUnits): BilledUnits => ({
  state_transitions: after.state_transitions - before.state_transitions,
  lambda_invocations: after.lambda_invocations - before.lambda_invocations,
  rru: after.rru - before.rru,
  wru: after.wru - before.wru,
  put_events: after.put_events - before.put_events,
});
