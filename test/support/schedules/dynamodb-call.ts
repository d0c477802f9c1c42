import http from 'node:http';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

type Json = Readonly<Record<string, unknown>>;
type Answer = Record<string, unknown>;

const ITEMS: readonly string[] = [
  'Item',
  'Key',
  'ExpressionAttributeValues',
  'Attributes',
  'LastEvaluatedKey',
  'ExclusiveStartKey',
];

/** A document client's call or answer in which every item is changed. */
const withItems = (value: unknown, change: (item: Json) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((part) => withItems(part, change));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    parts.map(([name, part]) => {
      if (ITEMS.includes(name)) return [name, change(part)];
      if (name === 'Keys' || name === 'Items') return [name, part.map(change)];
      return [name, name === 'Responses' ? rowsOf(part, change) : withItems(part, change)];
    }),
  );
};

const rowsOf = (byTable: Readonly<Record<string, readonly Json[]>>, change: (item: Json) => unknown) =>
  Object.fromEntries(Object.entries(byTable).map(([table, rows]) => [table, rows.map(change)]));

/** What a document client is asked, in DynamoDB's own form. */
export const toWire = (input: object): object =>
  withItems(input, (item) => marshall(item, { removeUndefinedValues: true })) as object;

/** What DynamoDB answers, in the form of a document client. */
export const fromWire = (output: object): object =>
  withItems(output, (item) => unmarshall(item as Parameters<typeof unmarshall>[0])) as object;

const agent = new http.Agent({ keepAlive: true });

/** Endpoints, taken apart once and not for every call. */
const addresses = new Map<string, { readonly host: string; readonly port: string }>();

const addressOf = (endpoint: string) => {
  const known = addresses.get(endpoint);
  if (known) return known;
  const { hostname: host, port } = new URL(endpoint);
  addresses.set(endpoint, { host, port });
  return { host, port };
};

/** The error that the SDK makes of DynamoDB's answer. */
const errorOf = (text: string): Error => {
  const { __type = '', message = text, Message, ...more } = JSON.parse(text);
  const said = { message: Message ?? message, $metadata: {}, ...more };
  const name = String(__type).split('#').at(-1) ?? '';
  if (name === 'ConditionalCheckFailedException') return new ConditionalCheckFailedException(said);
  if (name === 'TransactionCanceledException') return new TransactionCanceledException(said);
  return Object.assign(new Error(said.message), { name });
};

/**
 * One call of DynamoDB with its own JSON and over HTTP, but without the SDK's way there and back, which is a quarter of a schedule's CPU: for
 * schedules, of which there are thousands, and which are not about the SDK.
 */
export const dynamoDbCall = (endpoint: string, operation: string, body: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const options = { ...addressOf(endpoint), agent, method: 'POST', headers };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(errorOf(text));
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
