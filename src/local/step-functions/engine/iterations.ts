import type { CompiledMachine, CompiledState } from '../definition/compile.ts';
import { terminalError } from '../state-error.ts';
import type { CancelScope } from './cancel-scope.ts';
import { childFrame, record } from './frame.ts';
import { runPool } from './pool.ts';
import type { Frame, StateContext } from './runtime.ts';

/** One machine to run inside the parent's execution. */
export interface Iteration {
  readonly machine: CompiledMachine;
  readonly item?: NonNullable<StateContext['Map']>;
  readonly input: () => Promise<unknown>;
}

/** What is written into the history besides the events of the iterations' own states. */
export interface IterationEvents {
  started?(frame: Frame, index: number): void;
  succeeded?(frame: Frame, index: number): void;
  failed?(frame: Frame, index: number): void;
  aborted?(frame: Frame, index: number): void;
}

/**
 * Runs the iterations of an inline Map, or the branches of a Parallel state, in the parent's execution, and resolves with
 * their outputs in order. The first failure calls off those that run, drops those that wait, and rejects with it.
 */
export async function runIterations(
  parent: Frame,
  iterations: readonly Iteration[],
  concurrency: number,
  events: IterationEvents,
): Promise<unknown[]> {
  const scope = parent.scope.child();
  const outputs = new Array<unknown>(iterations.length);
  const startId = parent.lastEventId;
  let failure: { error: unknown } | undefined;
  const runOne = async (index: number) => {
    const iteration = iterations[index] as Iteration;
    const frame = childFrame(parent, iteration.machine, scope, startId, iteration.item);
    try {
      events.started?.(frame, index);
      outputs[index] = await frame.host.runMachine(frame, await iteration.input());
      events.succeeded?.(frame, index);
      if (!failure) parent.lastEventId = frame.lastEventId;
    } catch (error) {
      if (failure) return abort(frame, index, events);
      failure = { error };
      giveUp(frame, index, scope, events);
      parent.lastEventId = frame.lastEventId;
    }
  };
  const { activity } = parent.host;
  const isStopped = () => failure !== undefined;
  await runPool({ activity, size: iterations.length, concurrency, isStopped }, runOne);
  scope.close();
  if (failure) throw parent.scope.reason ?? failure.error;
  return outputs;
}

function giveUp(frame: Frame, index: number, scope: CancelScope, events: IterationEvents): void {
  if (!scope.reason) events.failed?.(frame, index);
  scope.cancel(terminalError('States.Aborted', 'Another iteration or branch failed'));
}

function abort(frame: Frame, index: number, events: IterationEvents): void {
  if (!frame.execution.isRunning) return;
  if (frame.visit) record(frame, `${frame.visit.state.asl.Type}StateAborted`);
  events.aborted?.(frame, index);
}

export const onlyChild = (state: CompiledState): CompiledMachine => state.children[0] as CompiledMachine;
