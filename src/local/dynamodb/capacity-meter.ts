import type { ConsumedCapacity, DynamoDBClient, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { failedWriteUnits } from './failed-write-units.ts';

/** What a client's calls would be billed on AWS. The fields grow with every call; set them to 0 to start again. */
export interface CapacityMeter {
  /** Read request units. */
  rru: number;
  /** Write request units, failed conditional writes included. */
  wru: number;
  /** The part of `wru` that is an estimate: writes whose condition failed, for which no server reports units. */
  estimatedWru: number;
  /** Calls by operation, e.g. `{ GetItem: 2 }`, failed ones included; a call that the SDK retries counts once. */
  calls: Record<string, number>;
}

type Kind = 'read' | 'write';
type DataInput = { ReturnConsumedCapacity?: ReturnConsumedCapacity };

const operations: Readonly<Record<string, Kind>> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  Query: 'read',
  Scan: 'read',
  TransactGetItems: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
};

export function createCapacityMeter(): CapacityMeter {
  return { rru: 0, wru: 0, estimatedWru: 0, calls: {} };
}

/**
 * Counts the units of every data operation of this client into the meter. It asks for `ReturnConsumedCapacity: TOTAL`
 * where the caller asks for nothing; the answer then carries `ConsumedCapacity`. Document clients over this client are
 * metered too. PartiQL is not.
 *
 * Units are those that the server reports: both embedded servers double the table's share of a transaction, as AWS
 * does; for the indexes' share DynamoDB Local doubles and dynoxide does not. Writes whose condition failed are billed
 * by AWS and reported by nobody; they are estimated, see `failedWriteUnits`.
 */
export function meterCapacity(client: DynamoDBClient, meter: CapacityMeter): void {
  askForCapacity(client);
  // At the build step the items are in DynamoDB's own form even under a document client, and retries are further in.
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = operationOf(context);
      const kind = operations[operation];
      if (!kind) return next(args);
      meter.calls[operation] = (meter.calls[operation] ?? 0) + 1;
      try {
        const result = await next(args);
        addReported(meter, kind, result.output);
        return result;
      } catch (error) {
        addFailed(meter, args.input, error);
        throw error;
      }
    },
    { step: 'build' },
  );
}

function askForCapacity(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (!operations[operationOf(context)]) return next(args);
      const { ReturnConsumedCapacity = 'TOTAL' } = args.input as DataInput;
      return next({ ...args, input: { ...args.input, ReturnConsumedCapacity } });
    },
    { step: 'initialize' },
  );
}

function addReported(meter: CapacityMeter, kind: Kind, output: object): void {
  const reported = 'ConsumedCapacity' in output ? output.ConsumedCapacity : undefined;
  for (const capacity of [reported ?? []].flat() as ConsumedCapacity[]) {
    const { CapacityUnits = 0, ReadCapacityUnits, WriteCapacityUnits } = capacity;
    if (ReadCapacityUnits === undefined && WriteCapacityUnits === undefined) {
      meter[kind === 'read' ? 'rru' : 'wru'] += CapacityUnits;
    } else {
      meter.rru += ReadCapacityUnits ?? 0;
      meter.wru += WriteCapacityUnits ?? 0;
    }
  }
}

function addFailed(meter: CapacityMeter, input: object, error: unknown): void {
  const units = failedWriteUnits(input, error);
  meter.wru += units;
  meter.estimatedWru += units;
}

/** `PutItemCommand` → `PutItem`. */
function operationOf(context: { commandName?: string }): string {
  return (context.commandName ?? '').replace(/Command$/, '');
}
