import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createExecutionHistory } from '../adapters/dynamodb/execution-history.ts';
import { createExecutionLedger } from '../adapters/dynamodb/execution-ledger-store.ts';
import { createExecutionStarter } from '../adapters/stepfunctions/execution-starter.ts';
import { throwTransientErrors } from '../adapters/transient-errors.ts';
import type { ExecutionHistory, ExecutionLedger, ExecutionStarter } from '../application/ports/executions.ts';
import { type Environment, required } from './environment.ts';
import { createRuntime, type Runtime, type RuntimeOverrides } from './runtime.ts';

/** What people's requests work on. */
export interface ApiRuntime
  extends Pick<Runtime, 'environment' | 'clock' | 'log' | 'intents' | 'executions'> {
  readonly history: ExecutionHistory;
  readonly ledger: ExecutionLedger;
  readonly starter: ExecutionStarter;
}

export interface ApiRuntimeOverrides extends RuntimeOverrides {
  /** Takes `StartExecutionCommand`. */
  readonly stepFunctions?: Pick<SFNClient, 'send'>;
}

/** Variable that names the machine execute-action. */
const MACHINE = 'EXECUTE_ACTION_MACHINE_ARN';

/** The runtime of the API: the stores of all functions, and what only people ask for. */
export const createApiRuntime = (
  environment: Environment,
  overrides: ApiRuntimeOverrides = {},
): ApiRuntime => {
  const dynamoDb = overrides.dynamoDb ?? new DynamoDBClient({});
  throwTransientErrors(dynamoDb);
  const client = DynamoDBDocumentClient.from(dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  const { clock, log, intents, executions } = createRuntime(environment, { ...overrides, dynamoDb });
  const tables = {
    EXECUTION_ATTEMPTS_TABLE_NAME: required(environment, 'EXECUTION_ATTEMPTS_TABLE_NAME'),
    EXECUTION_OUTCOMES_TABLE_NAME: required(environment, 'EXECUTION_OUTCOMES_TABLE_NAME'),
    LEDGER_TABLE_NAME: required(environment, 'LEDGER_TABLE_NAME'),
  };
  const stepFunctions = overrides.stepFunctions ?? new SFNClient({});
  return {
    ...{ environment, clock, log, intents, executions },
    history: createExecutionHistory(client, tables),
    ledger: createExecutionLedger(client, tables),
    starter: createExecutionStarter(stepFunctions, required(environment, MACHINE)),
  };
};
