import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { problemsOf } from '../../scripts/validate-machines.ts';

const DIRECTORY = resolve('statemachines');
const files = readdirSync(DIRECTORY);
const read = (file: string) => JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8'));

test.each(files)('%s keeps to the language and to the rules of this project', (file) => {
  expect(problemsOf(read(file))).toEqual([]);
});

/** Changes a good machine and tells what is wrong with it then. */
// biome-ignore lint/suspicious/noExplicitAny: a test breaks the machine wherever it likes
const problemsAfter = (change: (states: Record<string, any>, machine: any) => void): string[] => {
  const machine = read('plan-cycle.asl.json');
  change(machine.States, machine);
  return problemsOf(machine);
};

describe('a machine is refused, by the name of the state', () => {
  test.each<[string, string, Parameters<typeof problemsAfter>[0]]>([
    [
      'whose Task has no time-out',
      'CloseCycle: a Task has TimeoutSeconds',
      ({ CloseCycle }) => delete CloseCycle.TimeoutSeconds,
    ],
    [
      'whose Task is not retried',
      'CloseCycle: a Task has a Retry',
      ({ CloseCycle }) => delete CloseCycle.Retry,
    ],
    [
      'whose Task catches nothing',
      'CloseCycle: a Task has a Catch',
      ({ CloseCycle }) => delete CloseCycle.Catch,
    ],
    [
      'that retries whatever went wrong',
      'OpenCycle: Retry names errors, not States.ALL',
      ({ OpenCycle }) => OpenCycle.Retry.push({ ErrorEquals: ['States.ALL'] }),
    ],
    [
      'that retries an error which is not worth it',
      'OpenCycle: Retry names ValidationError, which is not among RETRYABLE_ERROR_NAMES of src/application/errors.ts',
      ({ OpenCycle }) => OpenCycle.Retry[1].ErrorEquals.push('ValidationError'),
    ],
    [
      'that catches an error which nothing throws',
      'OpenCycle: Catch names ValidationErrror, which is no class of src/application/errors.ts',
      ({ OpenCycle }) => {
        OpenCycle.Catch[0].ErrorEquals = ['ValidationErrror'];
      },
    ],
    [
      'whose Choice does not say why',
      'HasFailures: a Choice says why in a Comment',
      ({ HasFailures }) => delete HasFailures.Comment,
    ],
    [
      'whose Catch does not say why',
      'CloseCycle: the Catch of States.ALL says why in a Comment',
      ({ CloseCycle }) => {
        delete CloseCycle.Comment;
        delete CloseCycle.Catch[0].Comment;
      },
    ],
    [
      'with a Catch that is never reached',
      'OpenCycle: States.ALL comes last in Catch: what follows is never reached',
      ({ OpenCycle }) => OpenCycle.Catch.reverse(),
    ],
    [
      'with a Map, deep within, that is not bounded',
      'AdvanceTenants/AdvancePlans: a Map has MaxConcurrency or MaxConcurrencyPath',
      ({ AdvanceTenants }) => delete AdvanceTenants.ItemProcessor.States.AdvancePlans.MaxConcurrencyPath,
    ],
    [
      'that calls the function of another state',
      'CloseCycle: calls the function OpenCycle, not the one of its own name',
      ({ CloseCycle, OpenCycle }) => {
        CloseCycle.Parameters.FunctionName = OpenCycle.Parameters.FunctionName;
      },
    ],
    [
      'that calls a function which does not exist',
      'CloseCycle: there is no functions/tasks/shut-cycle.ts',
      ({ CloseCycle }) => {
        CloseCycle.Parameters.FunctionName['Fn::GetAtt'][0] = 'ShutCycleLambdaFunction';
      },
    ],
    [
      'that may run for ever',
      'the machine has TimeoutSeconds',
      (_, machine) => delete machine.TimeoutSeconds,
    ],
  ])('%s', (_, problem, change) => {
    expect(problemsAfter(change)).toContain(problem);
  });

  test('that is no Amazon States Language', () => {
    const problems = problemsAfter(({ CloseCycle }) => {
      CloseCycle.Next = 'Nowhere';
    });
    expect(problems.join()).toContain('Nowhere');
  });
});

describe('npm run machines', () => {
  const run = (directory?: string) => {
    const args = ['scripts/validate-machines.ts', ...(directory ? [directory] : [])];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
    return { status, stdout, stderr };
  };

  test('names each file that is well, and ends with 0', () => {
    expect(run()).toEqual({ status: 0, stdout: files.map((file) => `${file}: ok\n`).join(''), stderr: '' });
  });

  test('names file, state and problem, and ends with 1', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cc-native-machines-'));
    const machine = read('execute-action.asl.json');
    delete machine.States.InvokeTool.Catch;
    writeFileSync(join(directory, 'broken.asl.json'), JSON.stringify(machine));
    writeFileSync(join(directory, 'torn.asl.json'), '{ "States": ');
    const { status, stderr } = run(directory);
    rmSync(directory, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('broken.asl.json: InvokeTool: a Task has a Catch\n');
    expect(stderr).toMatch(/torn\.asl\.json: .*JSON/);
  });
});
