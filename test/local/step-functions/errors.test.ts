import { describe, expect, it } from '@jest/globals';
import { type Lambda, localStepFunctions, namedError, sequence, task, types } from './harness.ts';

const throws =
  (name: string): Lambda =>
  () => {
    throw namedError(name);
  };

/** Fails so many times, then gives the number of calls. */
function failing(times: number, name: string): Lambda {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls <= times) throw namedError(name);
    return calls;
  };
}

const caught = { Type: 'Pass' };

describe('retries', () => {
  const retrying = (Retry: object[], fields: object = {}) =>
    sequence({ Call: task('flaky', { Retry, ...fields }), Caught: caught });

  it('call the function again, after delays that grow by the backoff rate', async () => {
    const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 2 };
    const local = localStepFunctions(retrying([retry]), { flaky: failing(2, 'Busy') });
    const startedAt = local.clock.now().getTime();
    const ended = await local.run();
    expect(ended.output).toBe(3);
    expect(local.clock.now().getTime() - startedAt).toBe(40_000);
    expect(local.invocations.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
  });

  it('wait no longer than MaxDelaySeconds', async () => {
    const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 10, MaxDelaySeconds: 15 };
    const local = localStepFunctions(retrying([retry]), { flaky: failing(3, 'Busy') });
    const startedAt = local.clock.now().getTime();
    await local.run();
    expect(local.clock.now().getTime() - startedAt).toBe(40_000);
  });

  it('follow at once when delays are switched off', async () => {
    const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 10 };
    const lambdas = { flaky: failing(3, 'Busy') };
    const local = localStepFunctions(retrying([retry]), lambdas, { retryDelays: 'none' });
    const startedAt = local.clock.now().getTime();
    expect(await local.run()).toMatchObject({ output: 4 });
    expect(local.clock.now().getTime()).toBe(startedAt);
  });

  it('end with MaxAttempts, and the error goes to the catcher', async () => {
    const local = localStepFunctions(
      retrying([{ ErrorEquals: ['Busy'], MaxAttempts: 1 }], {
        Catch: [{ ErrorEquals: ['Busy'], Next: 'Caught' }],
      }),
      { flaky: failing(9, 'Busy') },
    );
    expect(await local.run()).toMatchObject({ output: { Error: 'Busy' } });
    expect(local.invocations).toHaveLength(2);
  });

  it('count as state transitions, as on the bill', async () => {
    const local = localStepFunctions(retrying([{ ErrorEquals: ['Busy'] }]), { flaky: failing(2, 'Busy') });
    expect(await local.run()).toMatchObject({ stateTransitions: 4 });
    expect(local.stepFunctions.units.stateTransitions).toBe(4);
  });

  it('show their number in the context object', async () => {
    const definition = sequence({
      Call: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'flaky', 'Payload.$': '$$.State.RetryCount' },
        Retry: [{ ErrorEquals: ['Busy'] }],
      },
    });
    const local = localStepFunctions(definition, { flaky: failing(1, 'Busy') });
    await local.run();
    expect(local.invocations.map(({ payload }) => payload)).toEqual([0, 1]);
  });

  it('keep one count for each retrier', async () => {
    const errors = ['Busy', 'Gone', 'Busy', 'Gone'];
    const definition = retrying([
      { ErrorEquals: ['Busy'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 2 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 100, BackoffRate: 2 },
    ]);
    const flaky: Lambda = () => {
      const name = errors.shift();
      if (name) throw namedError(name);
      return 'done';
    };
    const local = localStepFunctions(definition, { flaky });
    const startedAt = local.clock.now().getTime();
    expect(await local.run()).toMatchObject({ output: 'done' });
    expect(local.clock.now().getTime() - startedAt).toBe(303_000);
  });
});

describe('errors', () => {
  const catching = (...ErrorEquals: string[]) =>
    sequence({
      Call: task('broken', { Catch: [{ ErrorEquals, ResultPath: '$.failure', Next: 'Caught' }] }),
      Unreached: { Type: 'Fail' },
      Caught: caught,
    });

  it.each(['Mine', 'States.ALL', 'States.TaskFailed'])(
    'thrown by a function are caught as %s',
    async (name) => {
      const local = localStepFunctions(catching(name), { broken: throws('Mine') });
      const ended = await local.run({ kept: true });
      expect(ended.output).toMatchObject({ kept: true, failure: { Error: 'Mine' } });
      const { failure } = ended.output as { failure: { Cause: string } };
      expect(JSON.parse(failure.Cause)).toMatchObject({ errorType: 'Mine', errorMessage: 'told' });
    },
  );

  it('of another name are not caught', async () => {
    const local = localStepFunctions(catching('Other'), { broken: throws('Mine') });
    expect(await local.run()).toMatchObject({ status: 'FAILED', error: 'Mine' });
  });

  it('of the Lambda service have a sentence for a cause', async () => {
    const local = localStepFunctions(catching('Lambda.TooManyRequestsException'), {
      broken: throws('Lambda.TooManyRequestsException'),
    });
    const { output } = await local.run();
    expect(output).toEqual({ failure: { Error: 'Lambda.TooManyRequestsException', Cause: 'told' } });
  });

  it('carry the trace that came with them', async () => {
    const traced = Object.assign(namedError('Mine'), { trace: ['at home'] });
    const broken = () => {
      throw traced;
    };
    const ended = await localStepFunctions(sequence({ Call: task('broken') }), { broken }).run();
    expect(JSON.parse(ended.cause ?? '')).toEqual({
      errorType: 'Mine',
      errorMessage: 'told',
      trace: ['at home'],
    });
  });

  it.each([
    ['something like an error', { name: 'Mine', message: 'told' }, 'Mine'],
    ['anything else', 'just text', 'Error'],
  ])('may be %s', async (_, thrown, error) => {
    const broken = () => {
      throw thrown;
    };
    const ended = await localStepFunctions(sequence({ Call: task('broken') }), { broken }).run();
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(JSON.parse(ended.cause ?? '')).toMatchObject({
      errorMessage: expect.stringMatching(/told|just text/),
    });
  });

  it('of a path without a value are not caught by States.ALL', async () => {
    const definition = sequence({
      Call: task('broken', {
        Parameters: { 'missing.$': '$.absent' },
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      }),
      Caught: caught,
    });
    const ended = await localStepFunctions(definition).run();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain("'$.absent'");
  });

  it('of a path into the context object name it as the definition does', async () => {
    const definition = sequence({ Pass: { Type: 'Pass', Parameters: { 'a.$': '$$.Execution.Absent' } } });
    const ended = await localStepFunctions(definition).run();
    expect(ended.cause).toContain("'$$.Execution.Absent'");
  });
});

describe('a Fail state', () => {
  it('gives its error and cause to the execution', async () => {
    const definition = sequence({ Stop: { Type: 'Fail', Error: 'Refused', Cause: 'No budget' } });
    const ended = await localStepFunctions(definition).run();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'No budget' });
    expect(types(ended.history)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
    expect(ended.history.at(-1)?.executionFailedEventDetails).toEqual({
      error: 'Refused',
      cause: 'No budget',
    });
  });

  it('takes error and cause from paths and intrinsic functions', async () => {
    const definition = sequence({
      Stop: { Type: 'Fail', ErrorPath: '$.name', CausePath: "States.Format('{} plans', $.count)" },
    });
    const ended = await localStepFunctions(definition).run({ name: 'Refused', count: 3 });
    expect(ended).toMatchObject({ error: 'Refused', cause: '3 plans' });
  });

  it('without error and cause leaves both out', async () => {
    const ended = await localStepFunctions(sequence({ Stop: { Type: 'Fail' } })).run();
    expect(ended.status).toBe('FAILED');
    expect(ended).not.toHaveProperty('error');
    expect(ended).not.toHaveProperty('cause');
  });
});
