import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createStepFunctionsEndpoint } from '../../../src/local/step-functions/endpoint/step-functions-endpoint.ts';
import type { StepFunctions } from '../../../src/local/step-functions/step-functions.ts';
import { type Local, localStepFunctions, MACHINE_ARN, sequence } from './harness.ts';
import { type Served, serve } from './serve.ts';

const EXECUTION_ARN = MACHINE_ARN.replace('stateMachine', 'execution');

const asking = sequence({
  Ask: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: 'ask', 'Payload.$': '$$.Task.Token' },
  },
});

let local: Local;
let served: Served;
let client: SFNClient;

beforeAll(async () => {
  local = localStepFunctions(sequence({ Pass: { Type: 'Pass' } }), { ask: () => null });
  local.stepFunctions.register({ name: 'asking', definition: asking, type: 'STANDARD' });
  served = await serve(local.stepFunctions);
  client = served.client;
});

afterAll(() => served.close());

describe('the endpoint, to the SDK', () => {
  const unknown = { executionArn: `${EXECUTION_ARN}:unknown` };
  it.each([
    ['an unknown execution', new DescribeExecutionCommand(unknown), 'ExecutionDoesNotExist'],
    ['the history of one', new GetExecutionHistoryCommand(unknown), 'ExecutionDoesNotExist'],
    ['stopping one', new StopExecutionCommand(unknown), 'ExecutionDoesNotExist'],
    [
      'an unknown machine',
      new DescribeStateMachineCommand({ stateMachineArn: `${MACHINE_ARN}2` }),
      'StateMachineDoesNotExist',
    ],
    ['no ARN', new DescribeExecutionCommand({ executionArn: 'none' }), 'InvalidArn'],
    ['the ARN of something else', new DescribeExecutionCommand({ executionArn: MACHINE_ARN }), 'InvalidArn'],
    ['a missing member', new DescribeExecutionCommand({ executionArn: undefined }), 'ValidationException'],
    ['a wrong token', new ListStateMachinesCommand({ nextToken: 'none' }), 'InvalidToken'],
    ['a page of 1,001', new ListStateMachinesCommand({ maxResults: 1001 }), 'ValidationException'],
    [
      'an unknown status',
      new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, statusFilter: 'DONE' as never }),
      'ValidationException',
    ],
    [
      'input that is no JSON',
      new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, input: '{' }),
      'InvalidExecutionInput',
    ],
    [
      'an invalid name',
      new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'a b' }),
      'InvalidName',
    ],
    [
      'an unknown map run',
      new DescribeMapRunCommand({ mapRunArn: MACHINE_ARN.replace('stateMachine', 'mapRun') }),
      'InvalidArn',
    ],
    ['an unknown task token', new SendTaskHeartbeatCommand({ taskToken: 'none' }), 'TaskDoesNotExist'],
    [
      'output that is no JSON',
      new SendTaskSuccessCommand({ taskToken: 'none', output: '{' }),
      'InvalidOutput',
    ],
  ])('refuses %s', async (_, command, name) => {
    await expect(client.send(command as DescribeExecutionCommand)).rejects.toMatchObject({ name });
  });
});

describe('the endpoint, to who holds a task token', () => {
  async function token(name: string) {
    const stateMachineArn = MACHINE_ARN.replace(/machine$/, 'asking');
    const { executionArn } = await local.stepFunctions.startExecution({ stateMachineArn, name });
    await local.settle();
    return { executionArn, taskToken: local.invocations.at(-1)?.payload as string };
  }

  it('passes the outcome of the task on', async () => {
    const { executionArn, taskToken } = await token('succeeds');
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"yes":true}' }));
    expect(await local.finish(executionArn)).toMatchObject({ output: { yes: true } });
  });

  it('passes its failure on', async () => {
    const { executionArn, taskToken } = await token('fails');
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'No', cause: 'told' }));
    expect(await local.finish(executionArn)).toMatchObject({ error: 'No', cause: 'told' });
  });
});

describe('the endpoint, to any client', () => {
  const post = async (target: string, body: string) => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
    const response = await fetch(served.url, { method: 'POST', headers, body });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

  it('gives dates as seconds since the epoch', async () => {
    const { executionArn } = await local.run({}, 'dated');
    const { status, body, headers } = await post(
      'AWSStepFunctions.DescribeExecution',
      JSON.stringify({ executionArn }),
    );
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(body).toMatchObject({ startDate: local.clock.now().getTime() / 1000 });
  });

  it('names its errors in the body and in a header', async () => {
    const { status, body, headers } = await post('AWSStepFunctions.TestState', '{}');
    expect(status).toBe(400);
    expect(body).toMatchObject({ __type: 'com.amazonaws.states#UnknownOperationException' });
    expect(headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });

  it.each(['{', '[]', '{"executionArn":1}'])('refuses the body %s', async (body) => {
    const answer = await post('AWSStepFunctions.DescribeExecution', body);
    expect(answer.body).toMatchObject({ __type: 'com.amazonaws.states#SerializationException' });
  });

  it('answers a fault of its own with InternalFailure', async () => {
    const faulty = {
      listStateMachines: () => {
        throw new TypeError('a fault');
      },
    } as Partial<StepFunctions> as StepFunctions;
    const headers = { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };
    const answer = await createStepFunctionsEndpoint(faulty)({ headers }, '');
    expect(answer).toMatchObject({ status: 500, headers: { 'x-amzn-ErrorType': 'InternalFailure' } });
  });
});
