import type { CompiledMachine } from '../definition/compile.ts';
import { type EventDetails, MAX_HISTORY_EVENTS } from '../executions/history-event.ts';
import { runtimeError } from '../state-error.ts';
import type { CancelScope } from './cancel-scope.ts';
import type { Frame, StateContext } from './runtime.ts';

type FrameStart = Pick<Frame, 'host' | 'execution' | 'machine' | 'scope' | 'context'>;

export const frameOf = (start: FrameStart, lastEventId: number): Frame => ({
  ...start,
  values: { input: undefined, result: undefined, empty: {} },
  visit: undefined,
  lastEventId,
});

/** A frame inside another one's execution: it goes on in the same history, from `lastEventId`. */
export function childFrame(
  parent: Frame,
  machine: CompiledMachine,
  scope: CancelScope,
  lastEventId: number,
  item?: StateContext['Map'],
): Frame {
  const { host, execution, context } = parent;
  const map = item ?? context.Map;
  const own: StateContext = {
    Execution: context.Execution,
    StateMachine: context.StateMachine,
    ...(map && { Map: map }),
  };
  return frameOf({ host, execution, machine, scope, context: own }, lastEventId);
}

/** An EXPRESS execution has no such quota, but one that loops without waiting would never come to its five minutes. */
const MAX_EXPRESS_EVENTS = 100_000;

/**
 * Writes an event into the execution's history, after the last one of this frame. An execution that has been called off
 * writes no more. A history has an end: its last place is left for the failure that this is.
 */
export function record(frame: Frame, type: string, details?: EventDetails): void {
  const { execution, host } = frame;
  if (execution.scope.reason) return;
  frame.lastEventId = execution.append(host.clock.now(), type, frame.lastEventId, details);
  const limit = execution.record.type === 'STANDARD' ? MAX_HISTORY_EVENTS : MAX_EXPRESS_EVENTS;
  if ((execution.history?.length ?? 0) >= limit - 1) execution.scope.cancel(historyIsFull(limit));
}

const historyIsFull = (limit: number) =>
  runtimeError(`The execution reached the maximum number of history events (${limit}).`);
