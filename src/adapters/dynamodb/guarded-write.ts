import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One write of a transaction, and what to call it when its condition fails. */
export interface GuardedWrite<L extends string> {
  readonly write: TransactItem;
  readonly lost_to: L;
}

export type GuardedResult<L extends string> =
  | { readonly committed: true }
  | { readonly committed: false; readonly lost_to: L };

const CONDITION_FAILED = 'ConditionalCheckFailed';
/** Another transaction holds one of the rows: whoever re-reads after it is done will see what it wrote. */
const CONFLICT = 'TransactionConflict';
/** Reasons that pass by themselves; whatever else cancels a transaction will do so again. */
const PASSING: readonly string[] = [
  'None',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'InternalServerError',
];

const lostBy = <L extends string>(
  error: TransactionCanceledException,
  writes: readonly GuardedWrite<L>[],
): GuardedResult<L> => {
  const codes = (error.CancellationReasons ?? []).map(({ Code = 'None' }) => Code);
  const write = writes[codes.findIndex((code) => code === CONDITION_FAILED || code === CONFLICT)];
  if (write) return { committed: false, lost_to: write.lost_to };
  if (codes.some((code) => !PASSING.includes(code))) throw error;
  throw new TransientError(`transaction cancelled: ${codes}`, { cause: error });
};

/**
 * Carries out all writes or none. When a condition fails, tells which.
 *
 * @throws TransientError when the transaction was cancelled for a passing reason.
 */
export const commitTogether = async <L extends string>(
  client: DynamoDBDocumentClient,
  writes: readonly GuardedWrite<L>[],
): Promise<GuardedResult<L>> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: writes.map(({ write }) => write) }));
    return { committed: true };
  } catch (error) {
    if (error instanceof TransactionCanceledException) return lostBy(error, writes);
    throw error;
  }
};
