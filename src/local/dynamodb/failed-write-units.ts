import {
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type PutItemCommandInput,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Item, itemSizeBytes } from './item-size.ts';

type WriteInput = PutItemCommandInput | UpdateItemCommandInput | DeleteItemCommandInput;

/** A transaction that was cancelled for one of these had begun to write; other reasons are refusals of the request. */
const billedReasons = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/**
 * Estimates the write units that AWS bills for a write which did not happen: 1 per started KB of the larger of the new
 * and the existing item, twice that in a transaction, for all its items. The size is known from a Put's item and from
 * the row that `ReturnValuesOnConditionCheckFailure: ALL_OLD` brings back; otherwise one KB is assumed. An error that
 * is not billed counts 0.
 */
export function failedWriteUnits(input: unknown, error: unknown): number {
  if (error instanceof ConditionalCheckFailedException) {
    return startedKilobytes(newItem(input as WriteInput), error.Item);
  }
  if (error instanceof TransactionCanceledException) {
    return cancelledUnits(input as TransactWriteItemsCommandInput, error);
  }
  return 0;
}

function cancelledUnits(input: TransactWriteItemsCommandInput, error: TransactionCanceledException): number {
  const reasons = error.CancellationReasons ?? [];
  if (!reasons.some(({ Code }) => Code !== undefined && billedReasons.has(Code))) return 0;
  const writes = input.TransactItems ?? [];
  const kilobytes = writes.map(({ Put }, index) => startedKilobytes(Put?.Item, reasons[index]?.Item));
  return 2 * kilobytes.reduce((sum, size) => sum + size, 0);
}

function newItem(input: WriteInput): Item | undefined {
  return 'Item' in input ? input.Item : undefined;
}

function startedKilobytes(...items: readonly (Item | undefined)[]): number {
  const sizes = items.map((item) => (item ? itemSizeBytes(item) : 0));
  return Math.max(1, Math.ceil(Math.max(...sizes) / 1024));
}
