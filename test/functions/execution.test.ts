import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import type { ExecutionState, InvokedTool, MappedCall } from '../../src/contracts/execute-action.ts';
import type { ActionOutcome } from '../../src/domain/execution/execution.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { INTENT, inFlight, ONE_STEP } from '../support/in-flight.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import { approveIntent, at, ben, minute, newStep, START, toStatus } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';
import { functionCalls } from './function-calls.ts';

const world = useWorld();
const call = functionCalls(world);
const OF_PLAN = { cycle: newCycle(), plan: newItem() };
const OF_STEP = { ...OF_PLAN, step_id: 's1' };
const EVENT = {
  data: { ...SCOPE, action_intent_id: INTENT, approval_source: 'HUMAN', auto_executed: false },
};

const notes = () => world.rows('INTERNAL_NOTES_TABLE_NAME');
const startExecution = (detail: unknown = EVENT) =>
  call<ExecutionState>('start-execution', { execution_id: 'x1', input: { detail } });
const calledTool = ({ arguments: _, ...called }: MappedCall) => called;
/** What a Catch gives of an error that a function ended in. */
const caught = ({ name, message }: Error) => ({
  ...{ Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) },
});
const conclude = async (outcome: ActionOutcome) => {
  await call('emit-signal', { outcome });
  return call('apply-step-outcome', { outcome });
};

beforeEach(async () => {
  world.clock.set(minute(5));
  const registry = createActionTypeRegistry(world.tables.documentClient, world.names);
  await registry.seed(DEFAULT_ACTION_TYPES, START);
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
});

/** An approved attempt in flight, taken by an execution and mapped to its tool. */
const prepared = async (steps = ONE_STEP) => {
  await inFlight(world, [approveIntent('s1', 4)], steps);
  const execution = await startExecution();
  return { execution, mapped: await call<MappedCall>('map-action-to-tool', { execution }) };
};

const policyApproves = () =>
  Promise.all([
    world.put('AUTONOMY_CONFIG_TABLE_NAME', {
      ...{ pk: 'TENANT#acme', sk: 'ALLOWLIST#AUTO_EXEC', action_types: ['PREP_RENEWAL_BRIEF'] },
    }),
    world.put('AUTONOMY_CONFIG_TABLE_NAME', {
      pk: 'TENANT#acme',
      sk: 'AUTONOMY#DEFAULT',
      mode: 'AUTO_EXECUTE',
    }),
    world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', {
      pk: SCOPE_PK,
      sk: 'BUDGET#CONFIG',
      max_autonomous_per_day: 1,
    }),
  ]);

describe('a plan of one step', () => {
  it('is looked at, dispatched, asked for, executed and completed, each by its function', async () => {
    await Promise.all([policyApproves(), tell(world.runtime.plans, toStatus('ACTIVE', ONE_STEP))]);
    expect(await call('evaluate-plan', OF_PLAN)).toMatchObject({ move: 'DISPATCH', step_id: 's1' });
    expect(await call('dispatch-step', OF_STEP)).toEqual({
      ...{ claimed: true, action_intent_id: INTENT, effect: 'started step s1 (attempt 1)' },
    });
    const intent = { ...SCOPE, action_intent_id: INTENT };
    expect(await call('decide-approval', intent)).toMatchObject({ result: 'AUTO_EXECUTED', reason: null });

    const execution = await startExecution({ data: world.published[0] });
    expect(await call('validate-preflight', { execution })).toEqual({ valid: true });
    const mapped = await call<MappedCall>('map-action-to-tool', { execution });
    expect(mapped).toMatchObject({
      ...{ tool_name: 'internal.create_note', arguments: { content: 'Prepare the renewal brief' } },
    });
    const result = await call<InvokedTool>('invoke-tool', { execution, call: mapped });
    expect(result).toMatchObject({ success: true, external_object_refs: [{ object_type: 'Note' }] });
    expect(await notes()).toMatchObject([{ action_intent_id: INTENT, content: 'Prepare the renewal brief' }]);
    const recording = { execution, call: calledTool(mapped), result };
    const outcome = await call<ActionOutcome>('record-outcome', recording);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', plan_id: 'p1', step_id: 's1', attempt: 1 });
    expect(await conclude(outcome)).toEqual({
      ...{ applied: true, plan_status: 'COMPLETED', effect: 'STEP_COMPLETED, PLAN_COMPLETED' },
    });
    expect(world.signals).toMatchObject([{ signalType: 'ACTION_EXECUTED', tenantId: 'acme' }]);
  });

  it('is tried again later when its tool failed half way, and what that did is undone', async () => {
    const { execution, mapped } = await prepared();
    const made = await call<InvokedTool>('invoke-tool', { execution, call: mapped });
    const { tool_run_ref, external_object_refs } = made;
    const undoing = { execution, call: calledTool(mapped), external_object_refs };
    const undone = await call('compensate-action', undoing);
    expect(undone).toEqual({ status: 'COMPLETED' });
    expect(await notes()).toEqual([]);
    const failure = { success: false, error_code: 'HALF_WAY', error_class: 'DOWNSTREAM' };
    const outcome = await call<ActionOutcome>('record-outcome', {
      ...{ execution, call: calledTool(mapped) },
      result: { ...failure, tool_run_ref, external_object_refs, compensation: { result: undone } },
    });
    expect(outcome).toMatchObject({ status: 'FAILED', compensation_status: 'COMPLETED' });
    expect(await conclude(outcome)).toMatchObject({ plan_status: 'ACTIVE', effect: 'STEP_FAILED' });
    expect(world.signals).toMatchObject([{ signalType: 'ACTION_FAILED' }]);
  });

  it('is paused when a switch stops its action, with the reason that the function gave', async () => {
    const { execution, mapped } = await prepared();
    const turned = { reason: 'drill', by: 'dana', at: minute(5) };
    await world.put('KILL_SWITCHES_TABLE_NAME', { pk: 'GLOBAL', sk: 'SWITCH', stopped: true, ...turned });
    const error = await call('invoke-tool', { execution, call: mapped }).catch(caught);
    const state = { execution, call: mapped, error };
    const outcome = await call<ActionOutcome>('record-failure', { state });
    expect(outcome).toMatchObject({
      ...{ status: 'FAILED', error_class: 'VALIDATION', error_code: 'KILL_SWITCH_ENABLED' },
      error_message: 'KillSwitchEnabledError: the global kill switch stops PREP_RENEWAL_BRIEF',
    });
    expect(await conclude(outcome)).toMatchObject({ applied: true, plan_status: 'PAUSED' });
    expect(await notes()).toEqual([]);
  });

  it('is paused when its execution ends in an error after which nobody knows', async () => {
    const { execution, mapped } = await prepared();
    const error = { Error: 'States.Timeout', Cause: 'too slow' };
    const outcome = await call<ActionOutcome>('record-failure', {
      state: { execution, call: mapped, error },
    });
    expect(outcome).toMatchObject({
      ...{ status: 'FAILED', error_code: 'OUTCOME_UNKNOWN', error_class: 'TIMEOUT' },
    });
    expect(await conclude(outcome)).toMatchObject({ applied: true, plan_status: 'PAUSED' });
  });

  it('is repaired when nothing was heard of it', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    world.clock.set(minute(9));
    expect(await call('repair-step', OF_STEP)).toEqual({
      ...{ completed: false, effect: 'published the approval again of step s1' },
    });
  });
});

describe('a plan that is aborted after its first step', () => {
  it('has what the step did undone by its cycle', async () => {
    const { execution, mapped } = await prepared({ steps: [newStep('s1'), newStep('s2')] });
    const result = await call('invoke-tool', { execution, call: mapped });
    const recording = { execution, call: calledTool(mapped), result };
    await conclude(await call<ActionOutcome>('record-outcome', recording));
    const plan = await world.runtime.plans.get(OF_PLAN.plan);
    const abort = { type: 'ABORT_PLAN', reason: 'lost', compensate: true } as const;
    await tell(world.runtime.plans, [[abort, at(6, ben)]], plan);
    expect(await call('evaluate-plan', OF_PLAN)).toMatchObject({ move: 'COMPENSATE', step_id: 's1' });
    expect(await call('compensate-step', OF_STEP)).toEqual({
      ...{ completed: false, effect: 'undoing step s1: COMPLETED' },
    });
    expect(await notes()).toEqual([]);
  });
});
