import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoDbCall } from './dynamodb-call.ts';

export type Row = Readonly<Record<string, unknown>>;
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Reads of a schedule's own, past the SDK: they are many, and not what is under test. Consistent. */
export interface RawTables {
  /** Rows by table name, those that are there, in no order. */
  rows(keys: Readonly<Record<string, readonly Key[]>>): Promise<Readonly<Record<string, Row[]>>>;
  /** The rows of a partition after a sort key, in order. */
  after(table: string, pk: string, sk: string): Promise<Row[]>;
  /** Removes rows, 25 at the most. */
  remove(keys: Readonly<Record<string, readonly Key[]>>): Promise<void>;
  put(rows: Readonly<Record<string, readonly Row[]>>): Promise<void>;
}

const mapValues = <V, W>(of: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));

export const rawTables = (endpoint: string): RawTables => {
  const write = async (RequestItems: object): Promise<void> => {
    await dynamoDbCall(endpoint, 'BatchWriteItem', { RequestItems });
  };
  const plain = (rows: unknown): Row[] =>
    (rows as Parameters<typeof unmarshall>[0][]).map((row) => unmarshall(row));
  return {
    async rows(keys) {
      const request = mapValues(keys, (some) => ({
        ConsistentRead: true,
        Keys: some.map((key) => marshall(key)),
      }));
      const { Responses } = await dynamoDbCall(endpoint, 'BatchGetItem', { RequestItems: request });
      return mapValues(Responses as Record<string, unknown>, plain);
    },
    async after(TableName, pk, sk) {
      const { Items } = await dynamoDbCall(endpoint, 'Query', {
        ...{ TableName, ConsistentRead: true, KeyConditionExpression: 'pk = :pk AND sk > :sk' },
        ExpressionAttributeValues: marshall({ ':pk': pk, ':sk': sk }),
      });
      return plain(Items);
    },
    remove: (keys) =>
      write(mapValues(keys, (some) => some.map((key) => ({ DeleteRequest: { Key: marshall(key) } })))),
    put: (rows) =>
      write(mapValues(rows, (some) => some.map((row) => ({ PutRequest: { Item: marshall(row) } })))),
  };
};
