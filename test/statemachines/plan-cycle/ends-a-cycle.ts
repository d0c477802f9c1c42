import { describe, expect, it } from '@jest/globals';
import { dueShard, dueSk, planPk, scopePk } from '../../../src/adapters/dynamodb/keys.ts';
import type { ServiceDefinition } from '../../../src/local/service/service-definition.ts';
import { briefPlan, type MachineWorld, START } from '../machine-world.ts';
import { failing, type OpenWorld } from '../machine-worlds.ts';
import { counts, failureOf } from './cycle-output.ts';

const UNHEARD_OF = { name: 'SomethingUnheardOf' };

const holder = async (m: MachineWorld): Promise<unknown> =>
  (await m.world.row('CYCLE_LEASE_TABLE_NAME', 'LEASE#PLAN_CYCLE', 'LEASE'))?.owner;

/** Rows that the due index still lists although their plans have ended: nothing is done about them. */
const putEndedPlans = async (m: MachineWorld, tenant_id: string, count: number): Promise<void> => {
  const plan = await m.system.runtime.plans.get({
    tenant_id,
    account_id: 'a1',
    plan_id: `${tenant_id}-done`,
  });
  const rows = Array.from({ length: count }, (_, index) => {
    const plan_id = `${tenant_id}-${index}`;
    const key = { pk: scopePk({ tenant_id, account_id: 'a1' }), sk: planPk(plan_id) };
    return { ...plan, ...key, plan_id, due_shard: dueShard(plan_id), due_sk: dueSk(START, plan_id) };
  });
  await Promise.all(rows.map((row) => m.world.put('REVENUE_PLANS_TABLE_NAME', row)));
};

type Definition = { States: Record<string, Record<string, unknown>> };

/** plan-cycle with something else in one of its states, for ends that no input can bring about. */
const withState =
  (change: (states: Definition['States']) => void) =>
  (service: ServiceDefinition): ServiceDefinition => ({
    ...service,
    machines: service.machines.map((machine) => {
      if (machine.logicalId !== service.scheduled.machine) return machine;
      const definition = structuredClone(machine.definition) as Definition;
      change(definition.States);
      return { ...machine, definition };
    }),
  });

const processorOf = (state: Record<string, unknown> | undefined): Definition =>
  state?.ItemProcessor as Definition;

const tolerateNothing = withState((states) => {
  Object.assign(states.AdvanceTenants ?? {}, { ToleratedFailurePercentage: 0 });
  delete processorOf(states.AdvanceTenants).States.EnumeratePlans?.Catch;
});

const letIterationsFail = withState((states) => {
  const tenant = processorOf(states.AdvanceTenants);
  delete processorOf(tenant.States.AdvancePlans).States.EvaluatePlan?.Catch;
});

export const endsACycle = (open: OpenWorld) =>
  describe('a cycle', () => {
    it('gives the lease back', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.cycle();
      expect(await m.world.rows('CYCLE_LEASE_TABLE_NAME')).toHaveLength(1);
      expect(await holder(m)).toBeUndefined();
    });

    it('gives the lease back and fails by name when tenants cannot be enumerated', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'EnumerateTenants', UNHEARD_OF, { times: 1 });
      expect(failureOf(await m.cycle())).toMatchObject({
        tenants: 0,
        failed: 0,
        error: 'SomethingUnheardOf',
      });
      expect(await holder(m)).toBeUndefined();
      expect(counts(await m.cycle())).toMatchObject({ activated: 1, stepsStarted: 1 });
    });

    it('that cannot be closed fails by name; its lease lapses by itself', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'CloseCycle', UNHEARD_OF, { times: 1 });
      expect(await m.cycle()).toMatchObject({ status: 'FAILED', error: 'SomethingUnheardOf' });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
      expect(await holder(m)).toMatch(/plan-cycle/);
      m.wait(1);
      expect(JSON.parse((await m.cycle()).output ?? '{}')).toMatchObject({ opened: false });
      m.wait(1);
      expect(counts(await m.cycle())).toMatchObject({ tenants: 0 });
    });

    it('serves tenants whose plans do not fit on one page on several', async () => {
      const m = await open({ maxPlansPerRun: 400 });
      const ids = ['acme', 'beta'];
      const plans = ids.flatMap((tenant_id) => [
        briefPlan(`${tenant_id}-done`, {
          tenant_id,
          plan_status: 'DRAFT',
          expires_at: '2026-01-05T09:01:00.000Z',
        }),
        briefPlan(`${tenant_id}-new`, { tenant_id }),
      ]);
      await m.introduce({ tenants: ids.map((tenantId) => ({ tenantId, status: 'active' })), plans });
      m.wait(1);
      expect(counts(await m.cycle())).toMatchObject({ expired: 2, activated: 2 });
      for (const tenantId of ids) await putEndedPlans(m, tenantId, 300);
      const cycle = await m.cycle();
      expect(counts(cycle)).toMatchObject({ tenants: 2, activated: 0, failed: 0 });
      expect(m.system.stepFunctions.listMapRuns(cycle.executionArn)).toHaveLength(2);
    }, 60_000);

    it('whose children fail altogether names that, and counts no result twice', async () => {
      const m = await open({ change: tolerateNothing });
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'EnumeratePlans', UNHEARD_OF);
      const { error, failures } = failureOf(await m.cycle());
      expect(error).toBe('States.ExceedToleratedFailureThreshold');
      expect(failures).toEqual([{ tenant_id: 'acme', plan_id: null, error: 'ChildExecutionFailed' }]);
      expect(await holder(m)).toBeUndefined();
    });

    it('in which the work on the plans of a tenant breaks off names the tenant', async () => {
      const m = await open({ change: letIterationsFail });
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'EvaluatePlan', UNHEARD_OF);
      const failures = [{ tenant_id: 'acme', plan_id: null, error: 'SomethingUnheardOf' }];
      expect(failureOf(await m.cycle())).toMatchObject({ failed: 1, failures });
    });
  });
