import { describe, expect, it } from '@jest/globals';
import type { StartedExecution } from '../../../src/local/step-functions/executions/journal.ts';
import { localStepFunctions, MACHINE_ARN, sequence, task } from './harness.ts';

const waiting = sequence({ Wait: { Type: 'Wait', Seconds: 60 } });
const passing = sequence({ Pass: { Type: 'Pass' } });
const EXECUTION_ARN = MACHINE_ARN.replace('stateMachine', 'execution');

describe('starting an execution', () => {
  it('names it when no name is given, and takes {} for the input', async () => {
    const local = localStepFunctions(passing);
    const { executionArn, startDate } = await local.stepFunctions.startExecution({
      stateMachineArn: MACHINE_ARN,
    });
    expect(executionArn).toBe(`${EXECUTION_ARN}:id-1`);
    expect(startDate).toEqual(local.clock.now());
    expect(await local.finish(executionArn)).toMatchObject({ name: 'id-1', input: '{}', output: {} });
  });

  it('again with the same name and input answers with the one that runs', async () => {
    const { stepFunctions, clock, finish } = localStepFunctions(waiting);
    const start = { stateMachineArn: MACHINE_ARN, name: 'once', input: '{"a":1}' };
    const first = await stepFunctions.startExecution(start);
    expect(await stepFunctions.startExecution(start)).toEqual(first);
    expect(stepFunctions.listExecutions(MACHINE_ARN)).toHaveLength(1);
    clock.advance();
    await finish(first.executionArn);
  });

  it('again with the same name is refused when the input differs or the first has ended', async () => {
    const { stepFunctions, finish } = localStepFunctions(waiting);
    const start = { stateMachineArn: MACHINE_ARN, name: 'once', input: '{"a":1}' };
    const { executionArn } = await stepFunctions.startExecution(start);
    const refused = {
      name: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${executionArn}'`,
    };
    await expect(stepFunctions.startExecution({ ...start, input: '{}' })).rejects.toMatchObject(refused);
    await finish(executionArn);
    await expect(stepFunctions.startExecution(start)).rejects.toMatchObject(refused);
  });

  it.each([
    ['an unknown machine', { stateMachineArn: `${MACHINE_ARN}2` }, 'StateMachineDoesNotExist'],
    ['a blank in the name', { name: 'a b' }, 'InvalidName'],
    ['a # in the name', { name: 'a#b' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'x'.repeat(81) }, 'ValidationException'],
    ['an empty name', { name: '' }, 'ValidationException'],
    ['an input that is no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['an input over 256 KiB', { input: `"${'x'.repeat(262_144)}"` }, 'ValidationException'],
    ['an input over 256 KiB in bytes', { input: `"${'ü'.repeat(140_000)}"` }, 'InvalidExecutionInput'],
  ])('is refused for %s', async (_, fields, name) => {
    const { stepFunctions } = localStepFunctions(passing);
    const start = { stateMachineArn: MACHINE_ARN, ...fields };
    await expect(stepFunctions.startExecution(start)).rejects.toMatchObject({ name });
    expect(stepFunctions.listExecutions(MACHINE_ARN)).toEqual([]);
  });
});

describe('stopping an execution', () => {
  it('twice keeps the first stop', async () => {
    const { stepFunctions, finish, clock } = localStepFunctions(waiting);
    const { executionArn } = await stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN });
    const first = stepFunctions.stopExecution(executionArn, 'One');
    expect(stepFunctions.stopExecution(executionArn, 'Two')).toEqual(first);
    expect(await finish(executionArn)).toMatchObject({ status: 'ABORTED', error: 'One' });
    expect(clock.sleeping).toBe(0);
  });

  it('that has ended changes nothing', async () => {
    const { stepFunctions, run } = localStepFunctions(passing);
    const ended = await run();
    expect(stepFunctions.stopExecution(ended.executionArn)).toEqual({ stopDate: ended.stopDate });
    expect(stepFunctions.describeExecution(ended.executionArn).status).toBe('SUCCEEDED');
  });
});

describe('the journal', () => {
  function journalled(definition: unknown) {
    const open = new Map<string, StartedExecution>();
    const journal = {
      started: async (execution: StartedExecution) => void open.set(execution.executionArn, execution),
      ended: async (executionArn: string) => void open.delete(executionArn),
    };
    const work = () => 'done';
    return { open, local: localStepFunctions(definition, { work }, { journal }) };
  }

  it('holds an execution from before its first state until after its last', async () => {
    const { open, local } = journalled(waiting);
    const { executionArn } = await local.stepFunctions.startExecution({
      stateMachineArn: MACHINE_ARN,
      input: '7',
    });
    expect([...open.values()]).toEqual([
      {
        executionArn,
        stateMachineArn: MACHINE_ARN,
        name: 'id-1',
        input: '7',
        startDate: new Date('2026-01-05T09:00:00.000Z'),
      },
    ]);
    await local.finish(executionArn);
    expect(open.size).toBe(0);
  });

  it('lets another process run an execution again under its ARN, from its first state', async () => {
    const { open, local } = journalled(waiting);
    await local.stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN, name: 'mine', input: '7' });
    const [started] = open.values();
    const restarted = journalled(sequence({ Work: task('work') })).local;
    restarted.stepFunctions.resume(started as StartedExecution);
    expect(await restarted.finish(`${EXECUTION_ARN}:mine`)).toMatchObject({
      status: 'SUCCEEDED',
      output: 'done',
      input: '7',
      startDate: started?.startDate,
    });
  });

  it('keeps what runs when the process ends, and nothing keeps the process then', async () => {
    const { open, local } = journalled(waiting);
    const { executionArn } = await local.stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN });
    await local.settle();
    local.stepFunctions.close();
    await local.settle();
    expect([...open.keys()]).toEqual([executionArn]);
    expect(local.stepFunctions.describeExecution(executionArn).status).toBe('RUNNING');
    expect(local.stepFunctions.activity.computing).toBe(0);
    expect(local.clock.sleeping).toBe(0);
  });

  it('that fails to write refuses the start and leaves nothing behind', async () => {
    const journal = {
      started: async () => {
        throw new Error('Disk full');
      },
      ended: async () => {},
    };
    const { stepFunctions } = localStepFunctions(passing, {}, { journal });
    const start = { stateMachineArn: MACHINE_ARN, name: 'mine' };
    await expect(stepFunctions.startExecution(start)).rejects.toThrow('Disk full');
    expect(stepFunctions.listExecutions(MACHINE_ARN)).toEqual([]);
    expect(stepFunctions.activity.computing).toBe(0);
  });
});

describe('what is remembered of ended executions', () => {
  it('are the newest, and of fewer the history', async () => {
    const retention = { executions: 3, histories: 1 };
    const { stepFunctions, run } = localStepFunctions(passing, {}, { retention });
    const arns: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) arns.push((await run({}, name)).executionArn);
    expect(stepFunctions.listExecutions(MACHINE_ARN).map(({ name }) => name)).toEqual(['e', 'd', 'c']);
    const [first, , third, , last] = arns as [string, string, string, string, string];
    expect(() => stepFunctions.describeExecution(first)).toThrow('Execution Does Not Exist');
    expect(() => stepFunctions.getExecutionHistory(third)).toThrow('Execution Does Not Exist');
    expect(stepFunctions.getExecutionHistory(last)).toHaveLength(4);
  });

  it('does not touch an execution that runs', async () => {
    const retention = { executions: 1, histories: 1 };
    const definition = sequence({ Wait: { Type: 'Wait', SecondsPath: '$.seconds' } });
    const { stepFunctions, run, finish } = localStepFunctions(definition, {}, { retention });
    const start = { stateMachineArn: MACHINE_ARN, name: 'long', input: '{"seconds":1000}' };
    const { executionArn } = await stepFunctions.startExecution(start);
    await run({ seconds: 1 });
    await run({ seconds: 1 });
    expect(await finish(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

it('a machine that is registered again runs anew with the new definition', async () => {
  const { stepFunctions, run, finish } = localStepFunctions(waiting);
  const { executionArn } = await stepFunctions.startExecution({ stateMachineArn: MACHINE_ARN, name: 'old' });
  const definition = sequence({ Pass: { Type: 'Pass', Result: 'new' } });
  stepFunctions.register({ name: 'machine', definition, type: 'STANDARD' });
  expect(await run({}, 'new')).toMatchObject({ output: 'new' });
  expect(await finish(executionArn)).toMatchObject({ output: {} });
  expect(stepFunctions.listStateMachines()).toHaveLength(1);
});
