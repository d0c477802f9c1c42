import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach } from '@jest/globals';
import type { Tool } from '../../scripts/cli/run-tool.ts';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import { scaledClock } from '../../src/local/clock/scaled-clock.ts';
import { reserveLoopbackPort } from '../../src/local/process/loopback-port.ts';
import { introducePlan } from '../../src/local/scenario/play.ts';
import { parseScenario } from '../../src/local/scenario/scenario.ts';
import { seedConnectors, seedRows } from '../../src/local/scenario/seed-rows.ts';
import { type LocalWorld, startLocalWorld } from '../../src/local/start/local-world.ts';
import { callTool, type Ran } from './call-tool.ts';

/** The local system as `npm start` composes it, with the tools' way to it. */
export interface LocalStage {
  readonly world: LocalWorld;
  readonly settings: Readonly<Record<string, string>>;
  run(tool: Tool, ...args: string[]): Promise<Ran>;
  /** The document that the tool prints with `--json`. */
  document(
    tool: Tool,
    ...args: string[]
  ): Promise<{ code: Ran['code']; json: ReturnType<typeof JSON.parse> }>;
  /** Runs a scheduled cycle, and everything that follows from it, to its end. */
  cycle(): Promise<void>;
  /** Waits until no execution is running. */
  settled(): Promise<void>;
  /** Every row of every table. */
  everything(): Promise<Record<string, unknown>>;
}

/** The local clock is elsewhere than the machine's, so that nobody mistakes one for the other. */
export const LOCAL_NOW = '2031-03-03T09:00:00.000Z';

const startStage = async (raw: object): Promise<LocalStage> => {
  const scenario = parseScenario({ start: LOCAL_NOW, until: '2031-06-01T00:00:00.000Z', ...raw });
  const clock = scaledClock(new Date(LOCAL_NOW), 1);
  const [awsPort, dynamoDbPort] = [await reserveLoopbackPort(), await reserveLoopbackPort()];
  const options = {
    ...{ everyMs: 10_000, schedule: false, speed: 1, awsPort, dynamoDbPort },
    ...{ scenario: undefined, dataDirectory: undefined },
  };
  const world = await startLocalWorld({ options, scenario, clock, onCommitted: () => {} });
  const { system, documentClient, tables } = world;
  await seedRows(documentClient, tables, scenario, LOCAL_NOW);
  await seedConnectors(documentClient, tables, scenario, world.toolWorld.connectors);
  for (const plan of scenario.plans) await introducePlan(system.runtime, plan);
  const settings = {
    AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${awsPort}`,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${awsPort}`,
    AWS_ENDPOINT_URL_DYNAMODB: world.dynamoDb.endpoint,
  };
  const settled = async (): Promise<void> => {
    const machines = system.stepFunctions.listStateMachines();
    const running = machines
      .flatMap(({ arn }) => system.stepFunctions.listExecutions(arn))
      .filter(({ status }) => status === 'RUNNING');
    if (running.length === 0) return;
    await Promise.all(running.map(({ executionArn }) => system.stepFunctions.settled(executionArn)));
    await settled();
  };
  const run = (tool: Tool, ...args: string[]) => callTool(tool, args, settings);
  return {
    ...{ world, settings, run, settled },
    async document(tool, ...args) {
      const { code, stdout } = await run(tool, ...args, '--json');
      return { code, json: JSON.parse(stdout) };
    },
    async cycle() {
      await system.stepFunctions.startExecution({ stateMachineArn: system.planCycleArn });
      await settled();
    },
    async everything() {
      const names = Object.entries(tables).filter(([variable]) => variable.endsWith('_TABLE_NAME'));
      const scans = names.map(async ([variable, TableName]) => {
        const { Items = [] } = await documentClient.send(
          new ScanCommand({ TableName, ConsistentRead: true }),
        );
        return [variable, Items];
      });
      return Object.fromEntries(await Promise.all(scans));
    },
  };
};

/** A local stage of its own for every test of a file, playing a scenario. */
export const useLocalStage = (scenario: object): LocalStage => {
  const stage = {} as LocalStage;
  beforeEach(async () => void Object.assign(stage, await startStage(scenario)));
  afterEach(() => stage.world.stop());
  return stage;
};

export const tableOf = ({ world }: LocalStage, variable: keyof TableNames): string => world.tables[variable];
