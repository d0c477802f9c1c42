import { describe, expect, it } from '@jest/globals';
import type { ExtraWrite } from '../../../src/application/ports/plans.ts';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { commitOf, tell } from '../../support/plan-commits.ts';
import { autoApprove, start, toStatus } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const DAY_SK = 'BUDGET_STATE#2026-01-05';
const spend = (max_autonomous_per_day: number): ExtraWrite => ({
  ...{ kind: 'SPEND_BUDGET', ...SCOPE, day: '2026-01-05' },
  ...{ action_type: 'PREP_RENEWAL_BRIEF', max_autonomous_per_day },
});
const spent = () => world.row('AUTONOMY_BUDGET_STATE_TABLE_NAME', SCOPE_PK, DAY_SK);
const started = (plan_id = 'p1', account_id = 'a1') =>
  tell(world.runtime.plans, [...toStatus('ACTIVE', { plan_id, account_id }), start('s1', 3)]);

describe('an approval that spends budget', () => {
  it('counts itself, in all and by type', async () => {
    const commit = commitOf(await started(), autoApprove('s1', 4), [spend(1)]);
    expect(await world.runtime.plans.commitIfUnchanged(commit)).toEqual({ committed: true });
    expect(await spent()).toMatchObject({ total: 1, count_PREP_RENEWAL_BRIEF: 1 });
  });

  it('goes on where the day stands while that is below the cap', async () => {
    await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { pk: SCOPE_PK, sk: DAY_SK, total: 1 });
    const commit = commitOf(await started(), autoApprove('s1', 4), [spend(2)]);
    expect(await world.runtime.plans.commitIfUnchanged(commit)).toEqual({ committed: true });
    expect(await spent()).toMatchObject({ total: 2, count_PREP_RENEWAL_BRIEF: 1 });
  });

  it('is lost when the cap is reached, and approves nothing', async () => {
    await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { pk: SCOPE_PK, sk: DAY_SK, total: 2 });
    const plan = await started();
    const commit = commitOf(plan, autoApprove('s1', 4), [spend(2)]);
    expect(await world.runtime.plans.commitIfUnchanged(commit)).toEqual({
      committed: false,
      lost_to: 'BUDGET',
    });
    expect(await spent()).toEqual({ pk: SCOPE_PK, sk: DAY_SK, total: 2 });
    expect(await world.runtime.plans.get(plan)).toEqual(plan);
    const intent = await world.runtime.intents.get(SCOPE, actionIntentId('p1', 's1', 1));
    expect(intent?.status).toBe('PENDING_APPROVAL');
  });

  it('is won by one of two that race for the last of it', async () => {
    await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { pk: SCOPE_PK, sk: DAY_SK, total: 1 });
    const plans = [await started('p1', 'a1'), await started('p2', 'a2')];
    const results = await Promise.all(
      plans.map((plan) =>
        world.runtime.plans.commitIfUnchanged(commitOf(plan, autoApprove('s1', 4), [spend(2)])),
      ),
    );
    expect(results.filter(({ committed }) => committed)).toHaveLength(1);
    expect(results).toContainEqual({ committed: false, lost_to: 'BUDGET' });
    expect((await spent())?.total).toBe(2);
  });
});
