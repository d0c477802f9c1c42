import { describe, expect, it } from '@jest/globals';
import { compensateStep } from '../../src/application/compensate-step.ts';
import { KillSwitchEnabledError, TransientError } from '../../src/application/errors.ts';
import type { ActionTypeRegistry } from '../../src/application/ports/configuration.ts';
import type { ToolGateway, ToolResult } from '../../src/application/ports/tools.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import type { ActionTypeEntry, CompensationStrategy } from '../../src/domain/intent/action-type-registry.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { fake } from '../support/fakes/fake.ts';
import { fakeMetrics } from '../support/fakes/fake-metrics.ts';
import { INTENT, inFlight, lastEvents, storedPlan } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  at,
  ben,
  editIntent,
  minute,
  newStep,
  requireApproval,
  succeed,
  type Told,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const ABORT: Told = [{ type: 'ABORT_PLAN', reason: 'lost', compensate: true }, at(9, ben)];
const REF = { system: 'INTERNAL', object_type: 'Note', object_id: 'n1' } as const;
const UNDONE: ToolResult = { success: true, external_object_refs: [REF], tool_run_ref: 'r' };

const entryOf = (compensation_strategy: CompensationStrategy): ActionTypeEntry => ({
  ...{ action_type: 'PREP_RENEWAL_BRIEF', registry_version: 1, tool_name: 'internal.create_note' },
  ...{ tool_schema_version: 'v1.0', required_scopes: [], risk_class: 'LOW', compensation_strategy },
  parameter_mapping: {
    content: { toolParam: 'content', transform: 'PASSTHROUGH', required: true, default: 'Brief' },
  },
  created_at: minute(0),
});

const compensate = async (
  strategy: CompensationStrategy | undefined,
  answer: () => Promise<ToolResult> = async () => UNDONE,
) => {
  world.clock.set(minute(10));
  const { metrics, told } = fakeMetrics();
  const calls: string[] = [];
  const tools = fake<ToolGateway>('ToolGateway', {
    compensate: ({ idempotency_key, tool_name }) => {
      calls.push(`${tool_name} ${idempotency_key.length}`);
      return answer();
    },
  });
  const registry = fake<ActionTypeRegistry>('ActionTypeRegistry', {
    get: async () => strategy && entryOf(strategy),
  });
  const output = await compensateStep(
    { ...deps(), tools, registry, metrics },
    { cycle: newCycle(), plan: newItem(), step_id: 's1' },
  );
  return { output, calls, told };
};

const REVISED = actionIntentId('p1', 's1', 1, 1);

/** The same plan, but what was done is what a person has made of it. */
const abortedAfterEdit = async (): Promise<void> => {
  const plan = await inFlight(world, [requireApproval('s1', 4)], {
    steps: [newStep('s1'), newStep('s2')],
  });
  const edit = editIntent(plan, 's1', 5, { approve: true, parameters: { content: 'Better' } });
  await tell(world.runtime.plans, [edit, succeed('s1', 6), ABORT], plan);
  await world.runtime.executions.finishOnce(newOutcome({ action_intent_id: REVISED }));
};

const deps = () => {
  const { clock, plans, intents, executions, killSwitches } = world.runtime;
  return { clock, plans, intents, executions, killSwitches };
};

/** A plan of two steps, whose first is done, aborted to be undone. */
const abortedPlan = async (outcome = true): Promise<void> => {
  const steps = {
    steps: [
      { step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF', dependencies: [] },
      { step_id: 's2', action_type: 'PREP_RENEWAL_BRIEF', dependencies: ['s1'] },
    ],
  };
  await inFlight(world, [approveIntent('s1', 4), succeed('s1', 6), ABORT], steps);
  if (outcome) await world.runtime.executions.finishOnce(newOutcome());
};

describe('undoing a step', () => {
  it('is done by the tool that did it, under the same key, and told to outcome, metrics and plan', async () => {
    await abortedPlan();
    const { output, calls, told } = await compensate('AUTOMATIC');
    expect(output).toEqual({ completed: false, effect: 'undoing step s1: COMPLETED' });
    expect(calls).toEqual(['internal.create_note 64']);
    expect(told.compensation).toEqual([{ tool_name: 'internal.create_note', status: 'COMPLETED' }]);
    expect(await world.runtime.executions.outcome(SCOPE, INTENT)).toMatchObject({
      compensation_status: 'COMPLETED',
    });
    expect((await storedPlan(world))?.steps[0]?.compensation).toBe('COMPLETED');
    expect(await lastEvents(world, 1)).toEqual(['STEP_COMPENSATED']);
  });

  it('is that of the intent that a person has edited', async () => {
    await abortedAfterEdit();
    expect((await compensate('AUTOMATIC')).output.effect).toBe('undoing step s1: COMPLETED');
    expect(await world.runtime.executions.outcome(SCOPE, REVISED)).toMatchObject({
      compensation_status: 'COMPLETED',
    });
  });

  it('that is refused says why', async () => {
    await abortedPlan();
    const refused: ToolResult = {
      ...{ success: false, error_code: 'LOCKED', error_class: 'DOWNSTREAM', tool_run_ref: 'r' },
    };
    const { output } = await compensate('AUTOMATIC', async () => refused);
    expect(output.effect).toBe('undoing step s1: FAILED');
    expect((await world.runtime.plans.ledger('p1')).at(-1)?.data).toMatchObject({
      ...{ result: 'FAILED', error: 'LOCKED: DOWNSTREAM' },
    });
  });

  it.each<[CompensationStrategy | undefined, string]>([
    ['NONE', 'NONE'],
    ['MANUAL', 'MANUAL'],
    [undefined, 'MANUAL'],
  ])('calls nothing when the strategy is %p: %s', async (strategy, result) => {
    await abortedPlan();
    const { output, calls } = await compensate(strategy);
    expect([output.effect, calls]).toEqual([`undoing step s1: ${result}`, []]);
  });

  it('has nothing to undo when nothing was executed', async () => {
    await abortedPlan(false);
    expect((await compensate('AUTOMATIC')).output.effect).toBe('undoing step s1: NONE');
  });

  it('is done once', async () => {
    await abortedPlan();
    await compensate('AUTOMATIC');
    const before = await world.everything();
    const { output, calls } = await compensate('AUTOMATIC');
    expect([output.effect, calls]).toEqual(['step s1 has nothing to undo', []]);
    expect(await world.everything()).toEqual(before);
  });

  it('of a plan that is not there does nothing', async () => {
    expect((await compensate('AUTOMATIC')).output.effect).toBe('step s1 has nothing to undo');
  });

  it('is stopped by a kill switch, and comes again', async () => {
    await abortedPlan();
    const of = { stopped: true, reason: 'drill', by: 'dana', at: minute(9) };
    await world.put('KILL_SWITCHES_TABLE_NAME', { pk: 'GLOBAL', sk: 'SWITCH', ...of });
    await expect(compensate('AUTOMATIC')).rejects.toThrow(KillSwitchEnabledError);
    expect((await storedPlan(world))?.steps[0]?.compensation).toBe('PENDING');
  });

  it('lets an error through that is worth another try', async () => {
    await abortedPlan();
    const busy = compensate('AUTOMATIC', () => Promise.reject(new TransientError('busy')));
    await expect(busy).rejects.toThrow(TransientError);
    expect((await storedPlan(world))?.steps[0]?.compensation).toBe('PENDING');
  });
});
