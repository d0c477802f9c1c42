import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { CycleLease, LeaseResult } from '../../application/ports/plans.ts';
import { secondsAfter } from '../../domain/identifiers.ts';
import type { TableNames } from './table-names.ts';

const KEY = { pk: 'LEASE#PLAN_CYCLE', sk: 'LEASE' };

/** Free, lapsed, or already ours: a retried OpenCycle must not lock itself out. */
const FREE_OR_OURS = 'attribute_not_exists(#owner) OR expires_at <= :now OR #owner = :owner';
/** Whoever took over meanwhile keeps it. */
const STILL_OURS = '#owner = :owner AND fencing_token = :token';

const heldBy = (error: ConditionalCheckFailedException): LeaseResult => {
  const row = error.Item ? unmarshall(error.Item) : {};
  return { acquired: false, held_by: String(row.owner), until: String(row.expires_at) };
};

/** One lease for all scheduled cycles; its fencing token grows with every holder. */
export const createCycleLease = (
  client: DynamoDBDocumentClient,
  { CYCLE_LEASE_TABLE_NAME: TableName }: Pick<TableNames, 'CYCLE_LEASE_TABLE_NAME'>,
): CycleLease => ({
  async acquireIfFree(owner, now, ttlSeconds) {
    const expiresAt = secondsAfter(now, ttlSeconds);
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: KEY,
          UpdateExpression: 'SET #owner = :owner, expires_at = :until ADD fencing_token :one',
          ConditionExpression: FREE_OR_OURS,
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner, ':now': now, ':until': expiresAt, ':one': 1 },
          ReturnValues: 'UPDATED_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { acquired: true, fencing_token: Number(Attributes?.fencing_token) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return heldBy(error);
      throw error;
    }
  },
  async releaseIfHeld(owner, fencingToken) {
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: KEY,
          UpdateExpression: 'REMOVE #owner, expires_at',
          ConditionExpression: STILL_OURS,
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner, ':token': fencingToken },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },
});
