import { createDynamoDbClient } from '../dynamodb/client.ts';
import { createTables } from '../dynamodb/create-tables.ts';
import { startDynamoDb } from '../dynamodb/start-dynamodb.ts';
import { loadService } from '../service/service-definition.ts';
import type { CycleLine } from './cycle-line.ts';
import type { SimulationReport } from './report.ts';
import type { Scenario } from './scenario.ts';
import { simulate } from './simulation.ts';

const MINUTE_SECONDS = 60;

export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly seed: number;
  onCycle?(line: CycleLine): void;
}

/** Plays a scenario on a DynamoDB of its own, which is gone afterwards. */
export const runScenario = async ({ scenario, seed, onCycle }: ScenarioRun): Promise<SimulationReport> => {
  const service = loadService({
    stage: 'simulation',
    environment: {
      ORCHESTRATOR_MAX_PLANS_PER_RUN: String(scenario.max_plans_per_run),
      CYCLE_INTERVAL_SECONDS: String(Math.max(1, Math.round(scenario.cycle_minutes * MINUTE_SECONDS))),
    },
  });
  // Not the one that the environment may name: what that holds would change the outcome, and outlive it.
  const server = await startDynamoDb({ endpoint: '' });
  try {
    const client = createDynamoDbClient({ endpoint: server.endpoint });
    await createTables(client, [...service.tables]);
    const log = { info: () => {}, error: () => {} };
    return await simulate({
      service,
      scenario,
      seed,
      dynamoDbEndpoint: server.endpoint,
      log,
      ...(onCycle && { onCycle }),
    });
  } finally {
    await server.stop();
  }
};
