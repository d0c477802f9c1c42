import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { dueShards } from '../../adapters/dynamodb/keys.ts';

const earliestInShard = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  shard: string,
  isActive: (tenantId: string) => boolean,
): Promise<string | undefined> => {
  const query = {
    TableName,
    IndexName: 'due-index',
    KeyConditionExpression: 'due_shard = :shard',
    ExpressionAttributeValues: { ':shard': shard },
  };
  for await (const { Items = [] } of paginateQuery({ client, pageSize: 25 }, query)) {
    const first = Items.find(({ tenant_id }) => isActive(String(tenant_id)));
    if (first) return String(first.due_sk).split('#', 1)[0];
  }
  return undefined;
};

/** The next instant at which a plan of an active tenant is due; undefined when none ever will be. */
export const earliestDue = async (
  client: DynamoDBDocumentClient,
  plansTable: string,
  isActive: (tenantId: string) => boolean,
): Promise<string | undefined> => {
  const found = await Promise.all(
    dueShards().map((shard) => earliestInShard(client, plansTable, shard, isActive)),
  );
  return found.filter((due) => due !== undefined).sort()[0];
};
