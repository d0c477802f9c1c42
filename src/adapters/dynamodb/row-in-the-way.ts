import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/**
 * Carries out a conditional write, or gives back the row that was in its way: empty where the write does not ask for it by
 * `ReturnValuesOnConditionCheckFailure`.
 */
export const rowInTheWay = async (
  write: () => Promise<unknown>,
): Promise<Record<string, unknown> | undefined> => {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return unmarshall(error.Item ?? {});
  }
};
