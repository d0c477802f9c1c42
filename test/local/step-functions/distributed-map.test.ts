import { describe, expect, it } from '@jest/globals';
import {
  type Lambda,
  localStepFunctions,
  MACHINE_ARN,
  namedError,
  sequence,
  task,
  types,
} from './harness.ts';

const distributed = (
  fields: object,
  ExecutionType: 'STANDARD' | 'EXPRESS' = 'STANDARD',
  work = task('work'),
) =>
  sequence({
    Each: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType }, ...sequence({ Work: work }) },
      ...fields,
    },
    After: { Type: 'Pass' },
  });

const echo: Lambda = (payload) => payload;

/** Fails for the items given. */
const failingFor =
  (...bad: number[]): Lambda =>
  (n: number) => {
    if (bad.includes(n)) throw namedError('Bad');
    return n;
  };

const upTo = (length: number) => Array.from({ length }, (_, index) => index);

describe('a distributed Map', () => {
  it('runs each item as an execution of its own, with its own history', async () => {
    const local = localStepFunctions(distributed({ Label: 'Items' }), { work: (n: number) => n * 2 });
    const ended = await local.run([1, 2]);
    expect(ended.output).toEqual([2, 4]);
    expect(types(ended.history)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    const [mapRun] = local.stepFunctions.listMapRuns(ended.executionArn);
    const children = local.stepFunctions.listExecutions(mapRun?.mapRunArn ?? '');
    expect(children.map(({ input, output }) => [input, output])).toEqual([
      ['2', '4'],
      ['1', '2'],
    ]);
    const child = children[0];
    expect(child?.executionArn).toMatch(/:execution:machine\/Items:id-\d+$/);
    expect(child?.stateMachineArn).toMatch(/:stateMachine:machine\/Items$/);
    expect(types(local.stepFunctions.getExecutionHistory(child?.executionArn ?? ''))).toContain(
      'TaskStateEntered',
    );
  });

  it('does not list its children among the executions of the machine', async () => {
    const local = localStepFunctions(distributed({}), { work: echo });
    await local.run([1, 2]);
    expect(local.stepFunctions.listExecutions(MACHINE_ARN)).toHaveLength(1);
  });

  it('counts items and executions of its run', async () => {
    const definition = distributed({ ToleratedFailureCount: 1, ItemBatcher: { MaxItemsPerBatch: 2 } });
    const work: Lambda = ({ Items }: { Items: number[] }) => {
      if (Items.includes(2)) throw namedError('Bad');
      return Items;
    };
    const local = localStepFunctions(definition, { work });
    const ended = await local.run([0, 1, 2]);
    const [mapRun] = local.stepFunctions.listMapRuns(ended.executionArn);
    expect(mapRun).toMatchObject({
      status: 'SUCCEEDED',
      toleratedFailureCount: 1,
      itemCounts: { total: 3, succeeded: 2, failed: 1, pending: 0, running: 0, resultsWritten: 2 },
      executionCounts: { total: 2, succeeded: 1, failed: 1, pending: 0, running: 0, resultsWritten: 1 },
    });
  });

  it('runs EXPRESS children for five minutes at most', async () => {
    const waiting = { Type: 'Wait', Seconds: 1000 };
    const definition = distributed({ ToleratedFailurePercentage: 100 }, 'EXPRESS', waiting as never);
    const local = localStepFunctions(definition);
    const ended = await local.run([1]);
    expect(ended.output).toMatchObject([{ Status: 'TIMED_OUT', Input: '1' }]);
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:05:00.000Z');
    expect(local.stepFunctions.units).toMatchObject({ expressExecutions: 1, stateTransitions: 2 });
  });

  it('shows its children their own execution in the context object', async () => {
    const show = { Type: 'Pass', Parameters: { 'id.$': '$$.Execution.Id', 'in.$': '$$.Execution.Input' } };
    const local = localStepFunctions(distributed({}, 'STANDARD', show as never));
    const ended = await local.run(['a']);
    expect(ended.output).toEqual([{ id: expect.stringContaining(':execution:machine/Each:'), in: 'a' }]);
  });

  it('puts selected items into batches, with what they share', async () => {
    const definition = distributed({
      ItemsPath: '$.items',
      ItemSelector: { 'v.$': '$$.Map.Item.Value' },
      ItemBatcher: { MaxItemsPerBatchPath: '$.size', BatchInput: { 'tenant.$': '$.tenant' } },
    });
    const local = localStepFunctions(definition, { work: echo });
    const ended = await local.run({ items: [1, 2, 3], size: 2, tenant: 'acme' });
    expect(ended.output).toEqual([
      { BatchInput: { tenant: 'acme' }, Items: [{ v: 1 }, { v: 2 }] },
      { BatchInput: { tenant: 'acme' }, Items: [{ v: 3 }] },
    ]);
  });

  it('keeps batches under a number of bytes', async () => {
    const definition = distributed({ ItemBatcher: { MaxInputBytesPerBatch: 40 } });
    const local = localStepFunctions(definition, { work: echo });
    await local.run(upTo(10).map((n) => `item ${n}`));
    const sizes = local.invocations.map(({ payload }) => JSON.stringify(payload).length);
    expect(sizes).toEqual([38, 38, 38, 20]);
  });

  it.each([
    ['none is tolerated by default', {}, [1], 'FAILED'],
    ['as many as the count allows', { ToleratedFailureCount: 2 }, [1, 2], 'SUCCEEDED'],
    ['more than the count allows', { ToleratedFailureCount: 2 }, [1, 2, 3], 'FAILED'],
    ['as many as the percentage allows', { ToleratedFailurePercentage: 20 }, [1, 2], 'SUCCEEDED'],
    ['more than the percentage allows', { ToleratedFailurePercentage: 20 }, [1, 2, 3], 'FAILED'],
    ['a count from the input', { ToleratedFailureCountPath: '$.tolerated' }, [1], 'SUCCEEDED'],
    ['all of them', { ToleratedFailurePercentage: 100 }, upTo(10), 'SUCCEEDED'],
  ])('with failed items: %s', async (_, fields, bad, status) => {
    const definition = distributed({ ItemsPath: '$.items', ...fields });
    const local = localStepFunctions(definition, { work: failingFor(...bad) });
    const ended = await local.run({ items: upTo(10), tolerated: 1 });
    expect(ended.status).toBe(status);
    if (status === 'FAILED') expect(ended.error).toBe('States.ExceedToleratedFailureThreshold');
  });

  it('describes a failed child in its output when that is tolerated', async () => {
    const definition = distributed({ ToleratedFailureCount: 1 });
    const local = localStepFunctions(definition, { work: failingFor(1) });
    const { output } = await local.run([0, 1]);
    expect(output).toMatchObject([0, { Status: 'FAILED', Error: 'Bad', Input: '1', Name: 'id-4' }]);
  });

  it('that fails aborts the children that run and drops those that wait', async () => {
    const hanging: Lambda = (n: number) => {
      if (n === 1) throw namedError('Bad');
      return new Promise(() => {});
    };
    const local = localStepFunctions(distributed({ MaxConcurrency: 2 }), { work: hanging });
    const ended = await local.run([0, 1, 2]);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
    const [mapRun] = local.stepFunctions.listMapRuns(ended.executionArn);
    expect(mapRun).toMatchObject({ status: 'FAILED', itemCounts: { aborted: 1, failed: 1, pending: 1 } });
    const children = local.stepFunctions.listExecutions(mapRun?.mapRunArn ?? '');
    expect(children.map(({ status }) => status)).toEqual(['FAILED', 'ABORTED']);
    expect(types(ended.history).slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(local.stepFunctions.activity.computing).toBe(0);
  });

  it('is caught by the name of its error', async () => {
    const Catch = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'After' }];
    const local = localStepFunctions(distributed({ Catch }), { work: failingFor(1) });
    expect(await local.run([1])).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('aborts its children when the execution is stopped', async () => {
    const local = localStepFunctions(distributed({}), { work: () => new Promise(() => {}) });
    const start = { stateMachineArn: MACHINE_ARN, input: '[1,2]' };
    const { executionArn } = await local.stepFunctions.startExecution(start);
    await local.settle();
    local.stepFunctions.stopExecution(executionArn);
    await local.finish(executionArn);
    const [mapRun] = local.stepFunctions.listMapRuns(executionArn);
    expect(mapRun).toMatchObject({ status: 'ABORTED', executionCounts: { aborted: 2, running: 0 } });
  });

  it('works through thousands of items without the history of the parent growing', async () => {
    const local = localStepFunctions(distributed({ ResultPath: null }), { work: echo });
    const ended = await local.run(upTo(2000));
    expect(local.invocations).toHaveLength(2000);
    expect(ended.history).toHaveLength(10);
  });
});
