import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TransientError } from '../../src/application/errors.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { SCOPE } from '../support/intents.ts';

const EVENT = { ...SCOPE, action_intent_id: 'i1', approval_source: 'HUMAN', auto_executed: false } as const;

let server: Server;
let answer: { status: number; body: object };
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    request.on('data', (chunk) => asked.push(String(chunk)));
    request.on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer.body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
});

const publish = async () => {
  const { port } = server.address() as AddressInfo;
  const eventBridge = new EventBridgeClient({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const runtime = createRuntime({ EVENT_BUS_NAME: 'bus-of-the-stage' }, { eventBridge });
  await runtime.events.publishActionApproved(EVENT).finally(() => eventBridge.destroy());
};

describe('the event bus of the stage', () => {
  it('gets the event', async () => {
    answer = { status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] } };
    await publish();
    expect(JSON.parse(asked.join(''))).toMatchObject({ Entries: [{ EventBusName: 'bus-of-the-stage' }] });
  });

  it.each([
    [400, 'ThrottlingException'],
    [500, 'InternalException'],
  ])('is worth another try when it answers %i %s', async (status, name) => {
    answer = { status, body: { __type: name, message: 'later' } };
    await expect(publish()).rejects.toThrow(TransientError);
  });

  it('is not worth another try when it does not exist', async () => {
    answer = { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no bus' } };
    await expect(publish()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
