import { afterEach, beforeEach } from '@jest/globals';
import { signature } from '../../../src/adapters/connectors/webhook/signature.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../../src/local/webhook/receiver.ts';
import { SCOPE } from '../../support/intents.ts';
import { START } from '../../support/plan-fixtures.ts';
import { settableClock } from '../../support/settable-clock.ts';

export const KEY = 'key-of-16-chars!';
export const EVENT = {
  ...{ event_type: 'renewal.due', ...SCOPE, action_intent_id: 'i1' },
  ...{ idempotency_key: 'key1', payload: { days: 30 } },
};

export const clock = settableClock();

/** A new receiver for every test of a file; there from the first `beforeEach` on. */
export const useReceiver = (): WebhookReceiver => {
  const receiver = {} as WebhookReceiver;
  beforeEach(async () => {
    clock.set(START);
    Object.assign(receiver, await startWebhookReceiver({ signingKey: KEY, clock }));
  });
  afterEach(() => receiver.stop());
  return receiver;
};

export const signedHeaders = (body: string, key = KEY, at = clock.now()): Record<string, string> => {
  const timestamp = String(at.getTime() / 1000);
  return {
    ...{ 'x-cc-timestamp': timestamp, 'x-cc-signature': signature(key, timestamp, body) },
    'idempotency-key': 'key1',
  };
};

type Target = Pick<WebhookReceiver, 'url'>;

export const post = ({ url }: Target, body: string, headers = signedHeaders(body)): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers });

/** Posts an event as it should be, but for some headers. */
export const send = (target: Target, event: object = EVENT, headers = {}): Promise<Response> => {
  const body = JSON.stringify(event);
  return post(target, body, { ...signedHeaders(body), ...headers });
};
