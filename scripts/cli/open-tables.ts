import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import { throwTransientErrors } from '../../src/adapters/transient-errors.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { localEndpoints } from './local-endpoints.ts';
import { openStores } from './open-stores.ts';
import { LOCAL_STAGE } from './stage-name.ts';

/** A stage's stores, and its tables for what no function of the stage does. */
export interface StageTables {
  readonly stores: Runtime;
  readonly client: DynamoDBDocumentClient;
  readonly tables: TableNames;
}

const clientOf = (stage: string, environment: Environment): DynamoDBClient => {
  if (stage !== LOCAL_STAGE) return new DynamoDBClient({});
  const { dynamoDb, region } = localEndpoints(environment);
  return createDynamoDbClient({ endpoint: dynamoDb, region });
};

/** @throws DynamoDbUnavailableError, LocalSystemUnavailableError naming the endpoint of a local system that does not answer. */
export const openTables = async (stage: string, environment: Environment): Promise<StageTables> => {
  const stores = await openStores(stage, environment, { changes: true });
  const dynamoDb = clientOf(stage, environment);
  throwTransientErrors(dynamoDb);
  const client = DynamoDBDocumentClient.from(dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
  return { stores, client, tables: stores.environment as unknown as TableNames };
};
