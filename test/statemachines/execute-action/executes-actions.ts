import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../../src/application/errors.ts';
import type { ToolResult } from '../../../src/application/ports/tools.ts';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { briefPlan, type MachineWorld, meetingPlan } from '../machine-world.ts';
import type { OpenWorld } from '../machine-worlds.ts';

const INTENT = actionIntentId('p1', 's1', 1);
const DAY_MINUTES = 1440;
const SCOPE = { tenant_id: 'acme', account_id: 'a1' };

const outcomeOf = (m: MachineWorld, intent = INTENT) => m.system.runtime.executions.outcome(SCOPE, intent);

/** Runs a cycle that starts the step of p1, whose approval is then executed. */
const dispatched = async (m: MachineWorld): Promise<void> => {
  await m.introduce({ plans: [briefPlan('p1')] });
  await m.cycle();
};

const REF = { system: 'CRM', object_type: 'Case', object_id: 'c1' } as const;
const HALF_WAY: ToolResult = {
  success: false,
  ...{ error_code: 'FOLLOW_UP_FAILED', error_class: 'VALIDATION', tool_run_ref: 'r' },
  external_object_refs: [REF],
};

const stop = async ({ world }: MachineWorld): Promise<void> =>
  world.put('KILL_SWITCHES_TABLE_NAME', {
    ...{ pk: 'GLOBAL', sk: 'SWITCH', stopped: true },
    ...{ reason: 'drill', by: 'dana', at: '2026-01-05T09:00:00.000Z' },
  });

const suspend = async ({ world }: MachineWorld): Promise<void> =>
  world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'suspended' });

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
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toMatchObject([{ action_intent_id: INTENT }]);
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
      expect(keys).toHaveLength(3);
      expect(new Set(keys).size).toBe(1);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
    });

    it.each<[what: string, code: string, befall: (m: MachineWorld) => Promise<void>]>([
      ['a kill switch stops it', 'KILL_SWITCH_ENABLED', (m) => stop(m)],
      ['its tenant is suspended', 'TENANT_NOT_ACTIVE', (m) => suspend(m)],
    ])('does nothing and pauses its plan for a person when %s', async (_, error_code, befall) => {
      const m = await open();
      m.intercept.set('ValidatePreflight', async (__, invoke) => {
        await befall(m);
        return invoke();
      });
      await dispatched(m);
      expect(m.executions()).toMatchObject([{ status: 'FAILED' }]);
      expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_class: 'VALIDATION', error_code });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'PAUSED', pause_reason: error_code });
    });

    it('does nothing when the switch is thrown after it was checked and before the call', async () => {
      const m = await open();
      m.intercept.set('InvokeTool', async (_, invoke) => {
        await stop(m);
        return invoke();
      });
      await dispatched(m);
      expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'KILL_SWITCH_ENABLED' });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
    });

    it('does nothing when the switches cannot be read', async () => {
      const m = await open();
      // From the time on at which the gate has read them.
      m.fault = (_, input) =>
        m.executions().length > 0 && JSON.stringify(input).includes('kill-switches')
          ? Object.assign(new Error('denied'), { name: 'AccessDeniedException' })
          : undefined;
      await dispatched(m);
      expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'AccessDeniedException' });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
    });

    it('carries out what a person has made of it, not what was asked for at first', async () => {
      const m = await open();
      const step = { step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF', confidence_score: 0.5 };
      await m.introduce({
        plans: [briefPlan('p1', { steps: [{ ...step, constraints: { content: 'Draft' } }] })],
      });
      await m.cycle();
      expect(m.executions()).toEqual([]);
      const edit = { do: 'edit_intent', step_id: 's1', parameters: { content: 'Better' } } as const;
      await m.tell('p1', { ...edit, approve: true });
      await m.settle();
      const revised = actionIntentId('p1', 's1', 1, 1);
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toMatchObject([
        { action_intent_id: revised, content: 'Better' },
      ]);
      expect(await outcomeOf(m, revised)).toMatchObject({ status: 'SUCCEEDED', approval_source: 'HUMAN' });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED' });
    });

    it('that is approved a hundred times at once is carried out once', async () => {
      const m = await open();
      await m.introduce({ plans: [meetingPlan('p1')] });
      await m.cycle();
      await m.tell('p1', { do: 'approve_intent', step_id: 's1' });
      await Promise.all(Array.from({ length: 99 }, () => m.execute(INTENT)));
      await m.settle();
      const errors = m.executions().map(({ error }) => error ?? 'none');
      expect(errors.filter((error) => error === 'none')).toHaveLength(1);
      expect(errors.filter((error) => error === 'ExecutionAlreadyInProgressError')).toHaveLength(99);
      expect(await m.world.rows('INTERNAL_TASKS_TABLE_NAME')).toHaveLength(1);
      expect(await m.world.rows('EXECUTION_OUTCOMES_TABLE_NAME')).toHaveLength(1);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'COMPLETED', steps: [{ last_attempt: 1 }] });
    });

    it('whose intent has lapsed on its way does nothing, and the plan learns it', async () => {
      const m = await open();
      m.intercept.set('StartExecution', (_, invoke) => {
        m.wait(40 * DAY_MINUTES);
        return invoke();
      });
      await dispatched(m);
      expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'INTENT_EXPIRED' });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
      expect((await m.plan('p1')).steps[0]?.in_flight).toBeUndefined();
    });

    it('with a payload of 200 KB is carried out', async () => {
      const m = await open();
      const constraints = { content: 'x'.repeat(200_000) };
      const steps = [{ step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF', constraints }];
      await m.introduce({ plans: [briefPlan('p1', { steps })] });
      await m.cycle();
      expect(await outcomeOf(m)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toMatchObject([constraints]);
    });

    it('whose tool is throttled for minutes goes on once it is not', async () => {
      const m = await open();
      let calls = 0;
      m.tool = async () => {
        calls += 1;
        if (calls < 9) throw new TransientError('slow down', { error_class: 'RATE_LIMIT' });
        return { success: true, external_object_refs: [REF], tool_run_ref: 'r' };
      };
      await dispatched(m);
      expect([calls, (await outcomeOf(m))?.status]).toEqual([9, 'SUCCEEDED']);
    });

    it('fails by name when its version is gone from the registry', async () => {
      const m = await open();
      m.intercept.set('MapActionToTool', async (_, invoke) => {
        await m.world.remove(
          'ACTION_TYPE_REGISTRY_TABLE_NAME',
          'ACTION_TYPE#PREP_RENEWAL_BRIEF',
          'REGISTRY_VERSION#000001',
        );
        return invoke();
      });
      await dispatched(m);
      expect(m.executions()).toMatchObject([{ status: 'FAILED', error: 'ToolMappingNotFoundError' }]);
      expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'TOOL_MAPPING_NOT_FOUND' });
    });

    it.each([
      ['is undone', { success: true, external_object_refs: [REF], tool_run_ref: 'c' } as const, 'COMPLETED'],
      [
        'cannot be undone',
        { success: false, error_code: 'LOCKED', error_class: 'DOWNSTREAM', tool_run_ref: 'c' } as const,
        'FAILED',
      ],
    ])('that failed half way %s, and the outcome says so', async (_, undone, compensation_status) => {
      const m = await open();
      m.tool = async () => HALF_WAY;
      m.undo = async ({ external_object_refs }) => {
        expect(external_object_refs).toEqual([REF]);
        return undone;
      };
      await dispatched(m);
      expect(m.executions()).toMatchObject([{ status: 'SUCCEEDED' }]);
      expect(await outcomeOf(m)).toMatchObject({
        ...{ status: 'FAILED', error_code: 'FOLLOW_UP_FAILED', compensation_status },
        external_object_refs: [REF],
      });
    });

    it('whose undoing breaks says so in its outcome', async () => {
      const m = await open();
      m.tool = async () => HALF_WAY;
      m.undo = async () => {
        throw thrown('SomethingUnheardOf');
      };
      await dispatched(m);
      expect(await outcomeOf(m)).toMatchObject({
        compensation_status: 'FAILED',
        compensation_error: 'SomethingUnheardOf: as the test wants it',
      });
    });

    it.each(['SomethingUnheardOf', 'EffectUnknownError', 'InvalidToolResponseError', 'Sandbox.Timedout'])(
      'whose tool keeps throwing %s records that nobody knows, and the plan waits for a person',
      async (name) => {
        const m = await open();
        m.tool = async () => {
          throw thrown(name);
        };
        await dispatched(m);
        expect(m.executions()).toMatchObject([{ status: 'FAILED', error: name }]);
        expect(await outcomeOf(m)).toMatchObject({ status: 'FAILED', error_code: 'OUTCOME_UNKNOWN' });
        expect(await m.plan('p1')).toMatchObject({
          ...{ plan_status: 'PAUSED', pause_reason: 'OUTCOME_UNKNOWN' },
          steps: [{ status: 'FAILED', needs_person: true }],
        });
      },
    );

    it.each(['ValidationError', 'ConfigurationError', 'TransientError'])(
      'whose tool throws %s knows that nothing was done: the attempt has failed and is tried again',
      async (name) => {
        const m = await open();
        m.tool = async () => {
          throw thrown(name);
        };
        await dispatched(m);
        expect(await outcomeOf(m)).toMatchObject({
          status: 'FAILED',
          error_code: name,
          error_class: 'UNKNOWN',
        });
        expect(await m.plan('p1')).toMatchObject({
          plan_status: 'ACTIVE',
          steps: [{ failure_reason: name }],
        });
      },
    );

    it('that nobody knows of is replayed under the same key, and its plan learns what came of it', async () => {
      const m = await open();
      const keys: string[] = [];
      m.tool = async ({ idempotency_key }) => {
        keys.push(idempotency_key);
        throw thrown('SomethingUnheardOf');
      };
      await dispatched(m);
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'PAUSED' });
      m.tool = undefined;
      const replay = { reason: 'the tool is well again', requested_by: 'dana' };
      expect(await m.execute(INTENT, {}, { replay })).toMatchObject({ status: 'SUCCEEDED' });
      expect(await m.plan('p1')).toMatchObject({ plan_status: 'PAUSED', steps: [{ status: 'DONE' }] });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toMatchObject([{ note_id: keys[0] }]);
      const outcomes = await m.system.runtime.executions.outcomes(SCOPE, INTENT);
      expect(outcomes.map(({ status, attempt_count }) => [status, attempt_count])).toEqual([
        ['FAILED', 1],
        ['SUCCEEDED', 2],
      ]);
      const ledger = await m.world.rows('LEDGER_TABLE_NAME');
      expect(ledger.map(({ eventType }) => eventType).sort()).toEqual([
        ...['ACTION_FAILED', 'REPLAY_COMPLETED', 'REPLAY_STARTED'],
      ]);
      await m.execute(INTENT, {}, { replay });
      expect(await m.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
    });

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
