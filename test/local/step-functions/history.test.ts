import { describe, expect, it } from '@jest/globals';
import { localStepFunctions, namedError, REGION, sequence, task, types } from './harness.ts';

const invoke = (fields: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: {
    FunctionName: `arn:aws:lambda:${REGION}:000000000000:function:greet:$LATEST`,
    'Payload.$': '$',
  },
  ...fields,
});

describe('the history of an execution', () => {
  it('tells a Lambda integration as AWS does: types, ids, links and details', async () => {
    const definition = sequence({
      Greet: invoke({ TimeoutSeconds: 30, OutputPath: '$.Payload' }),
      Done: { Type: 'Succeed' },
    });
    const local = localStepFunctions(definition, { greet: ({ name }: { name: string }) => `Hello ${name}` });
    const ended = await local.run({ name: 'Ana' });
    const resource = { resourceType: 'lambda', resource: 'invoke' };
    const result = { ExecutedVersion: '$LATEST', Payload: 'Hello Ana', StatusCode: 200 };
    const input = { input: '{"name":"Ana"}', inputDetails: { truncated: false } };
    const output = { output: '"Hello Ana"', outputDetails: { truncated: false } };
    const { timestamp } = ended.history[0] as { timestamp: Date };
    const event = (id: number, previousEventId: number, type: string, details: object) => ({
      timestamp,
      id,
      previousEventId,
      type,
      ...details,
    });
    const parameters = `{"FunctionName":"arn:aws:lambda:${REGION}:000000000000:function:greet:$LATEST","Payload":{"name":"Ana"}}`;
    expect(ended.history).toEqual([
      event(1, 0, 'ExecutionStarted', {
        executionStartedEventDetails: { ...input, roleArn: 'arn:aws:iam::000000000000:role/machine' },
      }),
      event(2, 0, 'TaskStateEntered', { stateEnteredEventDetails: { name: 'Greet', ...input } }),
      event(3, 2, 'TaskScheduled', {
        taskScheduledEventDetails: { ...resource, region: REGION, parameters, timeoutInSeconds: 30 },
      }),
      event(4, 3, 'TaskStarted', { taskStartedEventDetails: resource }),
      event(5, 4, 'TaskSucceeded', {
        taskSucceededEventDetails: {
          ...resource,
          output: JSON.stringify(result),
          outputDetails: { truncated: false },
        },
      }),
      event(6, 5, 'TaskStateExited', { stateExitedEventDetails: { name: 'Greet', ...output } }),
      event(7, 6, 'SucceedStateEntered', {
        stateEnteredEventDetails: { name: 'Done', input: '"Hello Ana"', inputDetails: { truncated: false } },
      }),
      event(8, 7, 'SucceedStateExited', { stateExitedEventDetails: { name: 'Done', ...output } }),
      event(9, 8, 'ExecutionSucceeded', { executionSucceededEventDetails: output }),
    ]);
  });

  it('tells every attempt of a retried task inside one stay in the state', async () => {
    const definition = sequence({ Greet: invoke({ Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }] }) });
    const greet = () => {
      throw namedError('Busy');
    };
    const ended = await localStepFunctions(definition, { greet }).run();
    const attempt = ['TaskScheduled', 'TaskStarted', 'TaskFailed'];
    expect(types(ended.history)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...attempt,
      ...attempt,
      'ExecutionFailed',
    ]);
    expect(ended.history[4]?.taskFailedEventDetails).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      error: 'Busy',
      cause: expect.stringContaining('"errorMessage":"told"'),
    });
  });

  it('tells a timeout of an integration', async () => {
    const definition = sequence({ Greet: invoke({ TimeoutSeconds: 5 }) });
    const ended = await localStepFunctions(definition, { greet: () => new Promise(() => {}) }).run();
    const timedOut = ended.history.find(({ type }) => type === 'TaskTimedOut');
    expect(timedOut?.taskTimedOutEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      error: 'States.Timeout',
    });
  });

  it('tells the states of inline iterations, each linked to its own iteration', async () => {
    const definition = sequence({
      Each: { Type: 'Map', ItemProcessor: sequence({ Work: task('work') }) },
    });
    const local = localStepFunctions(definition, { work: (n: number) => n });
    const { history } = await local.run([7, 8]);
    const told = history.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
    expect(told).toEqual([
      '1<0 ExecutionStarted',
      '2<0 MapStateEntered',
      '3<2 MapStateStarted',
      '4<3 MapIterationStarted',
      '5<3 MapIterationStarted',
      '6<4 TaskStateEntered',
      '7<5 TaskStateEntered',
      '8<6 LambdaFunctionScheduled',
      '9<8 LambdaFunctionStarted',
      '10<7 LambdaFunctionScheduled',
      '11<10 LambdaFunctionStarted',
      '12<9 LambdaFunctionSucceeded',
      '13<11 LambdaFunctionSucceeded',
      '14<12 TaskStateExited',
      '15<13 TaskStateExited',
      '16<14 MapIterationSucceeded',
      '17<15 MapIterationSucceeded',
      '18<17 MapStateSucceeded',
      '19<18 MapStateExited',
      '20<19 ExecutionSucceeded',
    ]);
    expect(history[2]?.mapStateStartedEventDetails).toEqual({ length: 2 });
    expect(history[4]?.mapIterationStartedEventDetails).toEqual({ name: 'Each', index: 1 });
  });

  it('shows after a caught error that the state was left, with what the catcher made of it', async () => {
    const Catch = [{ ErrorEquals: ['Bad'], ResultPath: null, Next: 'After' }];
    const definition = sequence({ Work: task('work', { Catch }), After: { Type: 'Pass' } });
    const work = () => {
      throw namedError('Bad');
    };
    const { history } = await localStepFunctions(definition, { work }).run({ kept: 1 });
    const exited = history.find(({ type }) => type === 'TaskStateExited');
    expect(exited?.stateExitedEventDetails).toMatchObject({ name: 'Work', output: '{"kept":1}' });
  });

  it('counts inner states of a Map once each', async () => {
    const definition = sequence({
      Each: { Type: 'Map', ItemProcessor: sequence({ One: { Type: 'Pass' }, Two: { Type: 'Pass' } }) },
    });
    const ended = await localStepFunctions(definition).run([1, 2, 3]);
    expect(ended.stateTransitions).toBe(7);
  });
});
