import { connect, type Socket } from 'node:net';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

const HEAD = [
  'POST / HTTP/1.1',
  'host: 127.0.0.1',
  'content-type: application/x-amz-json-1.0',
  'x-amz-date: 20260101T000000Z',
  'authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-target: DynamoDB_20120810.',
].join('\r\n');

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

/** Connections to a server that nobody waits on. */
const idle = new Map<string, Connection[]>();

const END_OF_HEAD = '\r\n\r\n';

interface Response {
  readonly isOk: boolean;
  readonly text: string;
}

/** A kept-alive connection that carries one request at a time; of HTTP it knows what DynamoDB's servers say. */
class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle: { resolve(response: Response): void; reject(error: Error): void } | undefined;

  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (part: Buffer) => this.#take(part));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error(`${endpoint} has hung up`)));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  exchange(request: string): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.ref();
      this.#socket.write(request);
    });
  }

  #take(part: Buffer): void {
    this.#received = this.#received.length === 0 ? part : Buffer.concat([this.#received, part]);
    const endOfHead = this.#received.indexOf(END_OF_HEAD);
    if (endOfHead < 0) return;
    const head = this.#received.toString('latin1', 0, endOfHead);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return void this.#socket.destroy(new Error(`no length is told: ${head}`));
    const body = this.#received.subarray(endOfHead + END_OF_HEAD.length);
    if (body.length < Number(length)) return;
    this.#received = Buffer.alloc(0);
    this.#socket.unref();
    this.#settle?.resolve({ isOk: head.startsWith('HTTP/1.1 200 '), text: body.toString() });
  }
}

const exchange = async (endpoint: string, request: string): Promise<Response> => {
  const free = idle.get(endpoint) ?? [];
  idle.set(endpoint, free);
  let connection = free.pop();
  while (connection && !connection.isOpen) connection = free.pop();
  connection ??= new Connection(endpoint);
  const response = await connection.exchange(request);
  free.push(connection);
  return response;
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
 * One call of DynamoDB with its own JSON and over HTTP, but without the SDK's and Node's way there and back, which is more than a quarter of
 * a schedule's CPU: for schedules, of which there are thousands, and which are not about the SDK.
 */
export const dynamoDbCall = async (endpoint: string, operation: string, body: object): Promise<Answer> => {
  const json = JSON.stringify(body);
  const head = `${HEAD}${operation}\r\ncontent-length: ${Buffer.byteLength(json)}${END_OF_HEAD}`;
  const { isOk, text } = await exchange(endpoint, head + json);
  if (isOk) return JSON.parse(text);
  throw errorOf(text);
};
