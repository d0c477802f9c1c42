import { describe, expect, it } from '@jest/globals';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import { briefPlan, meetingPlan, START } from '../machine-world.ts';
import { failing, type OpenWorld } from '../machine-worlds.ts';
import { statesEntered } from '../transitions.ts';
import { counts, outputOf } from './cycle-output.ts';

export const advancesPlans = (open: OpenWorld) =>
  describe('a cycle', () => {
    it('activates an approved plan, starts its step, and the execution completes it', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      const cycle = await m.cycle();
      expect(cycle.status).toBe('SUCCEEDED');
      expect(counts(cycle)).toEqual({
        tenants: 1,
        activated: 1,
        stepsStarted: 1,
        completed: 0,
        expired: 0,
        failed: 0,
      });
      expect(await m.plan('p1')).toMatchObject({
        plan_status: 'COMPLETED',
        completion_reason: 'all_steps_done',
      });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
      expect(counts(await m.cycle())).toMatchObject({ tenants: 0, activated: 0, stepsStarted: 0 });
    });

    it('with nothing due invokes three functions and looks at no plan', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1', { plan_status: 'DRAFT' })] });
      const before = m.system.units().lambda_invocations;
      const { executionArn, status } = await m.cycle();
      expect(status).toBe('SUCCEEDED');
      expect(m.system.units().lambda_invocations - before).toBe(3);
      expect(statesEntered(m.system, executionArn)).not.toContain('EnumeratePlans');
    });

    it('leaves the first step of an activated plan to the next one when the second list is full', async () => {
      const m = await open({ maxPlansPerRun: 1 });
      await m.introduce({
        plans: [meetingPlan('p1', { plan_status: 'ACTIVE' }), briefPlan('p2', { account_id: 'a2' })],
      });
      expect(counts(await m.cycle())).toMatchObject({ activated: 1, stepsStarted: 1 });
      const [started] = (await m.plan('p1')).steps;
      expect(started).toMatchObject({ status: 'PENDING_APPROVAL', last_attempt: 1 });
      expect(counts(await m.cycle())).toMatchObject({ activated: 0, stepsStarted: 1 });
    });

    it('lets a step wait for a person, whose approval is executed', async () => {
      const m = await open();
      await m.introduce({ plans: [meetingPlan('p1')] });
      await m.cycle();
      expect(m.executions()).toEqual([]);
      expect((await m.plan('p1')).steps[0]?.in_flight?.approval?.result).toBe('REQUIRED');
      await m.tell('p1', { do: 'approve_intent', step_id: 's1' });
      await m.settle();
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
      expect(await m.world.rows('INTERNAL_TASKS_TABLE_NAME')).toHaveLength(1);
    });

    it('that is to look at everything finds nothing to do about a plan that waits', async () => {
      const m = await open();
      await m.introduce({ plans: [meetingPlan('p1')] });
      await m.cycle();
      const before = await m.plan('p1');
      const cycle = await m.cycle({ force: true });
      expect(outputOf(cycle).plans[0]?.effects).toEqual([expect.stringMatching(/^waits until /)]);
      expect(await m.plan('p1')).toEqual(before);
    });

    it('starts nothing when the plan is paused between its look and its dispatch', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      m.intercept.set('DispatchStep', async (_, invoke) => {
        await m.tell('p1', { do: 'pause' });
        return invoke();
      });
      expect(counts(await m.cycle())).toMatchObject({ activated: 1, stepsStarted: 0, failed: 0 });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'PAUSED', steps: [{ status: 'PENDING' }] });
    });

    it('asks the autonomy gate again about an attempt of which it was never told', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'DecideApproval', { name: 'SomethingUnheardOf' }, { times: 1 });
      expect((await m.cycle()).status).toBe('FAILED');
      m.wait(2);
      const cycle = await m.cycle();
      expect(statesEntered(m.system, cycle.executionArn)).toContain('AskGateAgain');
      expect(counts(cycle)).toMatchObject({ stepsStarted: 0, failed: 0 });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
    });

    it('publishes an approval again whose execution never started', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'StartExecution', { name: 'SomethingUnheardOf' }, { times: 1 });
      await m.cycle();
      m.wait(5);
      expect(outputOf(await m.cycle()).plans[0]?.effects).toContain(
        'published the approval again of step s1',
      );
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });

    it('expires plans on time, whether they were activated before or not', async () => {
      const m = await open();
      const expires_at = secondsAfter(START, 60);
      const plans = [
        meetingPlan('p1', { plan_status: 'ACTIVE', expires_at }),
        briefPlan('p2', { expires_at }),
      ];
      await m.introduce({ plans });
      m.wait(1);
      expect(counts(await m.cycle())).toMatchObject({ activated: 0, stepsStarted: 0, expired: 2 });
      for (const id of ['p1', 'p2']) expect(await m.plan(id)).toMatchObject({ plan_status: 'EXPIRED' });
    });

    it('that is a dry run says what it would do and changes no row of any table', async () => {
      const m = await open();
      const plans = [meetingPlan('p1', { plan_status: 'ACTIVE' }), briefPlan('p2', { account_id: 'a2' })];
      await m.introduce({ plans });
      const before = await m.world.everything();
      const cycle = await m.cycle({ dry_run: true });
      expect(outputOf(cycle)).toMatchObject({ dry_run: true, succeeded: true });
      expect(
        outputOf(cycle)
          .plans.flatMap(({ effects }) => effects)
          .sort(),
      ).toEqual(['would activate, then start step s1', 'would start step s1']);
      expect(await m.world.everything()).toEqual(before);
    });
  });
