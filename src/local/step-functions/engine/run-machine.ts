import type { RunOptions, StateMachine } from 'aws-local-stepfunctions';
import { isDistributed } from '../definition/asl.ts';
import type { CompiledState } from '../definition/compile.ts';
import { CONTEXT_KEY } from '../definition/expression.ts';
import { attempt, type Perform } from './attempt.ts';
import { performDistributedMap } from './distributed-map.ts';
import { engineFailure } from './engine-failure.ts';
import { performInlineMap } from './inline-map.ts';
import { performParallel } from './parallel.ts';
import { performFail, performResult } from './plain-states.ts';
import type { Frame } from './runtime.ts';
import { jsonWithinLimit } from './state-payload.ts';
import { performTask } from './task.ts';
import { enterState, leaveState } from './transition.ts';
import { performWait } from './wait.ts';

const performers: Readonly<Record<string, Perform>> = {
  Task: performTask,
  Wait: performWait,
  Fail: performFail,
  Pass: performResult,
  Parallel: performParallel,
  Map: (frame, state, payload) =>
    isDistributed(state.asl)
      ? performDistributedMap(frame, state, payload)
      : performInlineMap(frame, state, payload),
};

/** Runs the frame's machine to its end: resolves with its output, rejects with what it failed of. */
export async function runMachine(frame: Frame, input: unknown): Promise<unknown> {
  const { engine, noRetryDelays } = frame.machine;
  const run = engine.run(input as never, {
    context: { [CONTEXT_KEY]: frame.context, f: frame.values },
    overrides: { taskResourceLocalHandlers: handlersOf(frame), retryIntervalOverrides: noRetryDelays },
  });
  const output = await resultOf(run);
  leaveState(frame, jsonWithinLimit(frame, output));
  if (frame.scope.reason) throw frame.scope.reason;
  return output;
}

async function resultOf({ result }: ReturnType<StateMachine['run']>): Promise<unknown> {
  try {
    return await result;
  } catch (rejection) {
    throw engineFailure(rejection);
  }
}

type Handlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;

function handlersOf(frame: Frame): Handlers {
  const handlers: Record<string, unknown> = {};
  for (const state of frame.machine.states) {
    handlers[state.name] = (input: unknown) => enterState(frame, state, input);
    if (state.hasHandler) handlers[state.runName] = handlerOf(frame, state);
  }
  return handlers as Handlers;
}

function handlerOf(frame: Frame, state: CompiledState) {
  const perform = performers[state.asl.Type] as Perform;
  return (payload: never) => attempt(frame, () => perform(frame, state, payload));
}
