import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ListTablesCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from '@jest/globals';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';

type Answer = (
  request: IncomingMessage,
  count: number,
) => { status: number; body: string } | 'hang up' | 'silence';

const ok = { status: 200, body: '{"TableNames":["one"]}' };
let close: () => void = () => {};

afterEach(() => close());

/** A server that answers as it is told, to see what really goes over the wire. */
async function clientOf(answer: Answer) {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    const reply = answer(request, count);
    if (reply === 'hang up') request.socket.destroy();
    else if (reply !== 'silence')
      response.writeHead(reply.status, { 'x-amzn-requestid': 'r' }).end(reply.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return createDynamoDbClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1' });
}

test('sends the SDK’s requests over HTTP, with a signature of the right form', async () => {
  const seen: IncomingMessage[] = [];
  const client = await clientOf((request) => {
    seen.push(request);
    return ok;
  });
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['one']);
  expect(seen[0]?.headers).toMatchObject({
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=local\/\d+\/eu-central-1\/dynamodb\//),
  });
});

test('keeps its connection from call to call', async () => {
  const ports = new Set<number | undefined>();
  const client = await clientOf((request) => {
    ports.add(request.socket.remotePort);
    return ok;
  });
  for (let call = 0; call < 3; call += 1) await client.send(new ListTablesCommand({}));
  expect(ports.size).toBe(1);
});

test('retries after a lost connection and a throttle, as the SDK does', async () => {
  const throttle = { status: 400, body: '{"__type":"x#ProvisionedThroughputExceededException"}' };
  const client = await clientOf((_, count) => (['hang up', throttle] as const)[count - 1] ?? ok);
  const { $metadata } = await client.send(new ListTablesCommand({}));
  expect($metadata.attempts).toBe(3);
});

test('throws the SDK’s errors', async () => {
  const client = await clientOf(() => ({ status: 400, body: '{"__type":"x#ResourceNotFoundException"}' }));
  await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('stops waiting when the caller aborts', async () => {
  const controller = new AbortController();
  const client = await clientOf(() => {
    controller.abort();
    return 'silence';
  });
  const call = client.send(new ListTablesCommand({}), { abortSignal: controller.signal });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});

test('sends a transaction without the token that makes an embedded server slow', async () => {
  const bodies: Promise<unknown>[] = [];
  const client = await clientOf((request) => {
    bodies.push(json(request));
    return { status: 200, body: '{}' };
  });
  const Item = { pk: { S: 'ü,"ClientRequestToken":"x"}' } };
  await client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'plans', Item } }] }),
  );
  expect(await bodies[0]).toEqual({ TransactItems: [{ Put: { TableName: 'plans', Item } }] });
});
