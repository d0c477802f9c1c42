import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { TransientError } from '../../src/application/errors.ts';
import { failureOf } from '../../src/domain/execution/failure.ts';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { task } from '../../src/runtime/task.ts';
import { everyTask, taskOf } from '../functions/every-task.ts';
import { newCall, newExecutionState } from '../support/executions.ts';
import { INTENT, inFlight } from '../support/in-flight.ts';
import { approveIntent, EXPIRY, minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

/** What a state's Catch gives of what a function throws: Lambda hands on its name and its message alone. */
const caughtOf = async (called: Promise<unknown>) => {
  const { name, message, stack } = await called.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  );
  const cause = { errorType: name, errorMessage: message, trace: String(stack).split('\n') };
  return { Error: name, Cause: JSON.stringify(cause) };
};

const LIMITED = new TransientError('slow down', {
  ...{ error_class: 'RATE_LIMIT', error_code: 'REQUEST_LIMIT_EXCEEDED' },
});

const throwing = (error: unknown, errorsAreRecorded?: boolean) =>
  task({
    input: z.unknown(),
    environment: [],
    ...(errorsAreRecorded !== undefined && { errorsAreRecorded }),
    deps: (runtime: Runtime) => runtime,
    run: () => Promise.reject(error),
  }).with(createRuntime({}))({});

describe('an error of a task whose errors are recorded', () => {
  it('keeps its name, by which the machine tries again, and its class and code', async () => {
    const error = new TransientError('slow down', LIMITED);
    const caught = await caughtOf(throwing(error, true));
    expect(caught.Error).toBe('TransientError');
    expect(failureOf(caught)).toEqual({
      ...{ error_class: 'RATE_LIMIT', error_code: 'REQUEST_LIMIT_EXCEEDED' },
      error_message: 'TransientError: slow down',
    });
  });

  it('that has neither is told as it is', async () => {
    const caught = await caughtOf(throwing(new RangeError('too far'), true));
    expect(failureOf(caught)).toEqual({
      ...{ error_class: 'UNKNOWN', error_code: 'RangeError', error_message: 'RangeError: too far' },
    });
  });
});

describe('an error of any other task', () => {
  it.each([[false], [undefined]])('is told in its own words: %p', async (errorsAreRecorded) => {
    const error = new TransientError('slow down', LIMITED);
    await expect(throwing(error, errorsAreRecorded)).rejects.toMatchObject({ message: 'slow down' });
  });
});

describe('a function of execute-action between its start and its outcome', () => {
  const RECORDED = [
    ...['validate-preflight', 'map-action-to-tool', 'invoke-tool', 'compensate-action', 'record-outcome'],
  ];
  const world = useWorld();
  const call = (name: string, event: unknown) => taskOf(name).with(world.runtime)(event);

  it.each(everyTask.map(([name]) => name))(
    '%s: its errors carry class and code if they are recorded',
    async (name) => {
      const { Error: error, Cause } = await caughtOf(call(name, {}));
      expect(error).toBe('ValidationError');
      expect(failureOf({ Error: error, Cause }).error_code).toBe(
        RECORDED.includes(name) ? 'VALIDATION_FAILED' : 'ValidationError',
      );
    },
  );

  it('that is refused leaves its class and code in the outcome', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
    world.clock.set(EXPIRY);
    const execution = newExecutionState();
    const error = await caughtOf(call('validate-preflight', { execution }));
    expect(await call('record-failure', { state: { execution, error } })).toMatchObject({
      ...{ status: 'FAILED', error_class: 'VALIDATION', error_code: 'INTENT_EXPIRED', tool_name: 'unknown' },
      error_message: `ValidationError: action intent ${INTENT} has lapsed at ${EXPIRY}`,
    });
  });

  it('that is refused right before the call leaves them, too, and the name of its tool', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'suspended' });
    world.clock.set(minute(5));
    const state = { execution: newExecutionState(), call: newCall() };
    const error = await caughtOf(call('invoke-tool', state));
    expect(await call('record-failure', { state: { ...state, error } })).toMatchObject({
      ...{ error_class: 'VALIDATION', error_code: 'TENANT_NOT_ACTIVE', tool_name: 'internal.create_note' },
    });
  });
});

describe('a task is told', () => {
  const told = task({
    input: z.unknown(),
    environment: [],
    deps: (runtime: Runtime) => runtime,
    run: async (_deps, _input, requestId) => requestId,
  }).with(createRuntime({}));

  it('the id of its invocation, which retries by Lambda share', async () => {
    expect(await told({}, { awsRequestId: 'request-1' })).toBe('request-1');
  });

  it('one of its own where there is none', async () => {
    expect(await told({})).toMatch(/^[0-9a-f-]{36}$/);
    expect(await told({})).not.toBe(await told({}));
  });
});
