import { describe, expect, it } from '@jest/globals';
import { createPlan } from '../../src/application/create-plan.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import { newPlan, START } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const create = (plan = newPlan()) => createPlan(world.runtime, { plan, by: 'ana', trigger: 'proposal' });

describe('creating a plan', () => {
  it('stores a draft, and who made it when and why', async () => {
    const result = await create();
    expect(result).toMatchObject({ ok: true, plan: { plan_status: 'DRAFT', created_by: 'ana' } });
    expect(await world.runtime.plans.get(newPlan())).toEqual(result.plan);
    expect(await world.runtime.plans.ledger('p1')).toMatchObject([
      { seq: 1, event_type: 'PLAN_CREATED', timestamp: START, actor: { kind: 'human', id: 'ana' } },
    ]);
    expect((await world.runtime.plans.ledger('p1'))[0]?.data).toMatchObject({ trigger: 'proposal' });
  });

  it('is refused when the plan exists', async () => {
    await create();
    const before = await world.everything();
    expect(await create()).toMatchObject({ ok: false, code: 'PLAN_EXISTS' });
    expect(await world.everything()).toEqual(before);
  });

  it('is refused when the id belongs to a plan of somebody else, and does not say whose', async () => {
    await create();
    const before = await world.everything();
    const result = await create(newPlan({ tenant_id: 'bolt' }));
    expect(result).toMatchObject({ ok: false, code: 'PLAN_EXISTS' });
    expect(JSON.stringify(result)).not.toContain('acme');
    expect(await world.everything()).toEqual(before);
  });

  it('is to be tried again when it lost to something that has left no plan', async () => {
    const plans: PlanStore = {
      ...world.runtime.plans,
      commitIfUnchanged: async () => ({ committed: false, lost_to: 'PLAN' }),
    };
    const input = { plan: newPlan(), by: 'ana', trigger: 'proposal' };
    await expect(createPlan({ clock: world.clock, plans }, input)).rejects.toThrow(TransientError);
  });
});
