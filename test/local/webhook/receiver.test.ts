import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { reserveLoopbackPort } from '../../../src/local/process/loopback-port.ts';
import { startWebhookReceiver } from '../../../src/local/webhook/receiver.ts';
import { minute, START } from '../../support/plan-fixtures.ts';
import { clock, EVENT, KEY, post, send, signedHeaders, useReceiver } from './harness.ts';

const receiver = useReceiver();

describe('the receiver of webhooks', () => {
  it('listens at the port that it was given', async () => {
    const port = await reserveLoopbackPort();
    await using other = await startWebhookReceiver({ signingKey: KEY, clock, port });
    expect(other).toMatchObject({ port, url: `http://127.0.0.1:${port}/` });
  });

  it('acts on a signed request, and says under which name', async () => {
    const response = await send(receiver);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ id: 'delivery-1' });
    expect(receiver.deliveries()).toEqual([{ ...EVENT, id: 'delivery-1', received_at: START }]);
  });

  it('acts once for each key, and gives the first answer again', async () => {
    await send(receiver);
    clock.set(minute(1));
    expect(await (await send(receiver)).json()).toEqual({ id: 'delivery-1' });
    const second = await send(receiver, { ...EVENT, idempotency_key: 'key2' }, { 'idempotency-key': 'key2' });
    expect(await second.json()).toEqual({ id: 'delivery-2' });
    expect(receiver.deliveries()).toMatchObject([
      { idempotency_key: 'key1', received_at: START },
      { idempotency_key: 'key2', received_at: minute(1) },
    ]);
  });

  it('acts once for a hundred requests at once', async () => {
    const responses = await Promise.all(Array.from({ length: 100 }, () => send(receiver)));
    const answers = await Promise.all(responses.map((response) => response.json()));
    expect(answers).toEqual(Array(100).fill({ id: 'delivery-1' }));
    expect(receiver.deliveries()).toHaveLength(1);
  });

  it.each([
    ['signed with another key', (body: string) => signedHeaders(body, 'another-key-of-it')],
    ['not signed', (): Record<string, string> => ({ 'idempotency-key': 'key1' })],
    ['signed too long ago', (body: string) => signedHeaders(body, KEY, new Date(minute(-6)))],
    ['signed for another body', (body: string) => signedHeaders(`${body} `)],
  ])('refuses a request that is %s', async (_what, headers) => {
    const body = JSON.stringify(EVENT);
    const response = await post(receiver, body, headers(body));
    expect(response.status).toBe(401);
    expect(receiver.deliveries()).toEqual([]);
  });

  it('lets requests grow as old as it was told', async () => {
    const options = { signingKey: KEY, clock, toleranceSeconds: 3600 };
    await using patient = await startWebhookReceiver(options);
    const body = JSON.stringify(EVENT);
    const sent = (at: string) => post(patient, body, signedHeaders(body, KEY, new Date(at)));
    expect((await sent(minute(-60))).status).toBe(200);
    expect((await sent(minute(-61))).status).toBe(401);
  });

  it.each(['', 'hello', '{}', '[]', JSON.stringify({ ...EVENT, payload: 'x' })])(
    'refuses a signed body that is no delivery: %s',
    async (body) => {
      expect((await post(receiver, body)).status).toBe(400);
      expect(receiver.deliveries()).toEqual([]);
    },
  );

  it('refuses a request whose header names another key than its body', async () => {
    expect((await send(receiver, EVENT, { 'idempotency-key': 'key2' })).status).toBe(400);
    expect(receiver.deliveries()).toEqual([]);
  });

  it('survives a request that breaks off', async () => {
    const socket = createConnection(receiver.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await once(socket, 'connect');
    socket.destroy();
    expect((await send(receiver)).status).toBe(200);
  });

  it('stops even while a request hangs', async () => {
    await using other = await startWebhookReceiver({ signingKey: KEY, clock });
    other.inject({ hang: true });
    const ended = send(other).then(
      () => 'answered',
      () => 'broken off',
    );
    await other.stop();
    expect(await ended).toBe('broken off');
  });
});
