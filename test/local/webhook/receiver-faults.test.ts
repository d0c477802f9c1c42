import { describe, expect, it } from '@jest/globals';
import { createWebhookConnector } from '../../../src/adapters/connectors/webhook/webhook-connector.ts';
import type { WebhookFault } from '../../../src/local/webhook/receiver.ts';
import { SCOPE } from '../../support/intents.ts';
import { clock, KEY, post, send, useReceiver } from './harness.ts';

const receiver = useReceiver();

const connector = (more: object = {}, timeoutMs = 15_000) =>
  createWebhookConnector({
    configs: {
      get: async () => ({
        ...{ url: receiver.url, allowed_hosts: [new URL(receiver.url).host], secret_id: 's1', ...more },
      }),
    },
    secrets: { get: async () => ({ signing_key: KEY }) },
    ...{ clock, allowPrivate: true, timeoutMs },
  });
const call = (idempotency_key = 'key1') => ({
  ...{ ...SCOPE, action_intent_id: 'i1', tool_name: 'webhook.send', idempotency_key },
  arguments: { event_type: 'renewal.due', payload: { days: 30 } },
});

describe('faults of the receiver', () => {
  const lost = { error_class: 'TIMEOUT', error_code: 'CONNECTION_LOST', effect: 'UNKNOWN' };

  it.each([
    [{ status: 503 }, { error_class: 'DOWNSTREAM', error_code: 'HTTP_503', effect: 'NONE' }, 0],
    [{ status: 302 }, { error_class: 'VALIDATION', error_code: 'REDIRECT_NOT_FOLLOWED' }, 0],
    [{ drop: 'before' }, lost, 0],
    [{ drop: 'after' }, lost, 1],
  ] as const)('are seen by the connector: %j', async (fault: WebhookFault, failure, deliveries) => {
    receiver.inject(fault);
    expect(await connector().execute(call())).toMatchObject({ success: false, ...failure });
    expect(receiver.deliveries()).toHaveLength(deliveries);
  });

  it('are seen by the connector when it waits in vain', async () => {
    receiver.inject({ hang: true });
    expect(await connector({}, 150).execute(call())).toMatchObject({
      ...{ success: false, error_class: 'TIMEOUT', error_code: 'TIMEOUT' },
    });
    expect(receiver.deliveries()).toEqual([]);
  });

  it('pass after as many requests as was said', async () => {
    receiver.inject({ status: 500 }, 2);
    const statuses = [await send(receiver), await send(receiver), await send(receiver)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([500, 500, 200]);
  });

  it('come before those that were injected earlier', async () => {
    receiver.inject({ status: 500 });
    receiver.inject({ status: 503 });
    const statuses = [await send(receiver), await send(receiver), await send(receiver)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([503, 500, 200]);
  });

  it('are not spent on requests that are refused', async () => {
    receiver.inject({ status: 500 });
    expect((await post(receiver, '{}')).status).toBe(400);
    expect((await post(receiver, '{}', {})).status).toBe(401);
    expect((await send(receiver)).status).toBe(500);
  });
});

describe('the connector with a receiver that honours keys', () => {
  it('gets the first answer when it asks again after its connection was lost', async () => {
    receiver.inject({ drop: 'after' });
    const honoured = connector({ honours_idempotency_key: true });
    expect(await honoured.execute(call())).toMatchObject({ effect: 'UNKNOWN', transient: true });
    expect(await honoured.execute(call())).toMatchObject({
      ...{ success: true, external_object_refs: [{ object_id: 'delivery-1' }] },
    });
    expect(receiver.deliveries()).toHaveLength(1);
  });

  it('causes one delivery with a hundred calls under one key', async () => {
    const calls = Array.from({ length: 100 }, () => connector().execute(call()));
    const answers = new Set((await Promise.all(calls)).map((answer) => JSON.stringify(answer)));
    expect(answers.size).toBe(1);
    expect(receiver.deliveries()).toHaveLength(1);
  });

  it('tells of a compensation under a key of its own', async () => {
    await connector().execute(call());
    const external_object_refs = [
      { system: 'WEBHOOK' as const, object_type: 'Delivery', object_id: 'delivery-1' },
    ];
    await connector().compensate({ ...call(), external_object_refs });
    expect(receiver.deliveries()).toMatchObject([
      { event_type: 'renewal.due', idempotency_key: 'key1' },
      {
        ...{ event_type: 'COMPENSATE', idempotency_key: 'key1-compensation' },
        payload: { tool_name: 'webhook.send', external_object_refs },
      },
    ]);
  });
});
