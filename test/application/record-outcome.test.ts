import { describe, expect, it } from '@jest/globals';
import type { ExecutionStore } from '../../src/application/ports.ts';
import { recordFailure, recordOutcome } from '../../src/application/record-outcome.ts';
import type { ExecutionState } from '../../src/contracts/execute-action.ts';
import { actionOutcome } from '../../src/domain/execution/execution.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const execution: ExecutionState = {
  ...{ ...SCOPE, execution_id: 'one', action_intent_id: 'i1', plan_id: 'p1', step_id: 's1', attempt: 1 },
  ...{ action_type: 'PREP_RENEWAL_BRIEF', parameters: { topic: 'renewal' }, approval_source: 'POLICY' },
  ...{ auto_executed: true, attempt_count: 2, registry_version: 1, started_at: minute(5), trace_id: 't1' },
};
const BASE = {
  ...{ ...SCOPE, action_intent_id: 'i1', plan_id: 'p1', step_id: 's1', attempt: 1, attempt_count: 2 },
  ...{ approval_source: 'POLICY', auto_executed: true, registry_version: 1, trace_id: 't1' },
  ...{ compensation_status: 'NONE', started_at: minute(5), completed_at: minute(6) },
};

/** A store that takes every outcome that fits its schema, and gives it back. */
const deps = () => ({
  clock: settableClock(minute(6)),
  executions: fake<ExecutionStore>('ExecutionStore', {
    finishOnce: async (outcome) => actionOutcome.parse(outcome),
  }),
});

describe('recording how a tool call ended', () => {
  it('keeps what a success has made', async () => {
    const refs = [{ system: 'INTERNAL' as const, object_type: 'Note', object_id: 'n1' }];
    const result = {
      success: true as const,
      external_object_refs: refs,
      tool_name: 'note',
      tool_run_ref: 'r1',
    };
    expect(await recordOutcome(deps(), { execution, result })).toEqual({
      ...{ ...BASE, status: 'SUCCEEDED', external_object_refs: refs, tool_name: 'note', tool_run_ref: 'r1' },
    });
  });

  it.each([[undefined], ['the CRM said no']])(
    'keeps why it failed, with message %p',
    async (error_message) => {
      const error = {
        error_code: 'CRM_REFUSED',
        error_class: 'BUSINESS',
        ...(error_message && { error_message }),
      };
      const result = { success: false as const, ...error, tool_name: 'note', tool_run_ref: 'r1' };
      expect(await recordOutcome(deps(), { execution, result })).toEqual({
        ...{
          ...BASE,
          ...error,
          status: 'FAILED',
          external_object_refs: [],
          tool_name: 'note',
          tool_run_ref: 'r1',
        },
      });
    },
  );

  it('tells which outcome stands when another was first', async () => {
    const first = {
      ...BASE,
      status: 'SUCCEEDED',
      external_object_refs: [],
      tool_name: 'x',
      tool_run_ref: 'y',
    };
    const executions = fake<ExecutionStore>('ExecutionStore', {
      finishOnce: async () => actionOutcome.parse(first),
    });
    const result = {
      ...{ success: false as const, error_code: 'LATE', error_class: 'BUSINESS' },
      ...{ tool_name: 'note', tool_run_ref: 'r1' },
    };
    expect(await recordOutcome({ ...deps(), executions }, { execution, result })).toEqual(first);
  });
});

describe('recording that a tool call ended in an error', () => {
  const record = (name: string, Cause?: string) =>
    recordFailure(deps(), { execution, error: { Error: name, ...(Cause !== undefined && { Cause }) } });

  it.each([
    ['ValidationError', 'ValidationError', 'VALIDATION'],
    ['ConfigurationError', 'ConfigurationError', 'VALIDATION'],
    ['States.Timeout', 'OUTCOME_UNKNOWN', 'TIMEOUT'],
    ['TransientError', 'OUTCOME_UNKNOWN', 'UNKNOWN'],
    ['Lambda.Unknown', 'OUTCOME_UNKNOWN', 'UNKNOWN'],
  ])('%s means %s (%s)', async (name, error_code, error_class) => {
    expect(await record(name, 'why')).toEqual({
      ...{ ...BASE, status: 'FAILED', external_object_refs: [], error_code, error_class },
      ...{ error_message: `${name}: why`, tool_name: 'unknown', tool_run_ref: 'failure/i1' },
    });
  });

  it('keeps the beginning of a long cause, and does without one', async () => {
    expect((await record('Lambda.Unknown', 'x'.repeat(5000))).error_message).toHaveLength(1000);
    expect((await record('Lambda.Unknown')).error_message).toBe('Lambda.Unknown: ');
  });
});
