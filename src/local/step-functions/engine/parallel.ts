import type { CompiledState } from '../definition/compile.ts';
import { record } from './frame.ts';
import { runIterations } from './iterations.ts';
import type { Frame } from './runtime.ts';

/** Runs all branches at once on the same input. */
export async function performParallel(
  frame: Frame,
  state: CompiledState,
  { input }: { readonly input: unknown },
): Promise<unknown[]> {
  record(frame, 'ParallelStateStarted');
  const branches = state.children.map((machine) => ({ machine, input: async () => input }));
  try {
    const outputs = await runIterations(frame, branches, branches.length, {});
    record(frame, 'ParallelStateSucceeded');
    return outputs;
  } catch (error) {
    if (!frame.scope.reason) record(frame, 'ParallelStateFailed');
    throw error;
  }
}
