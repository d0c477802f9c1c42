import { describe, expect, it } from '@jest/globals';
import { endlessLoop, type Lambda, localStepFunctions, sequence, task, types } from './harness.ts';

/** Answers never; tells when nobody waits any more. */
function hanging() {
  const aborted: unknown[] = [];
  const lambda: Lambda = (_, __, signal) =>
    new Promise(() => signal.addEventListener('abort', () => aborted.push(signal.reason)));
  return { lambda, aborted };
}

describe('a Wait state', () => {
  it.each([
    ['Seconds', { Seconds: 90 }],
    ['SecondsPath', { SecondsPath: '$.seconds' }],
    ['Timestamp', { Timestamp: '2026-01-05T09:01:30Z' }],
    ['TimestampPath', { TimestampPath: '$.at' }],
  ])('with %s waits on the clock and passes its input on', async (_, fields) => {
    const local = localStepFunctions(sequence({ Wait: { Type: 'Wait', ...fields } }));
    const input = { seconds: 90, at: '2026-01-05T09:01:30.000Z' };
    const ended = await local.run(input);
    expect(ended.output).toEqual(input);
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:01:30.000Z');
    expect(types(ended.history)).toContain('WaitStateExited');
  });

  it('until an instant that is past does not wait', async () => {
    const local = localStepFunctions(sequence({ Wait: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z' } }));
    const ended = await local.run();
    expect(ended.stopDate).toEqual(ended.startDate);
  });

  it('may last longer than the timers of the process can', async () => {
    const days = 400;
    const local = localStepFunctions(sequence({ Wait: { Type: 'Wait', Seconds: days * 86_400 } }));
    const ended = await local.run();
    const elapsed = (ended.stopDate?.getTime() ?? 0) - ended.startDate.getTime();
    expect(elapsed).toBe(days * 86_400_000);
  });

  it.each([{ SecondsPath: '$.when' }, { TimestampPath: '$.when' }])(
    'fails for a time that is none: %j',
    async (fields) => {
      const local = localStepFunctions(sequence({ Wait: { Type: 'Wait', ...fields } }));
      const ended = await local.run({ when: 'soon' });
      expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(ended.cause).toContain('"soon"');
    },
  );
});

describe('a Task with TimeoutSeconds', () => {
  const timed = (fields: Record<string, unknown>) =>
    sequence({ Call: task('slow', fields), After: { Type: 'Pass' } });

  it('fails with States.Timeout on the clock, and its call is told', async () => {
    const { lambda, aborted } = hanging();
    const local = localStepFunctions(timed({ TimeoutSeconds: 30 }), { slow: lambda });
    const ended = await local.run();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(ended).not.toHaveProperty('cause');
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:00:30.000Z');
    expect(types(ended.history)).toContain('LambdaFunctionTimedOut');
    expect(aborted).toHaveLength(1);
  });

  it('takes the limit from a path', async () => {
    const local = localStepFunctions(timed({ TimeoutSecondsPath: '$.limit' }), { slow: hanging().lambda });
    const ended = await local.run({ limit: 5 });
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:00:05.000Z');
  });

  it('is caught by States.Timeout and States.ALL, and not by States.TaskFailed', async () => {
    const catchers = (...names: string[]) => ({
      TimeoutSeconds: 30,
      Catch: names.map((name) => ({ ErrorEquals: [name], ResultPath: '$.by', Next: 'After' })),
    });
    const run = (...names: string[]) =>
      localStepFunctions(timed(catchers(...names)), { slow: hanging().lambda }).run();
    expect(await run('States.TaskFailed')).toMatchObject({ status: 'FAILED' });
    const expected = { output: { by: { Error: 'States.Timeout', Cause: '' } } };
    expect(await run('States.TaskFailed', 'States.Timeout')).toMatchObject(expected);
    expect(await run('States.ALL')).toMatchObject(expected);
  });

  it('leaves nothing asleep when the function answers in time', async () => {
    const local = localStepFunctions(timed({ TimeoutSeconds: 30 }), { slow: () => 'quick' });
    expect(await local.run()).toMatchObject({ output: 'quick' });
    expect(local.clock.sleeping).toBe(0);
  });
});

describe('a machine with TimeoutSeconds', () => {
  it('ends as TIMED_OUT on the clock, without an error', async () => {
    const definition = sequence({ Wait: { Type: 'Wait', Seconds: 1000 } }, { TimeoutSeconds: 60 });
    const local = localStepFunctions(definition);
    const ended = await local.run();
    expect(ended.status).toBe('TIMED_OUT');
    expect(ended).not.toHaveProperty('error');
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:01:00.000Z');
    expect(types(ended.history)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
    expect(local.clock.sleeping).toBe(0);
    expect(local.stepFunctions.activity.computing).toBe(0);
  });

  it('leaves nothing asleep when it ends in time', async () => {
    const definition = sequence({ Pass: { Type: 'Pass' } }, { TimeoutSeconds: 60 });
    const local = localStepFunctions(definition);
    await local.run();
    expect(local.clock.sleeping).toBe(0);
  });
});

describe('an EXPRESS machine', () => {
  it('is timed out after five minutes', async () => {
    const definition = sequence({ Wait: { Type: 'Wait', Seconds: 1000 } });
    const local = localStepFunctions(definition, {}, { type: 'EXPRESS' });
    const ended = await local.run();
    expect(ended).toMatchObject({ status: 'TIMED_OUT', type: 'EXPRESS' });
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:05:00.000Z');
  });

  it('may have any number of executions of one name', async () => {
    const local = localStepFunctions(sequence({ Pass: { Type: 'Pass' } }), {}, { type: 'EXPRESS' });
    const [one, two] = [await local.run({}, 'same'), await local.run({}, 'same')];
    expect(one.executionArn).toMatch(/:express:machine:same:/);
    expect(one.executionArn).not.toBe(two.executionArn);
  });

  it('is counted by executions and not by billed transitions', async () => {
    const local = localStepFunctions(sequence({ Pass: { Type: 'Pass' } }), {}, { type: 'EXPRESS' });
    await local.run();
    expect(local.stepFunctions.units).toEqual({
      stateTransitions: 0,
      expressStateTransitions: 1,
      expressExecutions: 1,
    });
  });

  it('that loops without waiting is stopped', async () => {
    const local = localStepFunctions(endlessLoop, {}, { type: 'EXPRESS' });
    expect(await local.run()).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});
