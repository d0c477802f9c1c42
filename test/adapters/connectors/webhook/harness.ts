import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import {
  createWebhookConnector,
  type WebhookDeps,
} from '../../../../src/adapters/connectors/webhook/webhook-connector.ts';
import type { ConnectorConfigStore, SecretStore } from '../../../../src/application/ports/configuration.ts';
import type { CompensationCall, Connector, ToolCall } from '../../../../src/application/ports/connectors.ts';
import { toolAnswer } from '../../../../src/contracts/tools.ts';
import { fake } from '../../../support/fakes/fake.ts';
import { SCOPE } from '../../../support/intents.ts';
import { settableClock } from '../../../support/settable-clock.ts';

export const SIGNING_KEY = 'key-of-16-chars!';

export const CALL: ToolCall = {
  ...{ ...SCOPE, action_intent_id: 'i1', idempotency_key: 'key1', tool_name: 'webhook.send' },
  arguments: { event_type: 'renewal.due', payload: { days: 30 } },
};

export const COMPENSATION: CompensationCall = {
  ...{ ...SCOPE, action_intent_id: 'i1', idempotency_key: 'key1', tool_name: 'webhook.send' },
  external_object_refs: [{ system: 'WEBHOOK', object_type: 'Delivery', object_id: 'd1' }],
};

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The address at which the request came in. */
  readonly address: string | undefined;
}

export interface TestServer {
  readonly port: number;
  /** For a configuration: `127.0.0.1:<port>`. */
  readonly host: string;
  readonly received: Received[];
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

export const json =
  (status: number, body: unknown): Respond =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A server on 127.0.0.1 that keeps every request and then does as `respond` says. */
export const startServer = async (respond: Respond, tls?: https.ServerOptions): Promise<TestServer> => {
  const received: Received[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url: path, headers, socket } = request;
    const address = socket.localAddress;
    received.push({ method, path, headers, address, body: await text(request) });
    respond(response, request);
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port, host: `127.0.0.1:${port}`, received, stop, [Symbol.asyncDispose]: stop };
};

export const configured = (row: Readonly<Record<string, unknown>> | undefined): ConnectorConfigStore =>
  fake<ConnectorConfigStore>('ConnectorConfigStore', { get: async () => row });

export const secretOf = (fields: Readonly<Record<string, string>>): SecretStore =>
  fake<SecretStore>('SecretStore', { get: async () => fields });

export const rowFor = (host: string, more: object = {}) => ({
  ...{ url: `http://${host}/hooks`, allowed_hosts: [host], secret_id: 'acme/webhook', ...more },
});

/** A connector for a row, whose every answer must be one that the contract knows and must not tell the key. */
export const connectorFor = (
  row: Readonly<Record<string, unknown>> | undefined,
  deps: Partial<WebhookDeps> = {},
): Connector => {
  const connector = createWebhookConnector({
    ...{ configs: configured(row), secrets: secretOf({ signing_key: SIGNING_KEY }) },
    ...{ clock: settableClock(), allowPrivate: true, ...deps },
  });
  const checked = <A>(answer: A): A => {
    expect(toolAnswer.parse(answer)).toEqual(answer);
    expect(JSON.stringify(answer)).not.toContain(SIGNING_KEY);
    return answer;
  };
  return {
    ...connector,
    execute: async (call) => checked(await connector.execute(call)),
    compensate: async (call) => checked(await connector.compensate(call)),
  };
};

export const failureWith = (error_class: string, error_code: string, effect: string, transient: boolean) =>
  expect.objectContaining({ success: false, error_class, error_code, effect, transient });
