import http from 'node:http';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export type Row = Readonly<Record<string, unknown>>;
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

type Answer = Record<string, unknown>;

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

const agent = new http.Agent({ keepAlive: true });

const post = (endpoint: string, operation: string, body: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const request = http.request(endpoint, { agent, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${operation}: ${text}`));
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });

export const rawTables = (endpoint: string): RawTables => {
  const write = async (RequestItems: object): Promise<void> => {
    await post(endpoint, 'BatchWriteItem', { RequestItems });
  };
  const plain = (rows: unknown): Row[] =>
    (rows as Parameters<typeof unmarshall>[0][]).map((row) => unmarshall(row));
  return {
    async rows(keys) {
      const request = mapValues(keys, (some) => ({
        ConsistentRead: true,
        Keys: some.map((key) => marshall(key)),
      }));
      const { Responses } = await post(endpoint, 'BatchGetItem', { RequestItems: request });
      return mapValues(Responses as Record<string, unknown>, plain);
    },
    async after(TableName, pk, sk) {
      const { Items } = await post(endpoint, 'Query', {
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
