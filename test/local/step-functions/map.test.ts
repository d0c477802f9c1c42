import { describe, expect, it } from '@jest/globals';
import { type Lambda, localStepFunctions, namedError, sequence, task, types } from './harness.ts';

const mapping = (fields: object, processor: object = sequence({ Work: task('work') })) =>
  sequence({ Each: { Type: 'Map', ItemProcessor: processor, ...fields }, After: { Type: 'Pass' } });

/** Holds every call until `release`, and knows how many were held at once. */
function gate() {
  const held: (() => void)[] = [];
  const seen = { most: 0, calls: 0, running: 0 };
  const lambda: Lambda = async (payload) => {
    seen.calls += 1;
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await new Promise<void>((resolve) => held.push(resolve));
    seen.running -= 1;
    return payload;
  };
  const release = () => {
    for (const go of held.splice(0)) go();
  };
  return { lambda, seen, release, held };
}

async function runGated(definition: unknown, input: unknown) {
  const { lambda, seen, release, held } = gate();
  const local = localStepFunctions(definition, { work: lambda });
  const start = {
    stateMachineArn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:machine',
    input: JSON.stringify(input),
  };
  const { executionArn } = await local.stepFunctions.startExecution(start);
  for (await local.settle(); held.length > 0; await local.settle()) release();
  return { ended: await local.finish(executionArn), seen };
}

describe('an inline Map', () => {
  it('gives the outputs in the order of the items', async () => {
    const definition = mapping({ ItemsPath: '$.items', ResultPath: '$.done' });
    const local = localStepFunctions(definition, { work: (n: number) => n * 10 });
    const ended = await local.run({ items: [3, 1, 2] });
    expect(ended.output).toEqual({ items: [3, 1, 2], done: [30, 10, 20] });
  });

  it('takes its items from the context object, and from an InputPath', async () => {
    const work = (payload: never) => payload;
    const fromContext = mapping({ ItemsPath: '$$.Execution.Input.items' });
    expect(await localStepFunctions(fromContext, { work }).run({ items: [1] })).toMatchObject({
      output: [1],
    });
    const fromPath = mapping({ InputPath: '$.inner', ItemsPath: '$.items' });
    const ended = await localStepFunctions(fromPath, { work }).run({ inner: { items: [2] } });
    expect(ended.output).toEqual([2]);
  });

  it('passes items that are false, 0, "" or null', async () => {
    const definition = mapping({}, sequence({ Pass: { Type: 'Pass', Parameters: { 'it.$': '$' } } }));
    const ended = await localStepFunctions(definition).run([false, 0, '', null]);
    expect(ended.output).toEqual([{ it: false }, { it: 0 }, { it: '' }, { it: null }]);
  });

  it('of no items gives no outputs', async () => {
    const ended = await localStepFunctions(mapping({})).run([]);
    expect(ended.output).toEqual([]);
    expect(types(ended.history)).toContain('MapStateSucceeded');
  });

  it('fails when its items are no array', async () => {
    const ended = await localStepFunctions(mapping({ ItemsPath: '$.items' })).run({ items: 'none' });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain('$.items');
  });

  it('selects what each iteration gets, from the item, its index and the input', async () => {
    const definition = mapping({
      ItemsPath: '$.items',
      ItemSelector: {
        'value.$': '$$.Map.Item.Value',
        'index.$': '$$.Map.Item.Index',
        'tenant.$': '$.tenant',
        'label.$': "States.Format('{}-$.x', $.tenant)",
        fixed: [{ 'name.$': '$$.StateMachine.Name' }],
      },
    });
    const local = localStepFunctions(definition, { work: (payload: never) => payload });
    const ended = await local.run({ tenant: 'acme', items: ['a'] });
    const selected = {
      value: 'a',
      index: 0,
      tenant: 'acme',
      label: 'acme-$.x',
      fixed: [{ name: 'machine' }],
    };
    expect(ended.output).toEqual([selected]);
  });

  it('fails when the selector finds nothing at a path', async () => {
    const definition = mapping({ ItemSelector: { 'a.$': '$$.Map.Item.Value.absent' } });
    const ended = await localStepFunctions(definition).run([{}]);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain("'$$.Map.Item.Value.absent'");
  });

  it('selects with the former Parameters of the former Iterator too', async () => {
    const definition = sequence({
      Each: {
        Type: 'Map',
        Parameters: { 'n.$': '$$.Map.Item.Value' },
        Iterator: sequence({ Pass: { Type: 'Pass' } }),
      },
    });
    expect(await localStepFunctions(definition).run([7])).toMatchObject({ output: [{ n: 7 }] });
  });

  it('knows the item and the execution inside its iterations', async () => {
    const inner = { 'item.$': '$$.Map.Item.Value', 'id.$': '$$.Execution.Id', 'name.$': '$$.State.Name' };
    const definition = mapping({}, sequence({ Show: { Type: 'Pass', Parameters: inner } }));
    const ended = await localStepFunctions(definition).run(['a', 'b']);
    const shown = (item: string) => ({ item, id: ended.executionArn, name: 'Show' });
    expect(ended.output).toEqual([shown('a'), shown('b')]);
  });

  it('runs Maps inside Maps', async () => {
    const inner = sequence({
      Inner: { Type: 'Map', ItemProcessor: sequence({ Work: task('work') }) },
    });
    const local = localStepFunctions(mapping({}, inner), { work: (n: number) => n + 1 });
    const ended = await local.run([[1, 2], [3]]);
    expect(ended.output).toEqual([[2, 3], [4]]);
  });

  it.each([
    ['MaxConcurrency', { MaxConcurrency: 3 }, 3],
    ['MaxConcurrencyPath', { MaxConcurrencyPath: '$.at_once' }, 2],
    ['no bound but that of AWS', {}, 40],
    ['more than AWS allows', { MaxConcurrency: 1000 }, 40],
  ])('works at once on as many items as it may: %s', async (_, fields, most) => {
    const definition = mapping({ ItemsPath: '$.items', ...fields });
    const items = Array.from({ length: 50 }, (_, index) => index);
    const { ended, seen } = await runGated(definition, { items, at_once: 2 });
    expect(ended.output).toEqual(items);
    expect(seen).toMatchObject({ most, calls: 50 });
  });

  describe('with an item that fails', () => {
    const failingAt =
      (bad: number, aborted: number[] = []): Lambda =>
      (n: number, _: unknown, signal: AbortSignal) => {
        if (n === bad) throw namedError('Bad');
        return new Promise(() => signal.addEventListener('abort', () => aborted.push(n)));
      };

    it('fails with its error, aborts what runs and drops what waits', async () => {
      const aborted: number[] = [];
      const local = localStepFunctions(mapping({ MaxConcurrency: 2 }), { work: failingAt(1, aborted) });
      const ended = await local.run([0, 1, 2, 3]);
      expect(ended).toMatchObject({ status: 'FAILED', error: 'Bad' });
      expect(aborted).toEqual([0]);
      expect(local.invocations.map(({ payload }) => payload)).toEqual([0, 1]);
      expect(types(ended.history).slice(-6)).toEqual([
        'LambdaFunctionFailed',
        'MapIterationFailed',
        'TaskStateAborted',
        'MapIterationAborted',
        'MapStateFailed',
        'ExecutionFailed',
      ]);
      expect(local.stepFunctions.activity.computing).toBe(0);
    });

    it('is caught and retried by the Map itself', async () => {
      const Retry = [{ ErrorEquals: ['Bad'], MaxAttempts: 1 }];
      const Catch = [{ ErrorEquals: ['Bad'], ResultPath: '$.failure', Next: 'After' }];
      const definition = mapping({ ItemsPath: '$.items', Retry, Catch });
      const local = localStepFunctions(definition, { work: failingAt(1) });
      const ended = await local.run({ items: [1] });
      expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { failure: { Error: 'Bad' } } });
      expect(local.invocations).toHaveLength(2);
      expect(types(ended.history).filter((type) => type === 'MapStateEntered')).toHaveLength(1);
    });

    it('goes on when the iteration catches its own errors', async () => {
      const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Isolated' }];
      const processor = sequence({
        Work: task('work', { Catch, Next: 'Done' }),
        Isolated: { Type: 'Pass', Result: 'isolated' },
        Done: { Type: 'Succeed' },
      });
      const work = (n: number) => {
        if (n === 1) throw namedError('Bad');
        return n;
      };
      const ended = await localStepFunctions(mapping({}, processor), { work }).run([0, 1, 2]);
      expect(ended.output).toEqual([0, 'isolated', 2]);
    });

    it('fails with the error of a Fail state in it', async () => {
      const definition = mapping({}, sequence({ Stop: { Type: 'Fail', Error: 'Bad', Cause: 'told' } }));
      const ended = await localStepFunctions(definition).run([1]);
      expect(ended).toMatchObject({ status: 'FAILED', error: 'Bad', cause: 'told' });
    });
  });

  it('shapes its result by ResultSelector, also from the context object', async () => {
    const ResultSelector = { 'all.$': '$', 'count.$': 'States.ArrayLength($)', 'in.$': '$$.State.Name' };
    const local = localStepFunctions(mapping({ ResultSelector }), { work: (n: number) => n });
    expect(await local.run([4, 5])).toMatchObject({ output: { all: [4, 5], count: 2, in: 'Each' } });
  });

  it('stops with the execution', async () => {
    const { lambda } = gate();
    const local = localStepFunctions(mapping({}), { work: lambda });
    const stateMachineArn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:machine';
    const { executionArn } = await local.stepFunctions.startExecution({ stateMachineArn, input: '[1,2]' });
    await local.settle();
    local.stepFunctions.stopExecution(executionArn, 'Enough', 'for today');
    const ended = await local.finish(executionArn);
    expect(ended).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'for today' });
    expect(ended.history.at(-1)?.type).toBe('ExecutionAborted');
    expect(local.stepFunctions.activity.computing).toBe(0);
  });
});
