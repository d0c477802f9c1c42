import type { CompiledState } from '../definition/compile.ts';
import { runtimeError } from '../state-error.ts';
import { pause } from './attempt.ts';
import type { Frame } from './runtime.ts';

interface WaitPayload {
  readonly input: unknown;
  readonly seconds?: unknown;
  readonly timestamp?: unknown;
}

/** Waits on the clock; what is past needs no wait. Passes the input on. */
export async function performWait(
  frame: Frame,
  state: CompiledState,
  payload: WaitPayload,
): Promise<unknown> {
  await pause(frame, secondsToWait(frame, state, payload));
  return payload.input;
}

function secondsToWait(frame: Frame, { name }: CompiledState, { seconds, timestamp }: WaitPayload): number {
  if (seconds !== undefined) {
    if (Number.isInteger(seconds) && Number(seconds) >= 0) return Number(seconds);
    throw runtimeError(
      `The Seconds of the Wait state '${name}' must be a whole number: ${JSON.stringify(seconds)}`,
    );
  }
  const instant = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw runtimeError(
      `The Timestamp of the Wait state '${name}' must be a timestamp: ${JSON.stringify(timestamp)}`,
    );
  }
  return (instant - frame.host.clock.now().getTime()) / 1000;
}
