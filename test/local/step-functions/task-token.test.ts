import { describe, expect, it } from '@jest/globals';
import { localStepFunctions, MACHINE_ARN, sequence, types } from './harness.ts';

const asking = (fields: object = {}) =>
  sequence({
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } },
      ...fields,
    },
  });

async function started(definition: unknown) {
  const tokens: string[] = [];
  const ask = ({ token }: { token: string }) => void tokens.push(token);
  const local = localStepFunctions(definition, { ask });
  const { executionArn } = await local.stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN });
  await local.settle();
  return { ...local, executionArn, tokens, token: tokens[0] as string };
}

describe('a task that waits for its token', () => {
  it('gives the output that is sent with it', async () => {
    const { stepFunctions, finish, executionArn, token } = await started(asking());
    stepFunctions.sendTaskSuccess(token, { approved: true });
    const ended = await finish(executionArn);
    expect(ended.output).toEqual({ approved: true });
    expect(types(ended.history).slice(2, 6)).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
    ]);
  });

  it('fails with the error that is sent with it, and a retry has another token', async () => {
    const definition = asking({ Retry: [{ ErrorEquals: ['Later'], MaxAttempts: 1 }] });
    const { stepFunctions, finish, executionArn, token, tokens, clock, settle } = await started(definition);
    stepFunctions.sendTaskFailure(token, 'Later', 'busy');
    await settle();
    clock.advance();
    await settle();
    expect(tokens[1]).not.toBe(token);
    stepFunctions.sendTaskFailure(tokens[1] as string, 'Never');
    expect(await finish(executionArn)).toMatchObject({ status: 'FAILED', error: 'Never' });
  });

  it('knows its token no more when it has ended', async () => {
    const { stepFunctions, finish, executionArn, token } = await started(asking());
    stepFunctions.sendTaskSuccess(token, 1);
    await finish(executionArn);
    expect(() => stepFunctions.sendTaskHeartbeat(token)).toThrow('Task Does Not Exist');
  });

  it('times out when no heartbeat comes', async () => {
    const { finish, executionArn } = await started(asking({ HeartbeatSeconds: 20, TimeoutSeconds: 100 }));
    const ended = await finish(executionArn);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:00:20.000Z');
  });

  it('lives on with heartbeats, but not beyond its timeout', async () => {
    const local = await started(asking({ HeartbeatSeconds: 20, TimeoutSeconds: 50 }));
    for (let beat = 0; beat < 3; beat += 1) {
      void local.clock.sleep(15_000);
      local.clock.advance();
      local.stepFunctions.sendTaskHeartbeat(local.token);
      await local.settle();
    }
    const ended = await local.finish(local.executionArn);
    expect(ended).toMatchObject({ error: 'States.Timeout' });
    expect(ended.stopDate?.toISOString()).toBe('2026-01-05T09:00:50.000Z');
  });
});
