import { describe, expect, it } from '@jest/globals';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { briefPlan, type MachineWorld } from '../machine-world.ts';
import { failing, type OpenWorld } from '../machine-worlds.ts';

const SCOPE = { tenant_id: 'acme', account_id: 'a1' };
const UNHEARD_OF = { name: 'SomethingUnheardOf' };

/** Longest that an execution may run before it counts as dead, in minutes: its machine's timeout and the grace on top. */
const DEAD_AFTER_MINUTES = 75;

/** Runs cycles for so long that every check of what is in flight falls due. */
const runCycles = async (m: MachineWorld, minutes: number, stepMinutes = 5): Promise<void> => {
  for (let passed = 0; passed < minutes; passed += stepMinutes) {
    m.wait(stepMinutes);
    expect((await m.cycle()).status).toBe('SUCCEEDED');
  }
};

const outcome = ({ system }: MachineWorld) =>
  system.runtime.executions.outcome(SCOPE, actionIntentId('p1', 's1', 1));

export const isRepaired = (open: OpenWorld) =>
  describe('an execution that breaks off', () => {
    it('before its outcome is applied has it applied by a cycle', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'ApplyStepOutcome', UNHEARD_OF);
      await m.cycle();
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'SomethingUnheardOf' }]);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'ACTIVE' });
      expect(await outcome(m)).toMatchObject({ status: 'SUCCEEDED' });
      await runCycles(m, 5);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
      expect(m.executions()).toHaveLength(1);
    });

    it('with the answer of its tool in hand records what that was, and ends as FAILED', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'RecordOutcome', UNHEARD_OF);
      await m.cycle();
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'SomethingUnheardOf' }]);
      expect(await outcome(m)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });

    it('before the bus is told has bus and plan told by a cycle', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'EmitSignal', UNHEARD_OF);
      await m.cycle();
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'SomethingUnheardOf' }]);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'ACTIVE' });
      const before = m.system.units().put_events;
      await runCycles(m, 5);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
      expect(m.system.units().put_events).toBe(before + 1);
    });

    it('before its outcome is recorded is taken over under the same id, once it counts as dead', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'RecordOutcome', UNHEARD_OF, { times: 1 });
      failing(m, 'RecordFailure', UNHEARD_OF, { times: 1 });
      await m.cycle();
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'SomethingUnheardOf' }]);
      await runCycles(m, DEAD_AFTER_MINUTES - 5);
      expect(await m.plan('p1')).toMatchObject({
        plan_status: 'ACTIVE',
        steps: [{ status: 'AUTO_EXECUTED' }],
      });
      await runCycles(m, 5);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
      expect(await outcome(m)).toMatchObject({ status: 'SUCCEEDED', attempt_count: 2 });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
    });

    it('before its failure is recorded is taken over under the same id, too', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      m.tool = async () => {
        m.tool = undefined;
        throw Object.assign(new Error('what now'), UNHEARD_OF);
      };
      failing(m, 'RecordFailure', UNHEARD_OF, { times: 1 });
      await m.cycle();
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'SomethingUnheardOf' }]);
      await runCycles(m, DEAD_AFTER_MINUTES);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
    });

    it('every time has an unknown outcome in the end, and the plan waits for a person', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'RecordOutcome', UNHEARD_OF);
      failing(m, 'RecordFailure', UNHEARD_OF);
      await m.cycle();
      await runCycles(m, 4 * DEAD_AFTER_MINUTES, 25);
      expect(m.executions()).toHaveLength(3);
      expect(await outcome(m)).toMatchObject({
        status: 'FAILED',
        error_code: 'OUTCOME_UNKNOWN',
        attempt_count: 3,
      });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'PAUSED', pause_reason: 'OUTCOME_UNKNOWN' });
    });

    it('before it has begun, whenever it is published, is given up; the plan waits for a person', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      failing(m, 'StartExecution', UNHEARD_OF);
      await m.cycle();
      await runCycles(m, 15);
      expect(m.executions()).toHaveLength(3);
      expect(await m.plan('p1')).toMatchObject({
        plan_status: 'PAUSED',
        pause_reason: 'execution_not_started',
      });
      expect(await outcome(m)).toBeUndefined();
    });

    it.each(['StartExecution', 'RecordOutcome', 'ApplyStepOutcome'])(
      'in passing, in %s, is tried again by itself',
      async (state) => {
        const m = await open();
        await m.introduce({ plans: [briefPlan('p1')] });
        const count = failing(m, state, { name: 'TransientError' }, { times: 2 });
        await m.cycle();
        expect(count.calls).toBe(3);
        expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
      },
    );

    it.each(['StartExecution', 'RecordOutcome', 'ApplyStepOutcome'])(
      'after %s has done its work, and does it again, does it once',
      async (state) => {
        const m = await open();
        await m.introduce({ plans: [briefPlan('p1')] });
        let calls = 0;
        m.intercept.set(state, async (_, invoke) => {
          calls += 1;
          const result = await invoke();
          if (calls === 1) throw Object.assign(new Error('the answer was lost'), { name: 'TransientError' });
          return result;
        });
        await m.cycle();
        expect(calls).toBe(2);
        expect(m.executions()).toMatchObject([{ status: 'SUCCEEDED' }]);
        expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
        const completed = (await m.system.runtime.plans.ledger('p1')).filter(
          ({ event_type }) => event_type === 'STEP_COMPLETED',
        );
        expect(completed).toHaveLength(1);
      },
    );
  });
