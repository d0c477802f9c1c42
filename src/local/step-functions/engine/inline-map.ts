import type { CompiledState } from '../definition/compile.ts';
import { record } from './frame.ts';
import { type Iteration, type IterationEvents, onlyChild, runIterations } from './iterations.ts';
import { contextOfItem, itemsOf, type MapPayload, selectItem } from './map-items.ts';
import type { Frame } from './runtime.ts';

/** Quota of Step Functions for an inline Map, whatever its MaxConcurrency. */
const MAX_INLINE_CONCURRENCY = 40;

/** Runs the item processor for each item inside this execution, with its events in this execution's history. */
export async function performInlineMap(
  frame: Frame,
  state: CompiledState,
  payload: MapPayload,
): Promise<unknown[]> {
  const items = itemsOf(state, payload);
  record(frame, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const iterations = items.map((item, index) => iterationOf(frame, state, payload, item, index));
  const concurrency = Math.min(payload.maxConcurrency || MAX_INLINE_CONCURRENCY, MAX_INLINE_CONCURRENCY);
  try {
    const outputs = await runIterations(frame, iterations, concurrency, eventsOf(state.name));
    record(frame, 'MapStateSucceeded');
    return outputs;
  } catch (error) {
    if (!frame.scope.reason) record(frame, 'MapStateFailed');
    throw error;
  }
}

function iterationOf(
  frame: Frame,
  state: CompiledState,
  payload: MapPayload,
  value: unknown,
  index: number,
): Iteration {
  const item = contextOfItem(value, index);
  return { machine: onlyChild(state), item, input: () => selectItem(frame, state, payload, item) };
}

function eventsOf(name: string): IterationEvents {
  return {
    started: (frame, index) =>
      record(frame, 'MapIterationStarted', { mapIterationStartedEventDetails: { name, index } }),
    succeeded: (frame, index) =>
      record(frame, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: { name, index } }),
    failed: (frame, index) =>
      record(frame, 'MapIterationFailed', { mapIterationFailedEventDetails: { name, index } }),
    aborted: (frame, index) =>
      record(frame, 'MapIterationAborted', { mapIterationAbortedEventDetails: { name, index } }),
  };
}
