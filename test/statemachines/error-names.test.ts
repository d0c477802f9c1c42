import { describe, expect, it } from '@jest/globals';
import * as errors from '../../src/application/errors.ts';
import { EXECUTION_TIMEOUT_SECONDS } from '../../src/domain/execution/execution.ts';
import { machineFile, statesOf } from './transitions.ts';

const MACHINES = (['plan-cycle', 'execute-action'] as const).map(
  (name) => [name, machineFile(name)] as const,
);

const handledBy = (field: 'Retry' | 'Catch') =>
  MACHINES.flatMap(([machine, file]) =>
    statesOf(file).flatMap(([state, asl]) =>
      (asl[field] ?? []).flatMap(({ ErrorEquals }) =>
        ErrorEquals.map((error) => ({ machine, state, error })),
      ),
    ),
  ).filter(({ error }) => !/^(States|Lambda|Sandbox)\./.test(error));

const NAMES = Object.values(errors).flatMap((exported) =>
  typeof exported === 'function' ? [new exported('any').name] : [],
);

describe('the errors that the state machines name', () => {
  it('are there', () => {
    expect(handledBy('Retry').length).toBeGreaterThan(10);
    expect(handledBy('Catch').length).toBeGreaterThan(0);
  });

  it.each([...handledBy('Retry'), ...handledBy('Catch')])(
    'in $machine, $state: $error is one that the code throws',
    ({ error }) => {
      expect(NAMES).toContain(error);
    },
  );

  it.each(handledBy('Retry'))('in $machine, $state: $error is worth another try', ({ error }) => {
    expect(errors.RETRYABLE_ERROR_NAMES).toContain(error);
  });

  it('have the names of their classes', () => {
    const classes = Object.entries(errors).filter(([, exported]) => typeof exported === 'function');
    expect(NAMES).toEqual(classes.map(([name]) => name));
  });
});

describe('the Task states', () => {
  const tasks = MACHINES.flatMap(([machine, file]) =>
    statesOf(file)
      .filter(([, asl]) => asl.Type === 'Task')
      .map(([state, asl]) => ({ machine, state, ...asl })),
  );

  it.each(tasks)(
    '$machine, $state has a time limit, retries every passing fault and catches everything',
    (task) => {
      expect(task.TimeoutSeconds).toBeGreaterThan(0);
      const retried = task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried).toEqual(expect.arrayContaining(['TransientError', 'Lambda.TooManyRequestsException']));
      expect(task.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    },
  );
});

describe('the states that call tools', () => {
  const callers = MACHINES.flatMap(([machine, file]) =>
    statesOf(file)
      .filter(([state]) => ['InvokeTool', 'CompensateAction', 'CompensateStep'].includes(state))
      .map(([state, asl]) => ({ machine, state, ...asl })),
  );

  it('are three', () => {
    expect(callers).toHaveLength(3);
  });

  it.each(callers)('$machine, $state try again whatever the key makes safe', ({ Retry = [] }) => {
    const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(retried).toEqual(expect.arrayContaining([...errors.RETRYABLE_ERROR_NAMES]));
  });

  it('have done with trying long before their machine ends, however long each try takes', () => {
    const { Retry = [] } = machineFile('execute-action').States.InvokeTool ?? {};
    const functionSeconds = 60;
    const longest = Math.max(
      ...Retry.map(({ MaxAttempts = 0, IntervalSeconds = 0, BackoffRate = 1, MaxDelaySeconds = 0 }) => {
        const waits = Array.from({ length: MaxAttempts }, (_, retry) =>
          Math.min(IntervalSeconds * BackoffRate ** retry, MaxDelaySeconds),
        );
        return waits.reduce((sum, wait) => sum + wait + functionSeconds, functionSeconds);
      }),
    );
    expect(longest).toBe(855);
    expect(longest).toBeLessThan(EXECUTION_TIMEOUT_SECONDS / 2);
  });
});

describe('the time limit of execute-action', () => {
  const { TimeoutSeconds, States } = machineFile('execute-action');

  it('is the one by which the domain counts an execution as dead', () => {
    expect(TimeoutSeconds).toBe(EXECUTION_TIMEOUT_SECONDS);
  });

  it('is longer than that of its tool, so that a tool that hangs is recorded', () => {
    expect(States.InvokeTool?.TimeoutSeconds).toBeLessThan(EXECUTION_TIMEOUT_SECONDS);
  });
});
