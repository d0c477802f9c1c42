import { describe, expect, it } from '@jest/globals';
import { localStepFunctions, sequence, task, types } from './harness.ts';

describe('a Parallel state', () => {
  const parallel = (branches: object[], fields: object = {}) =>
    sequence({ Both: { Type: 'Parallel', Branches: branches, ...fields }, After: { Type: 'Pass' } });

  it('gives the same input to all branches and their outputs in order', async () => {
    const branches = [sequence({ Left: task('left') }), sequence({ Right: task('right') })];
    const definition = parallel(branches, { Parameters: { 'n.$': '$.number' } });
    const local = localStepFunctions(definition, {
      left: ({ n }: { n: number }) => n + 1,
      right: ({ n }: { n: number }) => n + 2,
    });
    const ended = await local.run({ number: 1 });
    expect(ended.output).toEqual([2, 3]);
    expect(types(ended.history)).toEqual(
      expect.arrayContaining(['ParallelStateEntered', 'ParallelStateStarted', 'ParallelStateSucceeded']),
    );
  });

  it('fails with the first branch that does, and calls the others off', async () => {
    const waiting = sequence({ Wait: { Type: 'Wait', Seconds: 1000 } });
    const definition = parallel([waiting, sequence({ Stop: { Type: 'Fail', Error: 'Bad' } })], {
      Catch: [{ ErrorEquals: ['Bad'], Next: 'After' }],
    });
    const local = localStepFunctions(definition);
    const ended = await local.run();
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Bad' } });
    expect(ended.stopDate).toEqual(ended.startDate);
    expect(local.clock.sleeping).toBe(0);
    expect(types(ended.history)).toEqual(expect.arrayContaining(['WaitStateAborted', 'ParallelStateFailed']));
  });
});
