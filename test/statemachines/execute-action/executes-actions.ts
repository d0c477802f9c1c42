import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../../src/application/errors.ts';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { briefPlan, type MachineWorld } from '../machine-world.ts';
import type { OpenWorld } from '../machine-worlds.ts';

const INTENT = actionIntentId('p1', 's1', 1);
const SCOPE = { tenant_id: 'acme', account_id: 'a1' };

const outcomeOf = (m: MachineWorld, intent = INTENT) => m.system.runtime.executions.outcome(SCOPE, intent);

/** Runs a cycle that starts the step of p1, whose approval is then executed. */
const dispatched = async (m: MachineWorld): Promise<void> => {
  await m.introduce({ plans: [briefPlan('p1')] });
  await m.cycle();
};

const thrown = (name: string) => Object.assign(new Error('as the test wants it'), { name });

export const executesActions = (open: OpenWorld) =>
  describe('an execution', () => {
    it('takes the intent, calls the tool under its id, records the outcome, and tells the plan', async () => {
      const m = await open();
      await dispatched(m);
      const [execution] = m.executions();
      expect(JSON.parse(execution?.output ?? '{}')).toMatchObject({
        applied: true,
        plan_status: 'COMPLETED',
      });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toMatchObject([{ object_id: INTENT }]);
      const attempt = await m.system.runtime.executions.get(SCOPE, INTENT);
      expect(attempt).toMatchObject({
        status: 'SUCCEEDED',
        owner: execution?.executionArn,
        attempt_count: 1,
      });
      expect(await outcomeOf(m)).toMatchObject({
        status: 'SUCCEEDED',
        approval_source: 'POLICY',
        auto_executed: true,
      });
    });

    it('whose tool fails in a business way fails the attempt; the step is tried again after its backoff', async () => {
      const m = await open();
      const failure = {
        success: false,
        error_code: 'NO_CONTACT',
        error_class: 'DOWNSTREAM',
        tool_run_ref: 'r',
      } as const;
      m.tool = async () => failure;
      await dispatched(m);
      expect(m.executions()).toMatchObject([{ status: 'SUCCEEDED' }]);
      expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'NO_CONTACT' });
      const failed = { status: 'FAILED', failure_reason: 'NO_CONTACT', retry_at: '2026-01-05T09:01:00.000Z' };
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'ACTIVE', steps: [failed] });
      m.tool = undefined;
      m.wait(1);
      await m.cycle();
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 2 }] });
    });

    it('whose tool fails in passing tries again under the same id and uses up no attempt', async () => {
      const m = await open();
      const keys: string[] = [];
      m.tool = async ({ idempotency_key }) => {
        keys.push(idempotency_key);
        if (keys.length < 3) throw new TransientError('busy');
        const ref = { system: 'INTERNAL', object_type: 'Note', object_id: 'n' } as const;
        return { success: true, external_object_refs: [ref], tool_run_ref: 'r' };
      };
      await dispatched(m);
      expect(keys).toEqual([INTENT, INTENT, INTENT]);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
    });

    it.each(['SomethingUnheardOf', 'TransientError', 'Sandbox.Timedout'])(
      'whose tool keeps throwing %s records that nobody knows, and the plan waits for a person',
      async (name) => {
        const m = await open();
        m.tool = async () => {
          throw thrown(name);
        };
        await dispatched(m);
        expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'OUTCOME_UNKNOWN' });
        expect(await m.plan('p1')).toMatchObject({
          ...{ plan_status: 'PAUSED', pause_reason: 'OUTCOME_UNKNOWN' },
          steps: [{ status: 'FAILED', needs_person: true }],
        });
      },
    );

    it.each(['ValidationError', 'ConfigurationError'])(
      'whose tool throws %s knows that nothing was done: the attempt has failed and is tried again',
      async (name) => {
        const m = await open();
        m.tool = async () => {
          throw thrown(name);
        };
        await dispatched(m);
        expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: name });
        expect(await m.plan('p1')).toMatchObject({
          plan_status: 'ACTIVE',
          steps: [{ failure_reason: name }],
        });
      },
    );

    it('that ends after its plan was aborted records the outcome and changes no status', async () => {
      const m = await open();
      m.intercept.set('RecordOutcome', async (_, invoke) => {
        await m.tell('p1', { do: 'abort' });
        return invoke();
      });
      await dispatched(m);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'ABORTED' });
      const ledger = await m.system.runtime.plans.ledger('p1');
      expect(ledger.at(-1)).toMatchObject({
        event_type: 'STEP_OUTCOME_RECORDED',
        data: { outcome: 'SUCCEEDED' },
      });
    });

    it('that ends while its plan is paused is acted on when the plan is resumed', async () => {
      const m = await open();
      m.intercept.set('RecordOutcome', async (_, invoke) => {
        await m.tell('p1', { do: 'pause' });
        return invoke();
      });
      await dispatched(m);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'PAUSED', steps: [{ status: 'DONE' }] });
      await m.tell('p1', { do: 'resume' });
      await m.cycle();
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });
  });
