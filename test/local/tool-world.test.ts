import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signature } from '../../src/adapters/connectors/webhook/signature.ts';
import { startToolWorld, type ToolWorld, type ToolWorldOptions } from '../../src/local/tool-world.ts';
import { type SettableClock, settableClock } from '../support/settable-clock.ts';

const SIGNED_AT = '2026-01-05T09:00:00.000Z';
const LATER = '2026-01-05T10:00:00.000Z';

/** A webhook that was signed long before it arrives, by the clock of the receiver. */
const sendLate = async ({ secrets, webhook }: ToolWorld, clock: SettableClock): Promise<number> => {
  const { signing_key = '' } = await secrets.get('local/webhook');
  const of = { tenant_id: 'acme', account_id: 'a1', action_intent_id: 'i1', idempotency_key: 'k1' };
  const body = JSON.stringify({ event_type: 'RENEWED', ...of, payload: {} });
  const timestamp = String(Date.parse(SIGNED_AT) / 1000);
  clock.set(LATER);
  const headers = {
    ...{ 'x-cc-timestamp': timestamp, 'x-cc-signature': signature(signing_key, timestamp, body) },
    'idempotency-key': 'k1',
  };
  return (await fetch(webhook.url, { method: 'POST', headers, body })).status;
};

describe('the systems that tools act on', () => {
  const clock = settableClock(SIGNED_AT);
  let world: ToolWorld | undefined;

  const start = async (options: Partial<ToolWorldOptions> = {}): Promise<ToolWorld> => {
    world = await startToolWorld({ clock, ...options });
    return world;
  };

  beforeEach(() => clock.set(SIGNED_AT));
  afterEach(() => world?.stop());

  test('take no webhook that was signed long ago', async () => {
    expect(await sendLate(await start(), clock)).toBe(401);
  });

  test('take any webhook when their clock runs fast, since it is old before it arrives', async () => {
    expect(await sendLate(await start({ speed: 60 }), clock)).toBe(200);
  });

  test('keep a secret for each, other ones at every start', async () => {
    const read = ({ secrets }: ToolWorld) =>
      Promise.all(['local/gateway', 'local/crm', 'local/webhook'].map((id) => secrets.get(id)));
    const first = await start();
    const known = await read(first);
    await first.stop();
    const all = [...known, ...(await read(await start()))].flatMap((secret) =>
      Object.values(secret).slice(-1),
    );
    expect(new Set(all).size).toBe(6);
    await expect(first.secrets.get('local/other')).rejects.toMatchObject({ name: 'ConfigurationError' });
  });
});
