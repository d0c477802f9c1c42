import { describe, expect, it } from '@jest/globals';
import { dueShard, dueSk, planPk, scopePk } from '../../../src/adapters/dynamodb/keys.ts';
import { briefPlan, type MachineWorld, meetingPlan, START } from '../machine-world.ts';
import { failing, type OpenWorld } from '../machine-worlds.ts';
import { counts, failureOf } from './cycle-output.ts';

const TWO_TENANTS = {
  tenants: [
    { tenantId: 'acme', status: 'active' },
    { tenantId: 'beta', status: 'active' },
  ],
};

/** Away for good, as a refused connection is. */
const away = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1'), { code: 'ECONNREFUSED' });

/** A plan of another account, which must be served whatever happens to the first. */
const OTHER = meetingPlan('p2', { account_id: 'a2' });

const servesTheOther = async ({ system }: MachineWorld) => {
  const key = { tenant_id: 'acme', account_id: 'a2', plan_id: 'p2' };
  expect((await system.runtime.plans.get(key))?.steps).toMatchObject([{ last_attempt: 1 }]);
};

const UNHEARD_OF = { name: 'SomethingUnheardOf' };

export const isolatesFailures = (open: OpenWorld) =>
  describe('what goes wrong in a cycle', () => {
    it.each(['ActivatePlan', 'EvaluatePlan', 'DispatchStep', 'DecideApproval'])(
      'in %s is the failure of that plan alone, by name; the next cycles go on with it',
      async (state) => {
        const m = await open();
        await m.introduce({ plans: [briefPlan('p1'), OTHER] });
        failing(m, state, UNHEARD_OF, { times: 1, of: '"account_id":"a1"' });
        const failures = [{ tenant_id: 'acme', plan_id: 'p1', error: 'SomethingUnheardOf' }];
        expect(failureOf(await m.cycle())).toMatchObject({ failed: 1, failures });
        await servesTheOther(m);
        for (let beat = 0; beat < 3; beat += 1) {
          m.wait(1);
          expect((await m.cycle()).status).toBe('SUCCEEDED');
        }
        expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
      },
    );

    it('in RepairStep is the failure of that plan alone, by name; the next cycle repairs it', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'StartExecution', UNHEARD_OF, { times: 1 });
      failing(m, 'RepairStep', UNHEARD_OF, { times: 1 });
      await m.cycle();
      m.wait(5);
      const failures = [{ tenant_id: 'acme', plan_id: 'p1', error: 'SomethingUnheardOf' }];
      expect(failureOf(await m.cycle())).toMatchObject({ failures });
      m.wait(1);
      expect((await m.cycle()).status).toBe('SUCCEEDED');
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });

    it.each([
      'OpenCycle',
      'EnumerateTenants',
      'EnumeratePlans',
      'ActivatePlan',
      'DispatchStep',
      'CloseCycle',
    ])('in passing in %s is tried again and harms nobody', async (state) => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      const count = failing(m, state, { name: 'TransientError' }, { times: 2 });
      expect(counts(await m.cycle())).toMatchObject({ activated: 1, stepsStarted: 1, failed: 0 });
      expect(count.calls).toBe(3);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
    });

    it('that keeps the plan from being postponed, too, harms nobody: the next cycle tries it again', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'ActivatePlan', UNHEARD_OF, { times: 1 });
      failing(m, 'PostponePlan', { name: 'AnotherOne' }, { times: 1 });
      const failures = [{ tenant_id: 'acme', plan_id: 'p1', error: 'SomethingUnheardOf' }];
      expect(failureOf(await m.cycle())).toMatchObject({ failures });
      expect(counts(await m.cycle())).toMatchObject({ activated: 1, stepsStarted: 1, failed: 0 });
    });

    it('does not make a plan due again that has ended meanwhile', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'DispatchStep', UNHEARD_OF, { times: 1 });
      m.intercept.set('PostponePlan', async (_, invoke) => {
        await m.tell('p1', { do: 'abort' });
        return invoke();
      });
      await m.cycle();
      const row = await m.world.row('REVENUE_PLANS_TABLE_NAME', 'TENANT#acme#ACCOUNT#a1', 'PLAN#p1');
      expect(row).toMatchObject({ plan_status: 'ABORTED' });
      expect(row).not.toHaveProperty('due_sk');
    });

    it('with a plan moves it behind the others, so that it starves none of them', async () => {
      const m = await open({ maxPlansPerRun: 1 });
      await m.introduce({ plans: [briefPlan('p1'), OTHER] });
      failing(m, 'ActivatePlan', UNHEARD_OF, { of: '"account_id":"a1"' });
      for (let beat = 0; beat < 3; beat += 1) await m.cycle();
      await servesTheOther(m);
    });

    it('because a row is no plan is the failure of that plan alone, by name', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1'), OTHER] });
      const key = { tenant_id: 'acme', account_id: 'a1', plan_id: 'bad' };
      const due = { due_shard: dueShard('bad'), due_sk: dueSk(START, 'bad') };
      const row = {
        pk: scopePk(key),
        sk: planPk('bad'),
        ...key,
        ...due,
        plan_status: 'ACTIVE',
        steps: 'none',
      };
      await m.world.put('REVENUE_PLANS_TABLE_NAME', row);
      const { failed, failures, activated } = failureOf(await m.cycle());
      expect({ failed, activated }).toEqual({ failed: 1, activated: 2 });
      expect(failures).toEqual([
        {
          tenant_id: 'acme',
          plan_id: 'bad',
          error: expect.stringMatching(/^StoredRowInvalidError: .*bad.*steps/),
        },
      ]);
      await servesTheOther(m);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });

    it('because a tenant cannot be read is the failure of that tenant alone, by name', async () => {
      const m = await open();
      await m.introduce({ ...TWO_TENANTS, plans: [briefPlan('p1'), briefPlan('p2', { tenant_id: 'beta' })] });
      m.fault = (operation, input) =>
        operation === 'BatchGetItem' && JSON.stringify(input).includes('TENANT#beta') ? away() : undefined;
      const failures = [{ tenant_id: 'beta', plan_id: null, error: 'TransientError' }];
      expect(failureOf(await m.cycle())).toMatchObject({ tenants: 2, activated: 1, failed: 1, failures });
      m.fault = undefined;
      expect(counts(await m.cycle())).toMatchObject({ tenants: 1, activated: 1, failed: 0 });
    });

    it('because a child ended without a result is the failure of its tenant, by name', async () => {
      const m = await open();
      await m.introduce({ ...TWO_TENANTS, plans: [briefPlan('p1'), briefPlan('p2', { tenant_id: 'beta' })] });
      m.intercept.set('EnumeratePlans', async ({ payload, executionArn }, invoke) => {
        if (JSON.stringify(payload).includes('"tenant_id":"beta"'))
          m.system.stepFunctions.stopExecution(executionArn);
        return invoke();
      });
      const failures = [{ tenant_id: 'beta', plan_id: null, error: 'ChildExecutionFailed' }];
      expect(failureOf(await m.cycle())).toMatchObject({ activated: 1, failed: 1, failures });
    });

    it('because DynamoDB is away for a while is named, and the next cycle goes on without loss', async () => {
      const m = await open();
      const plans = ['p1', 'p2', 'p3'].map((id, index) => briefPlan(id, { account_id: `a${index + 1}` }));
      await m.introduce({ plans });
      let calls = 0;
      m.fault = () => {
        calls += 1;
        return calls > 12 ? away() : undefined;
      };
      const cycle = await m.cycle();
      expect(cycle).toMatchObject({ status: 'FAILED', error: 'TransientError' });
      expect(calls).toBeGreaterThan(12);
      m.fault = undefined;
      for (const minutes of [2, 3, 6]) {
        m.wait(minutes);
        expect((await m.cycle()).status).toBe('SUCCEEDED');
      }
      for (const plan of plans) {
        const { plan_status, steps } = await m.planOf(plan);
        expect([plan_status, steps[0]?.last_attempt]).toEqual(['COMPLETED', 1]);
      }
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(3);
    });
  });
