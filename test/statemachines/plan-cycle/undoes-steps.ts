import { describe, expect, it } from '@jest/globals';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { briefPlan, type MachineWorld } from '../machine-world.ts';
import type { OpenWorld } from '../machine-worlds.ts';

const SCOPE = { tenant_id: 'acme', account_id: 'a1' };
const TWO_STEPS = {
  steps: [
    { step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF' },
    { step_id: 's2', action_type: 'REQUEST_RENEWAL_MEETING', dependencies: ['s1'] },
  ],
};

const notes = ({ world }: MachineWorld) => world.rows('INTERNAL_NOTES_TABLE_NAME');
const outcome = ({ system }: MachineWorld) =>
  system.runtime.executions.outcome(SCOPE, actionIntentId('p1', 's1', 1));
const undone = async ({ system }: MachineWorld) =>
  (await system.runtime.plans.ledger('p1')).filter(({ event_type }) => event_type === 'STEP_COMPENSATED');

/** A plan whose first step has written its note, and that was aborted then. */
const aborted = async (m: MachineWorld, compensate: boolean): Promise<void> => {
  await m.introduce({ plans: [briefPlan('p1', TWO_STEPS)] });
  await m.cycle();
  expect(await notes(m)).toHaveLength(1);
  await m.tell('p1', { do: 'abort', compensate });
};

export const undoesSteps = (open: OpenWorld) =>
  describe('a cycle after a plan was aborted', () => {
    it('undoes what was done, tells plan, outcome and ledger, and has nothing to do for it any more', async () => {
      const m = await open();
      await aborted(m, true);
      await m.cycle();
      expect(await notes(m)).toEqual([]);
      expect(await outcome(m)).toMatchObject({ status: 'SUCCEEDED', compensation_status: 'COMPLETED' });
      expect(await undone(m)).toMatchObject([{ data: { step_id: 's1', attempt: 1, result: 'COMPLETED' } }]);
      expect((await m.world.rows('LEDGER_TABLE_NAME')).map(({ eventType }) => eventType).sort()).toEqual([
        'ACTION_EXECUTED',
        'COMPENSATION_COMPLETED',
      ]);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'ABORTED', steps: [{ status: 'DONE' }, {}] });
      const before = await m.world.everything();
      await m.cycle();
      const { CYCLE_LEASE_TABLE_NAME: _before, ...rest } = before;
      expect(await m.world.everything()).toMatchObject(rest);
    });

    it('undoes nothing unless whoever aborted it wants that', async () => {
      const m = await open();
      await aborted(m, false);
      await m.cycle();
      expect(await notes(m)).toHaveLength(1);
      expect(await undone(m)).toEqual([]);
    });

    it('undoes what succeeds after the plan was aborted, too', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1', TWO_STEPS)] });
      m.intercept.set('RecordOutcome', async (_, invoke) => {
        await m.tell('p1', { do: 'abort', compensate: true });
        return invoke();
      });
      await m.cycle();
      expect(await notes(m)).toHaveLength(1);
      await m.cycle();
      expect(await notes(m)).toEqual([]);
      expect(await undone(m)).toHaveLength(1);
    });

    it('says when it cannot be undone', async () => {
      const m = await open();
      const failure = { error_code: 'LOCKED', error_class: 'DOWNSTREAM', tool_run_ref: 'c' } as const;
      m.undo = async () => ({ success: false, ...failure });
      await aborted(m, true);
      await m.cycle();
      expect(await outcome(m)).toMatchObject({
        ...{ compensation_status: 'FAILED', compensation_error: 'LOCKED: DOWNSTREAM' },
      });
      expect(await undone(m)).toMatchObject([{ data: { result: 'FAILED', error: 'LOCKED: DOWNSTREAM' } }]);
    });

    it('waits while a kill switch stops the action type, and undoes it later', async () => {
      const m = await open();
      await aborted(m, true);
      const at = '2026-01-05T09:00:00.000Z';
      const of = { pk: 'TENANT#acme', sk: 'SWITCH', reason: 'drill', by: 'dana', at };
      const disabled_action_types = ['PREP_RENEWAL_BRIEF'];
      await m.world.put('KILL_SWITCHES_TABLE_NAME', { ...of, stopped: false, disabled_action_types });
      expect(await m.cycle()).toMatchObject({ status: 'FAILED' });
      expect(await notes(m)).toHaveLength(1);
      await m.world.put('KILL_SWITCHES_TABLE_NAME', { ...of, stopped: false, disabled_action_types: [] });
      m.wait(120);
      await m.cycle();
      expect(await notes(m)).toEqual([]);
    });

    it('undoes it once when the answer of the first try was lost', async () => {
      const m = await open();
      await aborted(m, true);
      let calls = 0;
      m.intercept.set('CompensateStep', async (_, invoke) => {
        calls += 1;
        const result = await invoke();
        if (calls === 1) throw Object.assign(new Error('lost'), { name: 'TransientError' });
        return result;
      });
      await m.cycle();
      expect(calls).toBe(2);
      expect(await undone(m)).toHaveLength(1);
    });
  });
