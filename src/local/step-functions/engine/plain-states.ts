import type { CompiledState } from '../definition/compile.ts';
import { StateError } from '../state-error.ts';
import type { Frame } from './runtime.ts';

interface FailPayload {
  readonly error?: string;
  readonly cause?: string;
}

/** A Fail state: its error and cause are the execution's. */
export async function performFail(
  _: Frame,
  __: CompiledState,
  { error, cause }: FailPayload,
): Promise<never> {
  throw new StateError(error ?? '', cause ?? '');
}

/** A Pass state with a Result: the engine would hand out the definition's own object, and drop a Result that is falsy. */
export async function performResult(_: Frame, state: CompiledState): Promise<unknown> {
  return state.asl.Result;
}
