import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  type SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Local, localStepFunctions, MACHINE_ARN, sequence, task } from './harness.ts';
import { type Served, serve } from './serve.ts';

const definition = sequence({
  Choose: {
    Type: 'Choice',
    Choices: [
      { Variable: '$.seconds', IsPresent: true, Next: 'Wait' },
      { Variable: '$.items', IsPresent: true, Next: 'Each' },
      { Variable: '$.fail', IsPresent: true, Next: 'Stop' },
    ],
    Default: 'Work',
  },
  Wait: { Type: 'Wait', SecondsPath: '$.seconds', End: true },
  Each: {
    Type: 'Map',
    ItemsPath: '$.items',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...sequence({ Inner: { Type: 'Pass' } }),
    },
    End: true,
  },
  Stop: { Type: 'Fail', Error: 'Refused', Cause: 'No budget' },
  Work: task('work'),
});
const EXPRESS_ARN = `${MACHINE_ARN}-express`;
const EXECUTION_ARN = MACHINE_ARN.replace('stateMachine', 'execution');

let local: Local;
let served: Served;
let client: SFNClient;

beforeAll(async () => {
  local = localStepFunctions(definition, { work: () => ({ done: true }) });
  const express = sequence({ Pass: { Type: 'Pass', Result: 1 } });
  local.stepFunctions.register({ name: 'machine-express', definition: express, type: 'EXPRESS' });
  served = await serve(local.stepFunctions);
  client = served.client;
});

afterAll(() => served.close());

async function ended(name: string, input: object) {
  const start = { stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) };
  const { executionArn } = await client.send(new StartExecutionCommand(start));
  await local.finish(executionArn as string);
  return executionArn as string;
}

describe('the endpoint, to the SDK', () => {
  it('starts and describes an execution that succeeds', async () => {
    const executionArn = await ended('succeeds', { a: 1 });
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({
      executionArn: `${EXECUTION_ARN}:succeeds`,
      stateMachineArn: MACHINE_ARN,
      name: 'succeeds',
      status: 'SUCCEEDED',
      startDate: local.clock.now(),
      stopDate: local.clock.now(),
      input: '{"a":1}',
      inputDetails: { included: true },
      output: '{"done":true}',
      outputDetails: { included: true },
      redriveCount: 0,
    });
    expect(described).not.toHaveProperty('type');
  });

  it('gives error and cause of an execution that fails', async () => {
    const executionArn = await ended('fails', { fail: true });
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'No budget' });
    expect(described.output).toBeUndefined();
  });

  it('gives the history in pages, forwards and backwards', async () => {
    const executionArn = await ended('history', {});
    const ids: (number | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 4, nextToken }),
      );
      ids.push(...(page.events ?? []).map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const backwards = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 });
    const { events } = await client.send(backwards);
    expect(events).toMatchObject([{ id: 9, type: 'ExecutionSucceeded', timestamp: local.clock.now() }]);
  });

  it('leaves the data out of the history when asked to', async () => {
    const executionArn = await ended('no-data', { secret: 'x' });
    const command = new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false });
    const { events = [] } = await client.send(command);
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events[1]?.stateEnteredEventDetails).toEqual({ name: 'Choose' });
  });

  it('lists executions by status, newest first, in pages', async () => {
    await ended('list-1', { fail: true });
    await ended('list-2', { fail: true });
    const list = { stateMachineArn: MACHINE_ARN, statusFilter: 'FAILED' as const, maxResults: 1 };
    const first = await client.send(new ListExecutionsCommand(list));
    expect(first.executions).toMatchObject([
      { name: 'list-2', status: 'FAILED', stopDate: local.clock.now() },
    ]);
    await ended('list-3', { fail: true });
    const second = await client.send(new ListExecutionsCommand({ ...list, nextToken: first.nextToken }));
    expect(second.executions).toMatchObject([{ name: 'list-1' }]);
  });

  it('stops an execution', async () => {
    const start = { stateMachineArn: MACHINE_ARN, name: 'stopped', input: '{"seconds":60}' };
    const { executionArn } = await client.send(new StartExecutionCommand(start));
    const stop = new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'for today' });
    expect(await client.send(stop)).toMatchObject({ stopDate: local.clock.now() });
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'for today' });
  });

  it('answers a repeated start with the execution that runs', async () => {
    const start = new StartExecutionCommand({
      stateMachineArn: MACHINE_ARN,
      name: 'twice',
      input: '{"seconds":60}',
    });
    const [first, second] = [await client.send(start), await client.send(start)];
    expect([second.executionArn, second.startDate]).toEqual([first.executionArn, first.startDate]);
  });

  it('lists and describes machines', async () => {
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([
      { name: 'machine', type: 'STANDARD', stateMachineArn: MACHINE_ARN },
      { name: 'machine-express', type: 'EXPRESS', stateMachineArn: EXPRESS_ARN },
    ]);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: MACHINE_ARN }));
    expect(described).toMatchObject({ name: 'machine', status: 'ACTIVE', type: 'STANDARD' });
    expect(JSON.parse(described.definition ?? '')).toEqual(definition);
    const executionArn = await ended('whose', {});
    const ofExecution = new DescribeStateMachineForExecutionCommand({ executionArn });
    expect(await client.send(ofExecution)).toMatchObject({ stateMachineArn: MACHINE_ARN });
    const tags = await client.send(new ListTagsForResourceCommand({ resourceArn: MACHINE_ARN }));
    expect(tags.tags).toEqual([]);
  });

  it('shows map runs and their executions', async () => {
    const executionArn = await ended('mapped', { items: [1, 2] });
    const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
    const mapRunArn = mapRuns[0]?.mapRunArn as string;
    const mapRun = await client.send(new DescribeMapRunCommand({ mapRunArn }));
    expect(mapRun).toMatchObject({
      executionArn,
      status: 'SUCCEEDED',
      itemCounts: { total: 2, succeeded: 2 },
    });
    const { executions = [] } = await client.send(new ListExecutionsCommand({ mapRunArn }));
    expect(executions.map((execution) => execution.mapRunArn)).toEqual([mapRunArn, mapRunArn]);
    const child = { executionArn: executions[0]?.executionArn };
    expect(await client.send(new DescribeExecutionCommand(child))).toMatchObject({ input: '2', mapRunArn });
  });

  it('runs an EXPRESS machine to its end in one call', async () => {
    const sync = new StartSyncExecutionCommand({ stateMachineArn: EXPRESS_ARN });
    expect(await client.send(sync)).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  });

  it('refuses to describe, list or stop EXPRESS executions, as AWS does', async () => {
    const start = new StartExecutionCommand({ stateMachineArn: EXPRESS_ARN });
    const { executionArn } = await client.send(start);
    const wrongType = {
      name: 'InvalidArn',
      message: "Invalid Arn: 'Resource type not valid in this context: express'",
    };
    await expect(client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject(
      wrongType,
    );
    await expect(client.send(new GetExecutionHistoryCommand({ executionArn }))).rejects.toMatchObject(
      wrongType,
    );
    await expect(client.send(new StopExecutionCommand({ executionArn }))).rejects.toMatchObject(wrongType);
    const list = new ListExecutionsCommand({ stateMachineArn: EXPRESS_ARN });
    await expect(client.send(list)).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
    await expect(
      client.send(new StartSyncExecutionCommand({ stateMachineArn: MACHINE_ARN })),
    ).rejects.toMatchObject({
      name: 'StateMachineTypeNotSupported',
    });
  });
});
