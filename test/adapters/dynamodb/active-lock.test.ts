import { describe, expect, it } from '@jest/globals';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { commitOf, tell } from '../../support/plan-commits.ts';
import { at, ben, NOTHING_IN_THE_WAY, type Told, toStatus } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TYPE = 'RENEWAL_DEFENSE';
const LOST_TO_LOCK = { committed: false, lost_to: 'LOCK' };
const ACTIVATE: Told = [{ type: 'ACTIVATE_PLAN', facts: NOTHING_IN_THE_WAY }, at(2)];
const PAUSE: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(3, ben)];
const lockOf = (plan_id: string) => ({ pk: SCOPE_PK, sk: `ACTIVE#${TYPE}`, plan_id });

describe('the lock of the ACTIVE plan', () => {
  it('is taken with the activation and given back with the pause', async () => {
    const { plans } = world.runtime;
    const active = await tell(plans, toStatus('ACTIVE'));
    expect(await plans.activePlanId(SCOPE, TYPE)).toBe('p1');
    await tell(plans, [PAUSE], active);
    expect(await plans.activePlanId(SCOPE, TYPE)).toBeUndefined();
  });

  it('keeps a second plan of the account and type from becoming ACTIVE', async () => {
    const { plans } = world.runtime;
    const approved = await tell(plans, toStatus('APPROVED'));
    await world.put('REVENUE_PLANS_TABLE_NAME', lockOf('other'));
    expect(await plans.commitIfUnchanged(commitOf(approved, ACTIVATE))).toEqual(LOST_TO_LOCK);
    expect(await plans.get(approved)).toEqual(approved);
    expect(await plans.activePlanId(SCOPE, TYPE)).toBe('other');
  });

  it('does not stand in the way of the plan that holds it', async () => {
    const { plans } = world.runtime;
    const approved = await tell(plans, toStatus('APPROVED'));
    await world.put('REVENUE_PLANS_TABLE_NAME', lockOf('p1'));
    expect(await plans.commitIfUnchanged(commitOf(approved, ACTIVATE))).toEqual({ committed: true });
  });

  it('is not given back by a plan that does not hold it', async () => {
    const { plans } = world.runtime;
    const active = await tell(plans, toStatus('ACTIVE'));
    await world.put('REVENUE_PLANS_TABLE_NAME', lockOf('other'));
    expect(await plans.commitIfUnchanged(commitOf(active, PAUSE))).toEqual(LOST_TO_LOCK);
    expect(await plans.activePlanId(SCOPE, TYPE)).toBe('other');
  });

  it('goes to one of two plans that are activated at once', async () => {
    const { plans } = world.runtime;
    const rivals = await Promise.all(
      ['p1', 'p2'].map((plan_id) => tell(plans, toStatus('APPROVED', { plan_id }))),
    );
    const results = await Promise.all(
      rivals.map((plan) => plans.commitIfUnchanged(commitOf(plan, ACTIVATE))),
    );
    expect(results.filter(({ committed }) => committed)).toHaveLength(1);
    expect(results).toContainEqual(LOST_TO_LOCK);
    const stored = await Promise.all(rivals.map((plan) => plans.get(plan)));
    const active = stored.filter((plan) => plan?.plan_status === 'ACTIVE');
    expect(active.map((plan) => plan?.plan_id)).toEqual([await plans.activePlanId(SCOPE, TYPE)]);
  });
});
