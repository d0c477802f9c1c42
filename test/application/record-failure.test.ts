import { describe, expect, it } from '@jest/globals';
import {
  EffectUnknownError,
  InvalidToolResponseError,
  KillSwitchEnabledError,
  TransientError,
  ValidationError,
} from '../../src/application/errors.ts';
import type { Looked } from '../../src/application/ports/connectors.ts';
import type { ExecutionStore } from '../../src/application/ports/executions.ts';
import { recordFailure } from '../../src/application/record-outcome.ts';
import { type CaughtError, recordFailureInput } from '../../src/contracts/execute-action.ts';
import { actionOutcome } from '../../src/domain/execution/execution.ts';
import { travellingMessage } from '../../src/domain/execution/failure.ts';
import { newCall, newExecutionState } from '../support/executions.ts';
import { fake } from '../support/fakes/fake.ts';
import { fakeMetrics } from '../support/fakes/fake-metrics.ts';
import { INTENT } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const execution = newExecutionState();
/** What every outcome of that execution says. */
const BASE = {
  ...{ ...SCOPE, action_intent_id: INTENT, plan_id: 'p1', step_id: 's1', attempt: 1, attempt_count: 1 },
  ...{ approval_source: 'HUMAN', auto_executed: false, registry_version: 1, trace_id: 't1' },
  ...{ started_at: minute(5), completed_at: minute(6) },
};

/** What a Catch gives of an error that a function threw. */
const caught = (error: Error & Parameters<typeof travellingMessage>[0]) => ({
  Error: error.name,
  Cause: JSON.stringify({ errorType: error.name, errorMessage: travellingMessage(error), trace: [] }),
});
const LIMITED = { error_class: 'RATE_LIMIT', error_code: 'REQUEST_LIMIT_EXCEEDED' } as const;
const failed = { status: 'FAILED', external_object_refs: [], compensation_status: 'NONE' };

/** How far the machine had come, with everything that its state then holds. */
const BEFORE_THE_CALL = { execution };
const CALLED = { execution, call: newCall() };
const answered = (answer: unknown) => ({ ...CALLED, tool: { answer } });

/** Takes what the machine's state holds, by the schema of the function. */
const recordError = (
  state: object,
  error: CaughtError,
  metrics = fakeMetrics().metrics,
  looked: Looked = { state: 'FREE' },
) => {
  const executions = fake<ExecutionStore>('ExecutionStore', {
    finishOnce: async (outcome) => {
      actionOutcome.parse(outcome);
      return outcome;
    },
  });
  return recordFailure(
    { clock: settableClock(minute(6)), executions, metrics, idempotency: { look: async () => looked } },
    recordFailureInput.parse({ state: { ...state, error } }),
  );
};

describe('an error before the call', () => {
  it.each<[string, CaughtError, object]>([
    [
      'a validation',
      caught(new ValidationError('too late', { error_code: 'INTENT_EXPIRED' })),
      { error_class: 'VALIDATION', error_code: 'INTENT_EXPIRED', error_message: 'ValidationError: too late' },
    ],
    [
      'a kill switch',
      caught(new KillSwitchEnabledError('all stops')),
      {
        ...{ error_class: 'VALIDATION', error_code: 'KILL_SWITCH_ENABLED' },
        error_message: 'KillSwitchEnabledError: all stops',
      },
    ],
    [
      'a time-out',
      { Error: 'States.Timeout', Cause: 'slow' },
      { error_class: 'TIMEOUT', error_code: 'States.Timeout', error_message: 'States.Timeout: slow' },
    ],
    [
      'a fault',
      { Error: 'TypeError' },
      { error_class: 'UNKNOWN', error_code: 'TypeError', error_message: 'TypeError: ' },
    ],
  ])('has done nothing, and keeps its class and its code: %s', async (_what, error, expected) => {
    expect(await recordError(BEFORE_THE_CALL, error)).toEqual({
      ...{ ...BASE, ...failed, ...expected, tool_name: 'unknown', tool_run_ref: `failure/${INTENT}` },
      nothing_done: true,
    });
  });

  it('is counted as an outcome', async () => {
    const { metrics, told } = fakeMetrics();
    const outcome = await recordError(BEFORE_THE_CALL, { Error: 'States.Timeout' }, metrics);
    expect(told.outcome).toEqual([outcome]);
  });
});

describe('an earlier try that may have acted', () => {
  const BUSY = caught(new TransientError('slow down', LIMITED));
  const { metrics } = fakeMetrics();

  it('makes the outcome unknown, whatever the last try says', async () => {
    expect(await recordError(CALLED, BUSY, metrics, { state: 'OPEN' })).toMatchObject({
      ...{ error_code: 'OUTCOME_UNKNOWN', error_class: 'RATE_LIMIT' },
      error_message: 'REQUEST_LIMIT_EXCEEDED: TransientError: slow down',
    });
  });

  it('and has is the outcome', async () => {
    const external_object_refs = [{ system: 'CRM' as const, object_type: 'Case', object_id: '500-1' }];
    const answer = {
      success: true as const,
      external_object_refs,
      tool_run_ref: 'crm/k1',
      tenant_id: 'acme',
    };
    expect(await recordError(CALLED, BUSY, metrics, { state: 'SETTLED', answer })).toMatchObject({
      ...{ status: 'SUCCEEDED', external_object_refs, tool_run_ref: 'crm/k1' },
    });
  });

  it('of an execution that died makes it unknown even before the call; a replay knows of itself', async () => {
    const refused = caught(new ValidationError('too late', { error_code: 'INTENT_EXPIRED' }));
    const second = newExecutionState({ attempt_count: 2 });
    expect(await recordError({ execution: second }, refused)).toMatchObject({
      error_code: 'OUTCOME_UNKNOWN',
    });
    const replay = { ...second, replay: { reason: 'again', requested_by: 'dana' } };
    expect(await recordError({ execution: replay }, refused)).toMatchObject({ error_code: 'INTENT_EXPIRED' });
  });
});

describe('an error of the call', () => {
  it.each([
    'TransientError',
    'ValidationError',
    'ConfigurationError',
    'KillSwitchEnabledError',
    'ToolMappingNotFoundError',
    'IntentNotFoundError',
    'AuthError',
  ])('%s says that nothing was done, and keeps the class and the code of the system', async (name) => {
    const error = caught(Object.assign(new TransientError('slow down', LIMITED), { name }));
    expect(await recordError(CALLED, error)).toEqual({
      ...{ ...BASE, ...failed, ...LIMITED, error_message: `${name}: slow down` },
      ...{ tool_name: 'internal.create_note', tool_run_ref: `failure/${INTENT}`, nothing_done: true },
    });
  });

  it.each<[CaughtError, string, string]>([
    [{ Error: 'States.Timeout' }, 'TIMEOUT', 'States.Timeout: States.Timeout: '],
    [{ Error: 'Sandbox.Timedout' }, 'TIMEOUT', 'Sandbox.Timedout: Sandbox.Timedout: '],
    [{ Error: 'Lambda.Unknown', Cause: 'gone' }, 'UNKNOWN', 'Lambda.Unknown: Lambda.Unknown: gone'],
    [
      { Error: 'Lambda.TooManyRequestsException' },
      'UNKNOWN',
      'Lambda.TooManyRequestsException: Lambda.TooManyRequestsException: ',
    ],
    [{ Error: 'TypeError' }, 'UNKNOWN', 'TypeError: TypeError: '],
    [caught(new EffectUnknownError('no answer')), 'TIMEOUT', 'TIMEOUT: EffectUnknownError: no answer'],
    [
      caught(new EffectUnknownError('cut off', { error_class: 'DOWNSTREAM', error_code: 'ECONNRESET' })),
      'DOWNSTREAM',
      'ECONNRESET: EffectUnknownError: cut off',
    ],
    [
      caught(new InvalidToolResponseError('no JSON')),
      'UNKNOWN',
      'INVALID_TOOL_RESPONSE: InvalidToolResponseError: no JSON',
    ],
  ])(
    'leaves it unknown whether anything was done, and says what it was: %j',
    async (error, error_class, error_message) => {
      expect(await recordError(CALLED, error)).toEqual({
        ...{ ...BASE, ...failed, error_code: 'OUTCOME_UNKNOWN', error_class, error_message },
        ...{ tool_name: 'internal.create_note', tool_run_ref: `failure/${INTENT}` },
      });
    },
  );
});

describe('an error after an answer', () => {
  const REF = { system: 'INTERNAL', object_type: 'Note', object_id: 'k1' } as const;
  const DONE = { tool_name: 'internal.create_note', tool_run_ref: 'r1', external_object_refs: [REF] };
  const SUCCESS = { success: true, external_object_refs: [REF], tool_run_ref: 'r1' };
  const FAILURE = { ...SUCCESS, success: false, error_code: 'CRM_REFUSED', error_class: 'DOWNSTREAM' };
  const why = { error_code: 'CRM_REFUSED', error_class: 'DOWNSTREAM' };
  const error = caught(new TransientError('slow down', LIMITED));

  it.each<[string, object, object]>([
    ['a success', SUCCESS, { status: 'SUCCEEDED', compensation_status: 'NONE' }],
    ['a failure', FAILURE, { status: 'FAILED', ...why, compensation_status: 'NONE' }],
    [
      'a failure that was undone',
      { ...FAILURE, compensation: { result: { status: 'COMPLETED' } } },
      { status: 'FAILED', ...why, compensation_status: 'COMPLETED' },
    ],
    [
      'a failure that could not be undone',
      { ...FAILURE, compensation: { Error: 'States.Timeout', Cause: 'too slow' } },
      {
        ...{ status: 'FAILED', ...why, compensation_status: 'FAILED' },
        compensation_error: 'States.Timeout: too slow',
      },
    ],
  ])('leaves what the tool has answered: %s', async (_what, answer, expected) => {
    expect(await recordError(answered(answer), error)).toEqual({ ...BASE, ...DONE, ...expected });
  });

  it.each<[unknown]>([[{ ...SUCCESS, external_object_refs: [] }], [{ success: 'perhaps' }], [null]])(
    'leaves it unknown what was done when the answer makes no sense, whatever the error is: %j',
    async (answer) => {
      expect(await recordError(answered(answer), error)).toEqual({
        ...{ ...BASE, ...failed, error_code: 'OUTCOME_UNKNOWN', error_class: 'RATE_LIMIT' },
        ...{ tool_name: 'internal.create_note', tool_run_ref: `failure/${INTENT}` },
        error_message: 'REQUEST_LIMIT_EXCEEDED: TransientError: slow down',
      });
    },
  );
});
