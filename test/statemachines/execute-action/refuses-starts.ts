import { describe, expect, it } from '@jest/globals';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { briefPlan, type MachineWorld, meetingPlan } from '../machine-world.ts';
import type { OpenWorld } from '../machine-worlds.ts';

const INTENT = actionIntentId('p1', 's1', 1);

/** Its proposal trusts itself too little to run by itself. */
const briefForPerson = briefPlan('p1', {
  steps: [{ step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF', confidence_score: 0.5 }],
});

/** Refuses, by name, to start, and changes no row of any table. */
const expectRefusal = async (
  m: MachineWorld,
  error: string,
  of: object = {},
  intent = INTENT,
): Promise<string> => {
  const before = await m.world.everything();
  const ended = await m.execute(intent, of);
  expect(ended).toMatchObject({ status: 'FAILED', error });
  expect(await m.world.everything()).toEqual(before);
  return ended.cause ?? '';
};

export const refusesStarts = (open: OpenWorld) =>
  describe('an execution does not start', () => {
    it('a second time for an intent that another has executed', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.cycle();
      await expectRefusal(m, 'ExecutionAlreadyInProgressError');
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
    });

    it('while another that may still be alive executes the intent', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      const refused: (string | undefined)[] = [];
      m.intercept.set('InvokeTool', async (_, invoke) => {
        m.intercept.delete('InvokeTool');
        refused.push((await m.execute(INTENT)).error);
        return invoke();
      });
      await m.cycle();
      expect(refused).toEqual(['ExecutionAlreadyInProgressError']);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });

    it('for an intent that nobody has approved', async () => {
      const m = await open();
      await m.introduce({ plans: [meetingPlan('p1')] });
      await m.cycle();
      await expectRefusal(m, 'IntentNotApprovedError');
    });

    it('for an intent that an edit has taken the place of', async () => {
      const m = await open();
      await m.introduce({ plans: [briefForPerson] });
      await m.cycle();
      await m.tell('p1', {
        do: 'edit_intent',
        step_id: 's1',
        parameters: { content: 'Better' },
        approve: true,
      });
      await m.settle();
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
      await expectRefusal(m, 'IntentNotApprovedError');
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
    });

    it('for an intent that was rejected', async () => {
      const m = await open();
      await m.introduce({ plans: [meetingPlan('p1')] });
      await m.cycle();
      await m.tell('p1', { do: 'reject_intent', step_id: 's1' });
      await expectRefusal(m, 'IntentNotApprovedError');
    });

    it('for an approved intent of a plan that was aborted before', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      m.intercept.set('StartExecution', async (_, invoke) => {
        await m.tell('p1', { do: 'abort' });
        return invoke();
      });
      await m.cycle();
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'IntentNotApprovedError' }]);
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
    });

    it('for an intent that its account does not have', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.cycle();
      expect(await expectRefusal(m, 'IntentNotFoundError', { account_id: 'a2' })).toContain(INTENT);
    });

    it('for an event that does not fit', async () => {
      const m = await open();
      await m.introduce({ plans: [briefPlan('p1')] });
      await m.cycle();
      expect(await expectRefusal(m, 'ValidationError', { tenant_id: 'a#b' })).toContain('a#b');
      expect(await expectRefusal(m, 'ValidationError', { approval_source: 'NOBODY' })).toContain('NOBODY');
    });
  });
