import { beforeEach, describe, expect, it } from '@jest/globals';
import { activatePlan } from '../../src/application/activate-plan.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { Cycle, PlanItem } from '../../src/contracts/plan-cycle.ts';
import { CYCLE_ID, newCycle, newItem } from '../support/cycles.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { SCOPE_PK } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import { EXPIRY, minute, newPlan, toStatus } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const activate = (more: Partial<Cycle> = {}, item: Partial<PlanItem> = {}, plans?: PlanStore) =>
  activatePlan(
    { clock: world.clock, tenants: world.runtime.tenants, plans: plans ?? world.runtime.plans },
    { cycle: newCycle(more), plan: newItem({ list: 'APPROVED', ...item }) },
  );
const approve = (plan_id = 'p1') => tell(world.runtime.plans, toStatus('APPROVED', { plan_id }));
const stored = (plan_id = 'p1') => world.runtime.plans.get({ ...newPlan(), plan_id });
const ledger = async () => (await world.runtime.plans.ledger('p1')).map(({ event_type }) => event_type);
const dueAt = async () => (await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1'))?.due_sk;

beforeEach(async () => {
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
  world.clock.set(minute(10));
});

describe('activating an approved plan', () => {
  it('makes it ACTIVE, and the ledger says that the cycle did', async () => {
    await approve();
    expect(await activate()).toEqual({
      activated: true,
      expired: false,
      advance: false,
      effect: 'activated',
    });
    expect(await stored()).toMatchObject({ plan_status: 'ACTIVE', activated_at: minute(10) });
    const last = (await world.runtime.plans.ledger('p1')).at(-1);
    expect(last).toMatchObject({ event_type: 'PLAN_ACTIVATED', actor: { kind: 'system', id: CYCLE_ID } });
  });

  it('lets it go on in the same cycle when there is room', async () => {
    await approve();
    expect((await activate({}, { advance_when_active: true })).advance).toBe(true);
  });

  it('judges by the instant that the cycle was asked for, and says so in the ledger', async () => {
    await approve();
    await activate({ as_of: minute(5) });
    const last = (await world.runtime.plans.ledger('p1')).at(-1);
    expect(last).toMatchObject({ timestamp: minute(5), actor: { id: `${CYCLE_ID} as of ${minute(5)}` } });
  });

  it('ends it instead when it has expired', async () => {
    await approve();
    world.clock.set(EXPIRY);
    expect(await activate({}, { advance_when_active: true })).toEqual({
      ...{ activated: false, expired: true, advance: false, effect: 'expired' },
    });
    expect((await stored())?.plan_status).toBe('EXPIRED');
  });
});

describe('an activation that the policy gate rejects', () => {
  const conflict = async () => {
    await approve();
    await tell(world.runtime.plans, toStatus('ACTIVE', { plan_id: 'p0' }));
  };

  it('is in the ledger, with its reasons, and tried again behind the others', async () => {
    await conflict();
    const output = await activate();
    expect(output).toMatchObject({ activated: false, expired: false, advance: false });
    expect(output.effect).toMatch(/^not activated: plan p1: CONFLICT_ACTIVE_PLAN: Plan p0/);
    const last = (await world.runtime.plans.ledger('p1')).at(-1);
    expect(last).toMatchObject({
      event_type: 'PLAN_ACTIVATION_REJECTED',
      data: { conflicting_plan_ids: ['p0'] },
    });
    expect(await dueAt()).toBe(`${minute(11)}#p1`);
  });

  it('is in the ledger once as long as its reasons stay the same, but looked at later each time', async () => {
    await conflict();
    await activate();
    world.clock.set(minute(20));
    expect((await activate()).activated).toBe(false);
    expect(await ledger()).toEqual(['PLAN_CREATED', 'PLAN_APPROVED', 'PLAN_ACTIVATION_REJECTED']);
    expect(await dueAt()).toBe(`${minute(21)}#p1`);
  });

  it('is in the ledger again when its reasons have changed', async () => {
    await conflict();
    await activate();
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'suspended' });
    expect((await activate()).effect).toContain('PRECONDITIONS_UNMET: Tenant acme is not active');
    expect((await ledger()).filter((type) => type === 'PLAN_ACTIVATION_REJECTED')).toHaveLength(2);
  });

  it('comes of a tenant that does not exist', async () => {
    await world.tables.clear();
    await approve();
    expect((await activate()).effect).toContain('Tenant acme is not active');
  });

  it('comes of what the tenant asks of its plans', async () => {
    const elevated_authority = { risk_at_least: 'LOW', approvers: ['carla'] };
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', plan_policy: { elevated_authority } });
    await approve();
    expect((await activate()).effect).toContain('RISK_ELEVATED');
  });

  it('is in the ledger once when the lock was lost to a racer', async () => {
    await approve();
    await approve('p0');
    const race = () => activate({}, { plan_id: 'p0' });
    const output = await activate({}, {}, racingPlans(world.runtime.plans, race));
    expect(output.effect).toContain('CONFLICT_ACTIVE_PLAN: Plan p0');
    expect(await ledger()).toEqual(['PLAN_CREATED', 'PLAN_APPROVED', 'PLAN_ACTIVATION_REJECTED']);
    expect((await stored('p0'))?.plan_status).toBe('ACTIVE');
  });
});

describe('an activation that comes too late', () => {
  it('leaves a plan alone that is ACTIVE already, and puts it where it belongs in the due index', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    const output = await activate({}, { advance_when_active: true });
    expect(output).toMatchObject({ activated: false, expired: false, advance: false });
    expect(output.effect).toBe('not activated: plan p1 is ACTIVE and cannot become ACTIVE');
    expect(await dueAt()).toBe(`${minute(10)}#p1`);
  });

  it('does nothing about a plan that is gone', async () => {
    const before = await world.everything();
    expect((await activate()).effect).toBe('not activated: there is no such plan');
    expect(await world.everything()).toEqual(before);
  });

  it('is tried again by the machine when others keep changing the plan', async () => {
    await approve();
    const lost: PlanStore = {
      ...world.runtime.plans,
      commitIfUnchanged: async () => ({ committed: false, lost_to: 'PLAN' }),
    };
    await expect(activate({}, {}, lost)).rejects.toThrow(TransientError);
  });
});

describe('a dry run', () => {
  it('says no more than that it would activate a plan that has nothing to start', async () => {
    await tell(world.runtime.plans, toStatus('APPROVED', { plan_id: 'p1', steps: [] }));
    const { effect } = await activate({ dry_run: true }, { advance_when_active: true });
    expect(effect).toBe('would activate');
  });

  it.each([
    ['activate', 'would activate, then start step s1', minute(10)],
    ['expire', 'would expire', EXPIRY],
  ])('says that it would %s, and writes nothing', async (what, effect, now) => {
    await approve();
    world.clock.set(now);
    const before = await world.everything();
    const output = await activate({ dry_run: true }, { advance_when_active: true });
    expect(output).toMatchObject({ activated: what === 'activate', advance: false, effect });
    expect(await world.everything()).toEqual(before);
  });

  it('writes no rejection, and postpones nothing', async () => {
    await approve();
    await tell(world.runtime.plans, toStatus('ACTIVE', { plan_id: 'p0' }));
    const before = await world.everything();
    expect((await activate({ dry_run: true })).effect).toMatch(/^not activated: /);
    await activate({ dry_run: true }, { plan_id: 'p0' });
    expect(await world.everything()).toEqual(before);
  });
});
