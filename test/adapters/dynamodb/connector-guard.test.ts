import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createConnectorGuard, type GuardOptions } from '../../../src/adapters/dynamodb/connector-guard.ts';
import type { TransientError } from '../../../src/application/errors.ts';
import type { Admission } from '../../../src/application/ports/connectors.ts';
import { CONNECTOR_LIMITS } from '../../../src/domain/resilience/connector-state.ts';
import { afterFirst } from '../../support/after-first.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'RESILIENCE_TABLE_NAME';
const [PK, SK] = ['CONNECTOR#crm#TENANT#acme', 'STATE'];
const [NOW, SOON] = [minute(0), minute(0.1)];
const IN = { admitted: true };
const SMALL = { ...CONNECTOR_LIMITS, slots: 2, failures_to_open: 2 };

const guard = (options: GuardOptions = { limits: SMALL }) =>
  createConnectorGuard(world.tables.documentClient, world.names, options);
const call = (lease_id: string, now = NOW, more: Partial<Admission> = {}): Admission => ({
  ...{ connector: 'crm', tenant_id: 'acme', lease_id, now, ...more },
});
const row = () => world.row(TABLE, PK, SK);
/** Leases of the calls that are in. */
const inside = async () => Object.keys((await row())?.slots ?? {}).sort();
const withPutsFailing = async (error: Error, act: (puts: () => number) => Promise<void>) => {
  const mock = mockClient(world.tables.documentClient);
  mock.on(GetCommand).resolves({});
  mock.on(PutCommand).rejects(error);
  try {
    await act(() => mock.commandCalls(PutCommand).length);
  } finally {
    mock.restore();
  }
};
const admit = (...args: Parameters<typeof call>) => guard().admit(call(...args));
const leave = (lease_id: string, healthy: boolean, now = SOON) => guard().leave(call(lease_id, now), healthy);

describe('the guard of a connector', () => {
  it('keeps the state of each connector and tenant, for 14 days after the last call', async () => {
    expect(await admit('one')).toEqual(IN);
    expect(await row()).toEqual({
      ...{ pk: PK, sk: SK, connector: 'crm', tenant_id: 'acme', version: 1, circuit: 'CLOSED', failures: 0 },
      ...{ window_started_at: NOW, slots: { one: minute(1) } },
      ttl_epoch_sec: Date.parse(NOW) / 1000 + 14 * 86_400,
    });
  });

  it('lets calls in until the slots are taken, and again when one leaves', async () => {
    await admit('one');
    await admit('two');
    expect(await admit('three')).toEqual({ admitted: false, reason: 'BUSY', retry_at: minute(1) });
    await leave('one', true);
    expect(await admit('three', SOON)).toEqual(IN);
  });

  it('shares nothing between tenants or connectors', async () => {
    await admit('one');
    await admit('two');
    expect(await admit('three', NOW, { tenant_id: 'globex' })).toEqual(IN);
    expect(await admit('three', NOW, { connector: 'webhook' })).toEqual(IN);
  });

  it('keeps calls out after unhealthy ones, lets one through, and all once that is well', async () => {
    for (const lease of ['one', 'two']) {
      await admit(lease);
      await leave(lease, false);
    }
    expect(await admit('three', SOON)).toEqual({
      ...{ admitted: false, reason: 'CIRCUIT_OPEN', retry_at: minute(0.6) },
    });
    expect(await admit('probe', minute(1))).toEqual(IN);
    expect(await admit('three', minute(1))).toMatchObject({ reason: 'CIRCUIT_OPEN' });
    await leave('probe', true, minute(1));
    expect(await admit('three', minute(1))).toEqual(IN);
  });

  it('writes nothing where there is nothing to leave', async () => {
    await leave('one', false);
    expect(await row()).toBeUndefined();
    await admit('one');
    await leave('two', false);
    expect(await row()).toMatchObject({ version: 1, failures: 0 });
  });

  it('counts a call that leaves twice once', async () => {
    await admit('one');
    await leave('one', false);
    await leave('one', false);
    expect(await row()).toMatchObject({ version: 2, failures: 1 });
  });

  it('is shut when its row cannot be read', async () => {
    await world.put(TABLE, { pk: PK, sk: SK, version: 1, circuit: 'AJAR' });
    await expect(admit('one')).rejects.toMatchObject({ name: 'StoredRowInvalidError' });
  });

  it('has 20 slots unless told otherwise', async () => {
    const { guard: standard } = world.runtime;
    for (let n = 0; n < 20; n += 1) expect(await standard.admit(call(`call-${n}`))).toEqual(IN);
    expect(await standard.admit(call('one too many'))).toMatchObject({ reason: 'BUSY' });
  });
});

describe('calls that come at once', () => {
  it('never get more than 20 slots between 60 of them, and all 20 once they try again', async () => {
    const shared = guard({});
    const attempt = async (lease: string): Promise<string> => {
      try {
        const result = await shared.admit(call(lease));
        return result.admitted ? 'ADMITTED' : result.reason;
      } catch (error) {
        return (error as TransientError).error_code;
      }
    };
    const leases = Array.from({ length: 60 }, (_, n) => `call-${n}`);
    const results = await Promise.all(leases.map(attempt));
    const admitted = leases.filter((_, n) => results[n] === 'ADMITTED');
    expect(admitted.length).toBeLessThanOrEqual(20);
    expect(await inside()).toEqual(admitted.sort());
    for (const result of results) expect(['ADMITTED', 'BUSY', 'CONNECTOR_CONTENDED']).toContain(result);
    for (const lease of leases) await attempt(lease);
    expect(await inside()).toHaveLength(20);
  });

  it('see each other when they are the first', async () => {
    afterFirst(world.tables.client, 'GetItemCommand', async () => void (await admit('two')));
    expect(await admit('one')).toEqual(IN);
    expect(await inside()).toEqual(['one', 'two']);
  });

  it('see each other when there is one slot left', async () => {
    await admit('zero');
    afterFirst(world.tables.client, 'GetItemCommand', async () => void (await admit('two')));
    expect(await admit('one')).toMatchObject({ reason: 'BUSY' });
    expect(await inside()).toEqual(['two', 'zero']);
  });

  it('lose no failure to each other when they leave', async () => {
    await admit('one');
    await admit('two');
    await Promise.all([leave('one', false), leave('two', false)]);
    expect(await row()).toMatchObject({ circuit: 'OPEN', slots: {} });
  });

  it('give up after ten tries, as something to try again later', async () => {
    const pauses: number[] = [];
    const random = () => pauses.push(0) && 0;
    const lost = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    await withPutsFailing(lost, async (puts) => {
      await expect(guard({ random }).admit(call('one'))).rejects.toMatchObject({
        ...{ name: 'TransientError', error_class: 'RATE_LIMIT', error_code: 'CONNECTOR_CONTENDED' },
      });
      expect(puts()).toBe(10);
      expect(pauses).toHaveLength(9);
    });
  });

  it('fail at once when DynamoDB does', async () => {
    await withPutsFailing(new Error('no such table'), async (puts) => {
      await expect(admit('one')).rejects.toThrow('no such table');
      expect(puts()).toBe(1);
    });
  });
});
