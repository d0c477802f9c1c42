import { describe, expect, it } from '@jest/globals';
import { StoredRowInvalidError } from '../../../src/application/errors.ts';
import type { PlanHint, PlanKey } from '../../../src/application/ports/plans.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { tell } from '../../support/plan-commits.ts';
import { EXPIRY, minute, planIn, START, toStatus } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'REVENUE_PLANS_TABLE_NAME';
const keyOf = (plan_id: string): PlanKey => ({ ...SCOPE, plan_id });
const seed = (plan_id: string, more: object = {}) =>
  world.put(TABLE, { pk: SCOPE_PK, sk: `PLAN#${plan_id}`, ...planIn('DRAFT', { plan_id }), ...more });

const collected = async <T>(pages: AsyncIterable<T[]>): Promise<T[]> => {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
};
const dueUpTo = async (instant: string) =>
  (await collected(world.runtime.plans.listDue(instant))).map(({ plan_id }) => plan_id).sort();
const idsOf = (plans: readonly PlanHint[]) => plans.map(({ plan_id }) => plan_id);

describe('reading a plan', () => {
  it('gives nothing for one that does not exist, or stands elsewhere', async () => {
    await seed('p1');
    expect(await world.runtime.plans.get(keyOf('p2'))).toBeUndefined();
    expect(await world.runtime.plans.get({ ...keyOf('p1'), account_id: 'a2' })).toBeUndefined();
  });

  it('names the row that is no plan, and what is wrong with it', async () => {
    await seed('p1', { plan_status: 'DREAMING' });
    const asked = world.runtime.plans.get(keyOf('p1'));
    await expect(asked).rejects.toThrow(StoredRowInvalidError);
    await expect(asked).rejects.toThrow(/ACCOUNT#a1 \/ PLAN#p1: plan_status/);
  });
});

describe('reading many plans', () => {
  it('keeps the order asked for, past the 100 keys of one request, and passes over what is not there', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `p${index}`);
    await Promise.all(ids.map((id) => seed(id)));
    const { plans, invalid } = await world.runtime.plans.getMany(['nowhere', ...ids].map(keyOf));
    expect(idsOf(plans)).toEqual(ids);
    expect(invalid).toEqual([]);
  });

  it('sets rows apart that are no plans, each by name', async () => {
    await Promise.all([seed('p1'), seed('p2', { steps: 'none' })]);
    const { plans, invalid } = await world.runtime.plans.getMany([keyOf('p2'), keyOf('p1')]);
    expect(idsOf(plans)).toEqual(['p1']);
    expect(invalid).toEqual([
      { ...keyOf('p2'), error: expect.stringMatching(/^StoredRowInvalidError: .*PLAN#p2: steps/) },
    ]);
  });

  it('asks for nothing when there is nothing to read', async () => {
    expect(await world.runtime.plans.getMany([])).toEqual({ plans: [], invalid: [] });
  });
});

describe('the due index', () => {
  it('lists a plan from the instant on at which it is due', async () => {
    await tell(world.runtime.plans, toStatus('DRAFT'));
    expect(await dueUpTo(minute(43_199))).toEqual([]);
    expect(await dueUpTo(EXPIRY)).toEqual(['p1']);
    expect(await collected(world.runtime.plans.listDue(EXPIRY))).toEqual([
      { ...keyOf('p1'), plan_status: 'DRAFT', due_at: EXPIRY },
    ]);
  });

  it('lists plans of every shard', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `p${index + 10}`);
    await Promise.all(ids.map((plan_id) => tell(world.runtime.plans, toStatus('APPROVED', { plan_id }))));
    expect(await dueUpTo(minute(1))).toEqual(ids);
    const shards = (await world.rows(TABLE)).map(({ due_shard }) => due_shard);
    expect([...new Set(shards)].sort()).toEqual(['DUE#0', 'DUE#1', 'DUE#2', 'DUE#3']);
  });

  it('does not list a plan that has ended', async () => {
    await tell(world.runtime.plans, toStatus('ABORTED'));
    expect(await dueUpTo('2030-01-01T00:00:00.000Z')).toEqual([]);
  });

  it('lists a row that cannot be read like any other, so that it fails alone', async () => {
    await tell(world.runtime.plans, toStatus('APPROVED', { plan_id: 'p1' }));
    await tell(world.runtime.plans, toStatus('APPROVED', { plan_id: 'p2' }));
    const row = await world.row(TABLE, SCOPE_PK, 'PLAN#p2');
    await world.put(TABLE, { ...row, plan_status: 'DREAMING' });
    expect(await dueUpTo(minute(1))).toEqual(['p1', 'p2']);
  });
});

describe('postponing a plan', () => {
  it('moves it in the due index and changes nothing of the plan', async () => {
    const plan = await tell(world.runtime.plans, toStatus('APPROVED'));
    expect(await world.runtime.plans.postponeIfUnchanged(plan, minute(30))).toBe(true);
    expect(await dueUpTo(minute(29))).toEqual([]);
    expect(await dueUpTo(minute(30))).toEqual(['p1']);
    expect(await world.runtime.plans.get(plan)).toEqual(plan);
  });

  it('takes it out of the due index when nothing is left to do', async () => {
    const plan = await tell(world.runtime.plans, toStatus('APPROVED'));
    expect(await world.runtime.plans.postponeIfUnchanged(plan, undefined)).toBe(true);
    expect(await dueUpTo('2030-01-01T00:00:00.000Z')).toEqual([]);
  });

  it.each([minute(30), undefined])(
    'to %p is left to whoever has changed the plan meanwhile',
    async (dueAt) => {
      const [create, approve] = toStatus('APPROVED');
      if (!create || !approve) throw new Error('no story');
      const draft = await tell(world.runtime.plans, [create]);
      await tell(world.runtime.plans, [approve], draft);
      expect(await world.runtime.plans.postponeIfUnchanged(draft, dueAt)).toBe(false);
      expect(await dueUpTo(minute(1))).toEqual(['p1']);
    },
  );

  it('makes up no plan that is gone', async () => {
    expect(await world.runtime.plans.postponeIfUnchanged(planIn('APPROVED'), START)).toBe(false);
    expect(await world.rows(TABLE)).toEqual([]);
  });
});

describe('the plans of a tenant', () => {
  it('are listed by id with what a list shows, without the locks and other tenants', async () => {
    const bolt = { tenant_id: 'bolt', plan_id: 'p3' };
    await Promise.all([
      tell(world.runtime.plans, toStatus('ACTIVE', { plan_id: 'p2' })),
      tell(world.runtime.plans, toStatus('ABORTED', { plan_id: 'p1', account_id: 'a0' })),
      tell(world.runtime.plans, toStatus('ACTIVE', bolt)),
    ]);
    const more = {
      ...{ plan_type: 'RENEWAL_DEFENSE', objective: 'Secure the renewal before day -30', expires_at: EXPIRY },
    };
    expect(await collected(world.runtime.plans.listByTenant('acme'))).toEqual([
      { ...{ tenant_id: 'acme', account_id: 'a0', plan_id: 'p1' }, plan_status: 'ABORTED', ...more },
      { ...keyOf('p2'), plan_status: 'ACTIVE', ...more },
    ]);
  });
});

describe('a ledger', () => {
  it('tells where its plan stands', async () => {
    await tell(world.runtime.plans, toStatus('DRAFT'));
    expect(await world.runtime.plans.locate('p1')).toEqual(keyOf('p1'));
    expect(await world.runtime.plans.locate('p2')).toBeUndefined();
  });

  it('is read to its end, past the 1 MB of one page, oldest first', async () => {
    const plan = await tell(world.runtime.plans, toStatus('DRAFT'));
    const [first] = await world.runtime.plans.ledger(plan.plan_id);
    const seqs = [2, 3, 4, 5, 6];
    for (const seq of seqs) {
      const sk = `EVENT#000000000${seq}`;
      const data = { reason: 'x'.repeat(300_000) };
      await world.put('PLAN_LEDGER_TABLE_NAME', { pk: 'PLAN#p1', sk, ...first, seq, data });
    }
    const ledger = await world.runtime.plans.ledger('p1');
    expect(ledger.map(({ seq }) => seq)).toEqual([1, ...seqs]);
  });

  it('names an entry that cannot be read', async () => {
    await world.put('PLAN_LEDGER_TABLE_NAME', { pk: 'PLAN#p1', sk: 'EVENT#0000000001', seq: 1 });
    await expect(world.runtime.plans.ledger('p1')).rejects.toThrow(StoredRowInvalidError);
    await expect(world.runtime.plans.locate('p1')).rejects.toThrow(/PLAN#p1 \/ EVENT#0000000001: plan_id/);
  });
});
