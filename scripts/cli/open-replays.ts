import type { SFNClient } from '@aws-sdk/client-sfn';
import { createExecutionLedger } from '../../src/adapters/dynamodb/execution-ledger-store.ts';
import { createExecutionStarter } from '../../src/adapters/stepfunctions/execution-starter.ts';
import { ConfigurationError } from '../../src/application/errors.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { RequestReplayDeps } from '../../src/application/request-replay.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { openMachines } from './open-machines.ts';
import { openTables } from './open-tables.ts';
import { findMachine } from './plan-cycle-execution.ts';
import { serviceOf } from './stage-service.ts';

/** What replays of a stage need, from the request to the outcome. */
export interface StageReplays extends RequestReplayDeps {
  readonly executions: Runtime['executions'];
  readonly plans: PlanStore;
  readonly client: SFNClient;
  /** What the AWS CLI needs to find the same Step Functions. */
  readonly cliOptions: string;
}

const MACHINE = 'ExecuteActionMachine';

const machineName = (stage: string): string => {
  const machine = serviceOf(stage).machines.find(({ logicalId }) => logicalId === MACHINE);
  if (machine) return machine.name;
  throw new ConfigurationError(`the service has no state machine ${MACHINE}`);
};

/** @throws DynamoDbUnavailableError, LocalSystemUnavailableError naming the endpoint of a local system that does not answer. */
export const openReplays = async (stage: string, environment: Environment): Promise<StageReplays> => {
  const { stores, client: documentClient, tables } = await openTables(stage, environment);
  const { client, cliOptions } = await openMachines(stage, environment);
  const { clock, intents, executions, plans } = stores;
  return {
    ...{ clock, intents, executions, plans, client, cliOptions },
    ledger: createExecutionLedger(documentClient, tables),
    starter: createExecutionStarter(client, await findMachine(client, machineName(stage))),
  };
};
