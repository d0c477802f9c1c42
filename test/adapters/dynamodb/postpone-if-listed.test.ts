import { describe, expect, it } from '@jest/globals';
import { tell } from '../../support/plan-commits.ts';
import { minute, toStatus } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();
const KEY = { tenant_id: 'acme', account_id: 'a1', plan_id: 'p1' };
const row = () => world.row('REVENUE_PLANS_TABLE_NAME', 'TENANT#acme#ACCOUNT#a1', 'PLAN#p1');

describe('postponing a plan that could not be looked at', () => {
  it('moves it in the due index', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    await world.runtime.plans.postponeIfListed(KEY, minute(90));
    expect((await row())?.due_sk).toBe(`${minute(90)}#p1`);
  });

  it('does not put a plan back that has ended meanwhile', async () => {
    await tell(world.runtime.plans, toStatus('ABORTED'));
    await world.runtime.plans.postponeIfListed(KEY, minute(90));
    expect((await row())?.due_sk).toBeUndefined();
  });

  it('makes up no plan that is gone', async () => {
    await world.runtime.plans.postponeIfListed(KEY, minute(90));
    expect(await world.rows('REVENUE_PLANS_TABLE_NAME')).toEqual([]);
  });
});
