import { describe, expect, it } from '@jest/globals';
import { ValidationError } from '../../src/application/errors.ts';
import { openCycle } from '../../src/application/open-cycle.ts';
import type { CycleLease, PlanStore } from '../../src/application/ports/plans.ts';
import type { PlanCycleInput } from '../../src/contracts/plan-cycle.ts';
import { CYCLE_ID } from '../support/cycles.ts';
import { fake } from '../support/fakes/fake.ts';
import { tenantsOf } from '../support/fakes/plan-hints.ts';
import { minute, START } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const tenants = tenantsOf(
  { tenantId: 'acme', status: 'active' },
  { tenantId: 'bolt', status: 'active' },
  { tenantId: 'cork', status: 'suspended' },
);
const P1 = { tenant_id: 'acme', account_id: 'a1', plan_id: 'p1' };
const plans = fake<PlanStore>('PlanStore', {
  locate: async (planId) => (planId === 'p1' ? P1 : undefined),
});

const open = async (input: PlanCycleInput, maxPlansPerRun = 10, free = true) => {
  const asked: unknown[] = [];
  const lease = fake<CycleLease>('CycleLease', {
    acquireIfFree: async (...all) => {
      asked.push(all);
      return free
        ? { acquired: true, fencing_token: 7 }
        : { acquired: false, held_by: 'other', until: minute(9) };
    },
  });
  const settings = { maxPlansPerRun, leaseTtlSeconds: 600 };
  const deps = { clock: settableClock(), lease, tenants, plans, settings };
  return { asked, output: await openCycle(deps, { execution_id: CYCLE_ID, input }) };
};

describe('opening a scheduled cycle', () => {
  it('takes the lease and tells the tasks what they need', async () => {
    expect(await open({})).toEqual({
      asked: [[CYCLE_ID, START, 600]],
      output: {
        opened: true,
        cycle: {
          ...{ cycle_id: CYCLE_ID, opened_at: START, as_of: null, dry_run: false, force: false },
          ...{ tenant_ids: null, plans: null, max_plans_per_run: 10, max_concurrency: 10, fencing_token: 7 },
        },
      },
    });
  });

  it('says who holds the lease when another cycle is running', async () => {
    const { output } = await open({}, 10, false);
    expect(output).toEqual({ opened: false, held_by: 'other', until: minute(9) });
  });

  it.each([
    [39, 39],
    [40, 40],
    [41, 40],
  ])('with K = %i works on at most %i plans at once, for an inline Map runs no more', async (k, most) => {
    const { output } = await open({}, k);
    expect(output).toMatchObject({ cycle: { max_plans_per_run: k, max_concurrency: most } });
  });
});

describe('opening a backfill', () => {
  it('takes no lease, even while a cycle is running', async () => {
    const { asked, output } = await open({ tenant_ids: ['acme'] }, 10, false);
    expect(asked).toEqual([]);
    expect(output).toMatchObject({ opened: true, cycle: { tenant_ids: ['acme'], fencing_token: null } });
  });

  it('finds the plans that it is about', async () => {
    const { output } = await open({ plan_ids: ['p1'], tenant_ids: ['acme', 'bolt'] });
    expect(output).toMatchObject({ cycle: { plans: [P1] } });
    expect((await open({ plan_ids: ['p1'] })).output).toMatchObject({ cycle: { plans: [P1] } });
  });

  it('judges by the past without further ado', async () => {
    const as_of = minute(-5);
    expect((await open({ as_of })).output).toMatchObject({ cycle: { as_of, dry_run: false, force: false } });
  });

  it.each([{ dry_run: true }, { force: true }])('judges by the future with %j', async (how) => {
    const as_of = minute(5);
    expect((await open({ as_of, ...how })).output).toMatchObject({ cycle: { as_of, ...how } });
  });

  it.each<[PlanCycleInput, RegExp]>([
    [{ as_of: minute(5) }, /^as_of: 2026-01-05T09:05:00.000Z is in the future/],
    [{ as_of: minute(5), dry_run: false, force: false }, /^as_of: .*add dry_run to look, or force to act/],
    [{ tenant_ids: ['acme', 'nobody'] }, /^tenant_ids\[1\]: "nobody": there is no such tenant/],
    [{ tenant_ids: ['cork'] }, /^tenant_ids\[0\]: "cork": the tenant is suspended/],
    [{ plan_ids: ['p1', 'p2'] }, /^plan_ids\[1\]: "p2": there is no such plan/],
    [{ plan_ids: ['p1'], tenant_ids: ['bolt'] }, /^plan_ids\[0\]: "p1": belongs to tenant acme/],
  ])('refuses %j by path and value', async (input, message) => {
    const opened = open(input);
    await expect(opened).rejects.toThrow(ValidationError);
    await expect(opened).rejects.toThrow(message);
  });
});
