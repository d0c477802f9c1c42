import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../src/application/errors.ts';
import type { ExecutionStore } from '../../src/application/ports/executions.ts';
import { recordOutcome } from '../../src/application/record-outcome.ts';
import { type InvokedTool, recordOutcomeInput } from '../../src/contracts/execute-action.ts';
import { type ActionOutcome, actionOutcome } from '../../src/domain/execution/execution.ts';
import type { CompensationStrategy } from '../../src/domain/intent/action-type-registry.ts';
import { newCall, newExecutionState } from '../support/executions.ts';
import { fake } from '../support/fakes/fake.ts';
import { fakeMetrics } from '../support/fakes/fake-metrics.ts';
import { INTENT } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { minute } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const REF = { system: 'CRM', object_type: 'Case', object_id: '500-1' } as const;
const SUCCESS: InvokedTool = { success: true, external_object_refs: [REF], tool_run_ref: 'r1' };
const WHY = { error_code: 'CRM_REFUSED', error_class: 'DOWNSTREAM' } as const;
const FAILURE: InvokedTool = { success: false, ...WHY, external_object_refs: [], tool_run_ref: 'r1' };
const HALF_WAY: InvokedTool = { ...FAILURE, external_object_refs: [REF] };

const execution = newExecutionState({ approval_source: 'POLICY', auto_executed: true, attempt_count: 2 });
/** What every outcome of that execution says. */
const BASE = {
  ...{ ...SCOPE, action_intent_id: INTENT, plan_id: 'p1', step_id: 's1', attempt: 1, attempt_count: 2 },
  ...{ approval_source: 'POLICY', auto_executed: true, registry_version: 1, trace_id: 't1' },
  ...{ started_at: minute(5), completed_at: minute(6) },
};
const REPLAY = { reason: 'the CRM is back', requested_by: 'ben' };

/** A store that takes every outcome that fits its schema, unless another stands. */
const recording = (standing?: ActionOutcome) => {
  const { metrics, told } = fakeMetrics();
  const executions = fake<ExecutionStore>('ExecutionStore', {
    finishOnce: async (outcome) => {
      actionOutcome.parse(outcome);
      return standing ?? outcome;
    },
  });
  return { deps: { clock: settableClock(minute(6)), executions, metrics }, told };
};

const callOf = (compensation_strategy: CompensationStrategy = 'NONE') => {
  const { arguments: _arguments, ...call } = newCall({ tool_name: 'crm.create_case', compensation_strategy });
  return call;
};

const recordResult = (result: InvokedTool, strategy?: CompensationStrategy, of = execution) =>
  recordOutcome(
    recording().deps,
    recordOutcomeInput.parse({ execution: of, call: callOf(strategy), result }),
  );

describe('recording how a tool call ended', () => {
  it('keeps what a success has made', async () => {
    expect(await recordResult(SUCCESS)).toEqual({
      ...{ ...BASE, status: 'SUCCEEDED', external_object_refs: [REF], compensation_status: 'NONE' },
      ...{ tool_name: 'crm.create_case', tool_run_ref: 'r1' },
    });
  });

  it.each([[{}], [{ error_message: 'the CRM said no' }]])('keeps why it failed, with %j', async (message) => {
    expect(await recordResult({ ...FAILURE, ...message })).toEqual({
      ...{ ...BASE, ...WHY, ...message, status: 'FAILED', external_object_refs: [] },
      ...{ compensation_status: 'NONE', tool_name: 'crm.create_case', tool_run_ref: 'r1' },
    });
  });

  it('keeps that it was a replay, on whose request and why', async () => {
    const replayed = newExecutionState({ replay: REPLAY, attempt_count: 2 });
    expect(await recordResult(SUCCESS, 'NONE', replayed)).toMatchObject({ replay: REPLAY, attempt_count: 2 });
  });

  it('is counted', async () => {
    const { deps, told } = recording();
    const outcome = await recordOutcome(deps, { execution, call: callOf(), result: SUCCESS });
    expect(told.outcome).toEqual([outcome]);
  });

  it('tells which outcome stands when another was first, and counts none: that was counted', async () => {
    const first = newOutcome({ tool_run_ref: 'another' });
    const { deps, told } = recording(first);
    expect(await recordOutcome(deps, { execution, call: callOf(), result: FAILURE })).toEqual(first);
    expect(told.outcome).toEqual([]);
  });

  it('counts nothing that could not be written', async () => {
    const { deps, told } = recording();
    const error = new TransientError('the table is throttled');
    const executions = fake<ExecutionStore>('ExecutionStore', { finishOnce: () => Promise.reject(error) });
    const recorded = recordOutcome({ ...deps, executions }, { execution, call: callOf(), result: SUCCESS });
    await expect(recorded).rejects.toBe(error);
    expect(told.outcome).toEqual([]);
  });
});

describe('what a failed action did', () => {
  const undone = (status: 'COMPLETED' | 'FAILED', error?: string) => ({
    compensation: { result: { status, ...(error !== undefined && { error }) } },
  });
  const broken = { compensation: { Error: 'States.Timeout', Cause: 'too slow' } };

  it.each<[string, InvokedTool, CompensationStrategy, object]>([
    ['is nothing when it succeeded', SUCCESS, 'MANUAL', { compensation_status: 'NONE' }],
    ['is nothing when nothing is left of it', FAILURE, 'MANUAL', { compensation_status: 'NONE' }],
    ['stays when it cannot be undone', HALF_WAY, 'NONE', { compensation_status: 'NONE' }],
    ['waits for a person who undoes it', HALF_WAY, 'MANUAL', { compensation_status: 'PENDING' }],
    [
      'was undone by itself',
      { ...HALF_WAY, ...undone('COMPLETED') },
      'AUTOMATIC',
      { compensation_status: 'COMPLETED' },
    ],
    [
      'could not be undone, and why',
      { ...HALF_WAY, ...undone('FAILED', 'ENTITY_IS_LOCKED: somebody edits it') },
      'AUTOMATIC',
      { compensation_status: 'FAILED', compensation_error: 'ENTITY_IS_LOCKED: somebody edits it' },
    ],
    [
      'could not be undone, for no reason given',
      { ...HALF_WAY, ...undone('FAILED') },
      'AUTOMATIC',
      { compensation_status: 'FAILED' },
    ],
    [
      'could not be undone because undoing it broke',
      { ...HALF_WAY, ...broken },
      'AUTOMATIC',
      { compensation_status: 'FAILED', compensation_error: 'States.Timeout: too slow' },
    ],
  ])('%s', async (_what, result, strategy, expected) => {
    const { compensation_status, compensation_error } = await recordResult(result, strategy);
    expect({ compensation_status, ...(compensation_error && { compensation_error }) }).toEqual(expected);
  });

  it('is named in the outcome, undone or not', async () => {
    const outcome = await recordResult({ ...HALF_WAY, ...undone('COMPLETED') }, 'AUTOMATIC');
    expect(outcome).toMatchObject({ status: 'FAILED', ...WHY, external_object_refs: [REF] });
  });
});
