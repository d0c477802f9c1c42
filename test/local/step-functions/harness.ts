import { afterAll } from '@jest/globals';
import type { LambdaInvocation } from '../../../src/local/step-functions/engine/lambda-invocation.ts';
import type { ExecutionRecord } from '../../../src/local/step-functions/executions/execution.ts';
import type { HistoryEvent } from '../../../src/local/step-functions/executions/history-event.ts';
import {
  createStepFunctions,
  type StepFunctions,
  type StepFunctionsOptions,
} from '../../../src/local/step-functions/step-functions.ts';
import { VirtualClock } from './virtual-clock.ts';

export type Lambda = (payload: never, invocation: LambdaInvocation, signal: AbortSignal) => unknown;

export const REGION = 'eu-west-1';
export const MACHINE_ARN = `arn:aws:states:${REGION}:000000000000:stateMachine:machine`;

type State = Readonly<Record<string, unknown>>;

/** A machine whose states follow each other in the order given, unless a state says otherwise. */
export function sequence(states: Readonly<Record<string, State>>, fields: State = {}) {
  const names = Object.keys(states);
  const linked = names.map((name, i) => {
    const state = states[name] as State;
    const isLinked = ['Next', 'End', 'Choices'].some((field) => field in state);
    const isTerminal = ['Succeed', 'Fail'].includes(String(state.Type));
    const link = i < names.length - 1 ? { Next: names[i + 1] } : { End: true };
    return [name, isLinked || isTerminal ? state : { ...state, ...link }];
  });
  return { StartAt: names[0], States: Object.fromEntries(linked), ...fields };
}

/** A Task that calls a function with its whole input and gives the function's result. */
export const task = (functionName: string, fields: State = {}): State => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:${REGION}:000000000000:function:${functionName}`,
  ...fields,
});

/** Never waits and never ends by itself. */
export const endlessLoop = sequence({
  Pass: { Type: 'Pass' },
  Choose: {
    Type: 'Choice',
    Choices: [{ Variable: '$$.State.Name', StringEquals: 'never', Next: 'End' }],
    Default: 'Pass',
  },
  End: { Type: 'Succeed' },
});

export interface Local {
  readonly clock: VirtualClock;
  readonly stepFunctions: StepFunctions;
  readonly invocations: LambdaInvocation[];
  /** Lets everything happen that happens at the present instant. */
  settle(): Promise<void>;
  /** Starts an execution and moves the clock on until it has ended. */
  run(input?: unknown, name?: string): Promise<Ended>;
  /** Moves the clock on until the execution has ended. */
  finish(executionArn: string): Promise<Ended>;
}

export interface Ended extends Omit<ExecutionRecord, 'output'> {
  readonly output: unknown;
  readonly history: readonly HistoryEvent[];
}

interface LocalOptions extends Partial<StepFunctionsOptions> {
  readonly type?: 'STANDARD' | 'EXPRESS';
}

const opened: StepFunctions[] = [];

/** What tests leave running would keep the process. */
afterAll(() => {
  for (const stepFunctions of opened) stepFunctions.close();
});

/** Step Functions on a virtual clock, with one machine named `machine` and these functions. */
export function localStepFunctions(
  definition: unknown,
  lambdas: Readonly<Record<string, Lambda>> = {},
  { type = 'STANDARD', ...options }: LocalOptions = {},
): Local {
  const clock = new VirtualClock();
  const invocations: LambdaInvocation[] = [];
  let ids = 0;
  const stepFunctions = createStepFunctions({
    clock,
    region: REGION,
    retryDelays: 'real',
    newId: () => `id-${++ids}`,
    invokeLambda: async (invocation, signal) => {
      invocations.push(invocation);
      const lambda = lambdas[invocation.functionName];
      if (!lambda) throw new Error(`There is no function ${invocation.functionName}`);
      return lambda(invocation.payload as never, invocation, signal);
    },
    ...options,
  });
  opened.push(stepFunctions);
  stepFunctions.register({ name: 'machine', definition, type });

  const settle = async () => {
    do await new Promise((resolve) => setImmediate(resolve));
    while (stepFunctions.activity.computing > 0);
  };
  const finish = async (executionArn: string): Promise<Ended> => {
    const read = () => stepFunctions.describeExecution(executionArn);
    for (await settle(); read().status === 'RUNNING'; await settle()) {
      if (!clock.advance()) throw new Error('The execution waits for something that never comes');
    }
    const { output, ...record } = await stepFunctions.settled(executionArn);
    const history = stepFunctions.getExecutionHistory(executionArn);
    return { ...record, output: output === undefined ? undefined : JSON.parse(output), history };
  };
  const run = async (input: unknown = {}, name?: string) => {
    const start = { stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) };
    const { executionArn } = await stepFunctions.startExecution(start);
    return finish(executionArn);
  };
  return { clock, stepFunctions, invocations, settle, run, finish };
}

/** The types of the events, in order. */
export const types = (history: readonly HistoryEvent[]): string[] => history.map(({ type }) => type);

/** An error as a Lambda function throws it. */
export function namedError(name: string, message = 'told'): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
