import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutionStarter } from '../../../src/adapters/stepfunctions/execution-starter.ts';
import { REPLAY } from '../../support/attempts.ts';
import { SCOPE } from '../../support/intents.ts';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:cc-native-test-execute-action';
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:cc-native-test-execute-action:replay-i-2';
const approval = { approval_source: 'HUMAN', auto_executed: false } as const;
const START = {
  name: 'replay-i-2',
  input: { detail: { data: { action_intent_id: 'i', ...SCOPE, ...approval } }, replay: REPLAY },
};

const client = new SFNClient({ region: 'us-east-1' });
const mock = mockClient(client);
const starter = createExecutionStarter(client, MACHINE);

afterEach(() => void mock.reset());

describe('starting an execution by name', () => {
  it('asks Step Functions for it, with its input as JSON', async () => {
    mock.on(StartExecutionCommand).resolves({ executionArn: EXECUTION });
    expect(await starter.startIfNew(START)).toEqual({ execution_arn: EXECUTION });
    expect(mock.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { stateMachineArn: MACHINE, name: 'replay-i-2', input: JSON.stringify(START.input) },
    ]);
  });

  it('gives back the one of that name when it runs or has run', async () => {
    mock.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'no', $metadata: {} }));
    expect(await starter.startIfNew(START)).toEqual({ execution_arn: EXECUTION });
  });

  it('says to try again when Step Functions cannot take it now', async () => {
    mock.on(StartExecutionCommand).rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
    await expect(starter.startIfNew(START)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('hands on every other error as it is', async () => {
    const error = Object.assign(new Error('none'), { name: 'StateMachineDoesNotExist' });
    mock.on(StartExecutionCommand).rejects(error);
    await expect(starter.startIfNew(START)).rejects.toBe(error);
  });
});
