import { describe, expect, it } from '@jest/globals';
import { briefPlan, START } from '../machine-world.ts';
import { failing, type OpenWorld } from '../machine-worlds.ts';
import { counts } from './cycle-output.ts';

const NEXT_YEAR = '2027-01-05T09:00:00.000Z';

const REFUSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['an unknown field', '{"tenant":"acme"}', ['tenant']],
  ['a date that is none', '{"as_of":"2026-02-30T00:00:00Z"}', ['as_of', '2026-02-30']],
  ['a key named __proto__', '{"__proto__":{"force":true}}', ['__proto__']],
  ['a tenant that does not exist', '{"tenant_ids":["nobody"]}', ['tenant_ids[0]', 'nobody']],
  [
    'a tenant that is suspended',
    '{"tenant_ids":["acme","sleepy"]}',
    ['tenant_ids[1]', 'sleepy', 'suspended'],
  ],
  ['a plan that does not exist', '{"plan_ids":["p1","none"]}', ['plan_ids[1]', 'none']],
  ['a plan of another tenant', '{"plan_ids":["p1"],"tenant_ids":["other"]}', ['plan_ids[0]', 'p1', 'acme']],
  ['an id with the separator of keys', '{"plan_ids":["p#1"]}', ['plan_ids[0]', 'p#1']],
  ['a future instant to act at', `{"as_of":"${NEXT_YEAR}"}`, ['as_of', NEXT_YEAR]],
  ['a value of another type', '{"force":"yes"}', ['force', 'yes']],
];

const TENANTS = [
  { tenantId: 'acme', status: 'active' },
  { tenantId: 'other', status: 'active' },
  { tenantId: 'sleepy', status: 'suspended' },
];

export const refusesInput = (open: OpenWorld) =>
  describe('a cycle that does not open', () => {
    it.each(REFUSED)(
      'fails as ValidationError for %s, naming path and value, and writes nothing',
      async (_, input, named) => {
        const m = await open();
        await m.introduce({ tenants: TENANTS, plans: [briefPlan('p1')] });
        const before = await m.world.everything();
        const { status, error, cause = '{}' } = await m.cycle(input);
        expect({ status, error }).toEqual({ status: 'FAILED', error: 'ValidationError' });
        const { errorMessage } = JSON.parse(cause);
        for (const text of named) expect(errorMessage).toContain(text);
        expect(await m.world.everything()).toEqual(before);
      },
    );

    it('fails by the name of what kept it from opening, after its retries', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      const { calls } = failing(m, 'OpenCycle', { name: 'TransientError' });
      expect(calls).toBe(0);
      const count = failing(m, 'OpenCycle', { name: 'TransientError', message: 'the table is away' });
      const { status, error, cause } = await m.cycle();
      expect({ status, error, calls: count.calls }).toEqual({
        status: 'FAILED',
        error: 'TransientError',
        calls: 5,
      });
      expect(cause).toContain('the table is away');
    });

    it('ends well, with the name of the one that holds the lease, and has done nothing', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.system.runtime.lease.acquireIfFree('another cycle', START, 120);
      const before = await m.world.everything();
      const { status, output = '{}' } = await m.cycle();
      expect(status).toBe('SUCCEEDED');
      const until = '2026-01-05T09:02:00.000Z';
      expect(JSON.parse(output)).toMatchObject({ answer: { held_by: 'another cycle', until } });
      expect(await m.world.everything()).toEqual(before);
    });

    it('is one beat: a cycle after the lease has lapsed takes it over', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.system.runtime.lease.acquireIfFree('a cycle that died', START, 120);
      m.wait(2);
      expect(counts(await m.cycle())).toMatchObject({ activated: 1, stepsStarted: 1 });
    });

    it('is none that was asked for: a backfill needs no lease', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.system.runtime.lease.acquireIfFree('another cycle', START, 120);
      expect(counts(await m.cycle({ tenant_ids: ['acme'] }))).toMatchObject({ activated: 1 });
    });
  });
