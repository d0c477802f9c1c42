import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { DynamoDbUnavailableError } from '../../src/local/dynamodb/dynamodb-unavailable-error.ts';
import { answersAsDynamoDb } from '../../src/local/dynamodb/probe.ts';
import type { ServiceDefinition } from '../../src/local/service/service-definition.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { localClock } from './local-clock.ts';
import { localClientOptions, localEndpoints } from './local-endpoints.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { serviceOf } from './stage-service.ts';

const PROBE_MS = 5_000;

/** The tools print what they have to say themselves. */
const log = { info: () => {}, error: () => {} };

const assertDynamoDb = async (endpoint: string): Promise<void> => {
  if (await answersAsDynamoDb(endpoint, PROBE_MS)) return;
  throw new DynamoDbUnavailableError(
    `No DynamoDB answers at ${endpoint}: start the local system with npm start, or name another endpoint in AWS_ENDPOINT_URL_DYNAMODB`,
  );
};

const openLocal = async (
  service: ServiceDefinition,
  environment: Environment,
  changes: boolean,
): Promise<Runtime> => {
  const endpoints = localEndpoints(environment);
  await assertDynamoDb(endpoints.dynamoDb);
  const { eventBridge, dynamoDb, region } = endpoints;
  return createRuntime(service.environment, {
    log,
    ...(changes && { clock: await localClock(endpoints.stepFunctions) }),
    dynamoDb: createDynamoDbClient({ endpoint: dynamoDb, region }),
    eventBridge: new EventBridgeClient(localClientOptions(eventBridge, endpoints, environment)),
  });
};

/**
 * A stage's stores, bus and clock. On AWS the SDK finds region and credentials as it always does.
 *
 * @param changes whether something is to be changed or judged by the stage's time.
 * @throws DynamoDbUnavailableError, LocalSystemUnavailableError naming the endpoint of a local system that does not answer.
 */
export const openStores = async (
  stage: string,
  environment: Environment,
  { changes }: { changes: boolean },
): Promise<Runtime> => {
  const service = serviceOf(stage);
  return stage === LOCAL_STAGE
    ? openLocal(service, environment, changes)
    : createRuntime(service.environment, { log });
};
