import { describe, expect, it } from '@jest/globals';
import { verifySignature } from '../../../../src/adapters/connectors/webhook/signature.ts';
import type { ToolCall } from '../../../../src/application/ports/connectors.ts';
import { START } from '../../../support/plan-fixtures.ts';
import {
  CALL,
  COMPENSATION,
  connectorFor,
  json,
  type Received,
  rowFor,
  SIGNING_KEY,
  startServer,
} from './harness.ts';

const ABOUT = { tenant_id: 'acme', account_id: 'a1', action_intent_id: 'i1' };
const SECONDS = String(Date.parse(START) / 1000);

const theOne = (received: readonly Received[]): Received => {
  expect(received).toHaveLength(1);
  return received[0] as Received;
};

const isSigned = ({ headers, body }: Received): boolean => {
  const timestamp = String(headers['x-cc-timestamp']);
  const signature = String(headers['x-cc-signature']);
  return verifySignature(SIGNING_KEY, { timestamp, signature, body }, new Date(START));
};

describe('the webhook connector', () => {
  it('goes by the id of its tools', () => {
    expect(connectorFor(undefined).id).toBe('webhook');
  });

  it('posts the event as JSON, with its key, the time and a signature of both', async () => {
    await using server = await startServer(json(200, { id: 'd1' }));
    expect(await connectorFor(rowFor(server.host)).execute(CALL)).toEqual({
      success: true,
      external_object_refs: [{ system: 'WEBHOOK', object_type: 'Delivery', object_id: 'd1' }],
      ...{ tool_run_ref: 'webhook/key1', tenant_id: 'acme' },
    });
    const request = theOne(server.received);
    expect(request).toMatchObject({ method: 'POST', path: '/hooks' });
    expect(request.headers).toMatchObject({
      ...{ host: server.host, 'content-type': 'application/json', 'idempotency-key': 'key1' },
      ...{ 'content-length': String(Buffer.byteLength(request.body)), 'x-cc-timestamp': SECONDS },
      'x-cc-signature': expect.stringMatching(/^v1=[0-9a-f]{64}$/),
    });
    expect(JSON.parse(request.body)).toEqual({
      ...{ event_type: 'renewal.due', ...ABOUT, idempotency_key: 'key1', payload: { days: 30 } },
    });
    expect(isSigned(request)).toBe(true);
  });

  it('tells the length of a body in bytes, and sends an empty payload where there is none', async () => {
    await using server = await startServer(json(200, {}));
    const call: ToolCall = { ...CALL, arguments: { event_type: 'fällig ✓' } };
    await connectorFor(rowFor(server.host)).execute(call);
    const request = theOne(server.received);
    expect(JSON.parse(request.body)).toMatchObject({ event_type: 'fällig ✓', payload: {} });
    expect(isSigned(request)).toBe(true);
  });

  it('keeps the query of the address', async () => {
    await using server = await startServer(json(200, {}));
    const url = `http://${server.host}/in?list=7`;
    await connectorFor(rowFor(server.host, { url })).execute(CALL);
    expect(theOne(server.received).path).toBe('/in?list=7');
  });

  it('sends the same body under the same key when it is asked again', async () => {
    await using server = await startServer(json(200, {}));
    const connector = connectorFor(rowFor(server.host));
    expect(await connector.execute(CALL)).toEqual(await connector.execute(CALL));
    const [first, second] = server.received;
    expect(second?.body).toBe(first?.body);
  });

  it('undoes by a request of its own to the same address, and names what it has undone', async () => {
    await using server = await startServer(json(200, { id: 'another' }));
    expect(await connectorFor(rowFor(server.host)).compensate(COMPENSATION)).toEqual({
      ...{ success: true, external_object_refs: COMPENSATION.external_object_refs },
      ...{ tool_run_ref: 'webhook/key1', tenant_id: 'acme' },
    });
    const request = theOne(server.received);
    expect(request).toMatchObject({ method: 'POST', path: '/hooks' });
    expect(request.headers['idempotency-key']).toBe('key1-compensation');
    expect(isSigned(request)).toBe(true);
    const { external_object_refs, tool_name } = COMPENSATION;
    expect(JSON.parse(request.body)).toEqual({
      ...{ event_type: 'COMPENSATE', ...ABOUT, idempotency_key: 'key1-compensation' },
      payload: { external_object_refs, tool_name },
    });
  });

  it('says so when it has no such tool, and sends nothing', async () => {
    await using server = await startServer(json(200, {}));
    const call = { ...CALL, tool_name: 'webhook.delete_all' };
    expect(await connectorFor(rowFor(server.host)).execute(call)).toMatchObject({
      ...{ success: false, error_class: 'VALIDATION', error_code: 'TOOL_NOT_FOUND', effect: 'NONE' },
      ...{ transient: false, error_message: expect.stringContaining('webhook.delete_all') },
    });
    expect(server.received).toEqual([]);
  });

  it('finds nothing wrong with a call whose key can stand in a header', async () => {
    expect(await connectorFor(undefined).validate(CALL)).toBeUndefined();
  });

  it.each(['key 1', 'key\n1', 'schlüssel', 'key\u0000'])(
    'finds fault with the key %j, which cannot stand in a header',
    async (idempotency_key) => {
      expect(await connectorFor(undefined).validate({ ...CALL, idempotency_key })).toContain(
        `idempotency_key: ${JSON.stringify(idempotency_key)}`,
      );
    },
  );
});
