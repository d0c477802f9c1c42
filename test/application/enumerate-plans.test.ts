import { describe, expect, it } from '@jest/globals';
import { enumeratePlans } from '../../src/application/enumerate-plans.ts';
import type { PlanKey, PlanStore } from '../../src/application/ports/plans.ts';
import type { Plan, PlanStatus } from '../../src/domain/plan/plan.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { fake } from '../support/fakes/fake.ts';
import { at, autoApprove, ben, newStep, planIn, start, then } from '../support/plan-fixtures.ts';

const BROKEN = 'StoredRowInvalidError: row x: steps';

/** It was aborted while an action that was approved was under way. */
const ENDED_IN_FLIGHT = then(
  planIn('ACTIVE', { steps: [newStep('s1')] }),
  ...[start('s1', 3), autoApprove('s1', 4)],
  [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)],
);

const enumerate = async (statuses: Record<string, PlanStatus | 'BROKEN' | 'UNHEARD'>, k = 2) => {
  const statusOf = (plan_id: string) => statuses[plan_id] ?? 'BROKEN';
  const asked: PlanKey[] = [];
  const plans = fake<PlanStore>('PlanStore', {
    getMany: async (keys) => {
      asked.push(...keys);
      const read: Plan[] = keys.flatMap(({ plan_id }) => {
        const status = statusOf(plan_id);
        if (status === 'UNHEARD') return [{ ...ENDED_IN_FLIGHT, plan_id }];
        return status === 'BROKEN' ? [] : [planIn(status, { plan_id })];
      });
      const broken = keys.filter(({ plan_id }) => statusOf(plan_id) === 'BROKEN');
      return { plans: read, invalid: broken.map((key) => ({ ...key, error: BROKEN })) };
    },
  });
  const tenant = {
    tenant_id: 'acme',
    plans: Object.keys(statuses).map((plan_id) => ({ account_id: 'a1', plan_id })),
  };
  const output = await enumeratePlans({ plans }, { cycle: newCycle({ max_plans_per_run: k }), tenant });
  const inShort = output.plans.map(({ list, plan_id, advance_when_active }) =>
    [list, plan_id, ...(advance_when_active ? ['may advance'] : [])].join(' '),
  );
  return { asked, inShort, plans: output.plans };
};

describe('the plans of a tenant to look at', () => {
  it('are read by the keys that were enumerated', async () => {
    const { asked, plans } = await enumerate({ p1: 'ACTIVE' });
    expect(asked).toEqual([{ tenant_id: 'acme', account_id: 'a1', plan_id: 'p1' }]);
    expect(plans).toEqual([newItem()]);
  });

  it('are at most K that are APPROVED and K others that are live, in the order given', async () => {
    const { inShort } = await enumerate({
      ...{ l1: 'PAUSED', a1: 'APPROVED', l2: 'DRAFT', a2: 'APPROVED', a3: 'APPROVED', l3: 'ACTIVE' },
    });
    expect(inShort).toEqual(['APPROVED a1', 'APPROVED a2', 'LIVE l1', 'LIVE l2']);
  });

  it.each(['COMPLETED', 'ABORTED', 'EXPIRED'] as const)('are none that have become %s', async (status) => {
    const { inShort } = await enumerate({ p1: status, p2: status, p3: 'ACTIVE' });
    expect(inShort).toEqual(['LIVE p3']);
  });

  it('are those that have ended, too, while an approved attempt is still in flight', async () => {
    expect((await enumerate({ p1: 'UNHEARD', p2: 'ABORTED' })).inShort).toEqual(['LIVE p1']);
  });

  it('go on once activated as far as the list of live plans has room', async () => {
    const approved = { a1: 'APPROVED', a2: 'APPROVED' } as const;
    expect((await enumerate(approved)).inShort).toEqual([
      'APPROVED a1 may advance',
      'APPROVED a2 may advance',
    ]);
    expect((await enumerate({ ...approved, l1: 'ACTIVE' })).inShort).toEqual([
      ...['APPROVED a1 may advance', 'APPROVED a2', 'LIVE l1'],
    ]);
    expect((await enumerate({ ...approved, l1: 'ACTIVE', l2: 'ACTIVE' })).inShort).toEqual([
      ...['APPROVED a1', 'APPROVED a2', 'LIVE l1', 'LIVE l2'],
    ]);
  });

  it('name a row that is no plan, and go on with the others', async () => {
    const { plans } = await enumerate({ bad: 'BROKEN', p1: 'ACTIVE' });
    expect(plans).toEqual([newItem(), newItem({ plan_id: 'bad', list: 'INVALID', error: BROKEN })]);
  });
});
