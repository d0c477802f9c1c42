import { describe, expect, it } from '@jest/globals';
import type { BudgetCounter } from '../../../src/domain/autonomy/budget.ts';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { commitOf, tell } from '../../support/plan-commits.ts';
import {
  at,
  autoApprove,
  ben,
  cancelUnstarted,
  fail,
  orchestrator,
  start,
  succeed,
  type Told,
  toStatus,
} from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const DAY = '2026-01-05';
const DAY_SK = `BUDGET_STATE#${DAY}`;
const TYPE = 'PREP_RENEWAL_BRIEF';
const TENANT_PK = 'TENANT#acme';
const BOTH: BudgetCounter[] = [
  { level: 'ACCOUNT', max: 2, max_of_type: 2 },
  { level: 'TENANT', max: 2 },
];

/** The policy approves the first step, and takes from these budgets. */
const spend = (...counters: BudgetCounter[]): Told => {
  const [command, context] = autoApprove('s1', 4);
  return [{ ...command, budget: { day: DAY, counters } } as Told[0], context];
};
const used = async (pk = SCOPE_PK) => {
  const row = await world.row('AUTONOMY_BUDGET_STATE_TABLE_NAME', pk, DAY_SK);
  return row && { total: row.total, of_type: row[`count_${TYPE}`], settled: row.settled };
};
const alreadyTaken = (pk: string, row: object) =>
  world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { pk, sk: DAY_SK, ...row });
const started = (plan_id = 'p1', account_id = 'a1') =>
  tell(world.runtime.plans, [...toStatus('ACTIVE', { plan_id, account_id }), start('s1', 3)]);
const commit = async (told: Told, plan_id?: string, account_id?: string) =>
  world.runtime.plans.commitIfUnchanged(commitOf(await started(plan_id, account_id), told));

describe('an approval by policy', () => {
  it('counts itself, in all and by type, for account and tenant', async () => {
    expect(await commit(spend(...BOTH))).toEqual({ committed: true });
    const one = { total: 1, of_type: 1, settled: undefined };
    expect([await used(), await used(TENANT_PK)]).toEqual([one, one]);
  });

  it('goes on where the day stands while that is below the caps', async () => {
    await alreadyTaken(SCOPE_PK, { total: 1, [`count_${TYPE}`]: 1 });
    await alreadyTaken(TENANT_PK, { total: 1 });
    expect(await commit(spend(...BOTH))).toEqual({ committed: true });
    expect([await used(), await used(TENANT_PK)]).toMatchObject([
      { total: 2, of_type: 2 },
      { total: 2, of_type: 1 },
    ]);
  });

  it.each([
    ['the cap of the account', SCOPE_PK, { total: 2 }],
    ['the cap of the type', SCOPE_PK, { total: 1, [`count_${TYPE}`]: 2 }],
    ['the cap of the tenant', TENANT_PK, { total: 2 }],
  ])('is lost when %s is reached, and approves nothing', async (_which, pk, row) => {
    await alreadyTaken(pk, row);
    const plan = await started();
    const result = await world.runtime.plans.commitIfUnchanged(commitOf(plan, spend(...BOTH)));
    expect(result).toEqual({ committed: false, lost_to: 'BUDGET' });
    expect(await used(pk)).toMatchObject({ total: row.total });
    expect(await world.runtime.plans.get(plan)).toEqual(plan);
    const intent = await world.runtime.intents.get(SCOPE, actionIntentId('p1', 's1', 1));
    expect(intent?.status).toBe('PENDING_APPROVAL');
  });

  it('is won by one of two accounts that race for the last of their tenant', async () => {
    await alreadyTaken(TENANT_PK, { total: 1 });
    const plans = [await started('p1', 'a1'), await started('p2', 'a2')];
    const results = await Promise.all(
      plans.map((plan) => world.runtime.plans.commitIfUnchanged(commitOf(plan, spend(...BOTH)))),
    );
    expect(results.filter(({ committed }) => committed)).toHaveLength(1);
    expect(results).toContainEqual({ committed: false, lost_to: 'BUDGET' });
    expect((await used(TENANT_PK))?.total).toBe(2);
  });
});

describe('what an approval has taken', () => {
  const nothingDone = (result: 'FAILED' | 'BLOCKED'): Told => [
    {
      ...{ type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1 },
      outcome: { result, reason: 'KILL_SWITCH_ENABLED', nothing_done: true },
    },
    at(6, orchestrator),
  ];
  const abort: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)];
  const taken = (...more: Told[]) =>
    tell(world.runtime.plans, [...toStatus('ACTIVE'), start('s1', 3), spend(...BOTH), ...more]);
  const SETTLED = { total: 1, of_type: 1, settled: 1 };
  const BACK = { total: 0, of_type: 0, settled: undefined };

  it.each<[string, Told[]]>([
    ['succeeds', [succeed('s1', 6)]],
    ['fails', [fail('s1', 6)]],
    ['fails for the last time', [fail('s1', 6), start('s1', 10, 3)]],
    ['succeeds after its plan has ended', [abort, succeed('s1', 6)]],
  ])('is settled once when the action %s', async (_how, told) => {
    await taken(...told);
    expect(await used()).toEqual(SETTLED);
    expect(await used(TENANT_PK)).toEqual({ ...SETTLED, settled: undefined });
  });

  it.each<[string, Told[]]>([
    ['failed before it did anything', [nothingDone('FAILED')]],
    ['was stopped before it did anything', [nothingDone('BLOCKED')]],
    ['was never taken up', [cancelUnstarted('s1', 60)]],
    ['was never taken up before its plan ended', [abort, cancelUnstarted('s1', 60)]],
    ['failed before it did anything, its plan having ended', [abort, nothingDone('FAILED')]],
  ])('is given back when the action %s', async (_how, told) => {
    await taken(...told);
    expect([await used(), await used(TENANT_PK)]).toEqual([BACK, BACK]);
  });
});
