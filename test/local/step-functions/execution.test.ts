import { describe, expect, it } from '@jest/globals';
import { localStepFunctions, namedError, sequence, task, types } from './harness.ts';

describe('an execution', () => {
  it('passes the output of each state to the next and ends with the last one', async () => {
    const definition = sequence({
      First: { Type: 'Pass', Result: { n: 1 }, ResultPath: '$.first' },
      Second: task('double', { InputPath: '$.first.n', ResultPath: '$.second' }),
      Third: { Type: 'Succeed', OutputPath: '$.second' },
    });
    const local = localStepFunctions(definition, { double: (n: number) => n * 2 });
    const ended = await local.run({ kept: true });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: 2 });
    expect(types(ended.history)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails with the error and the cause that its function threw, in the words of Lambda', async () => {
    const local = localStepFunctions(sequence({ Call: task('broken') }), {
      broken: () => {
        throw namedError('OutOfStock', 'none left');
      },
    });
    const ended = await local.run();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'OutOfStock' });
    const cause = JSON.parse(ended.cause ?? '');
    expect(cause).toMatchObject({ errorType: 'OutOfStock', errorMessage: 'none left' });
    expect(cause.trace[0]).toContain('none left');
  });
});
