import type { CompiledState } from '../definition/compile.ts';
import { block } from './block.ts';
import { nextRetryDelaySeconds } from './retry-delay.ts';
import type { Frame, Visit } from './runtime.ts';
import { jsonWithinLimit } from './state-payload.ts';
import { countTransition } from './transition.ts';

/**
 * One call of a state's handler. Its result is what JSON makes of it. A retry is counted, and waited for, at the end of the
 * attempt that failed, because the engine then calls again at once.
 */
export async function attempt(frame: Frame, perform: () => Promise<unknown>): Promise<unknown> {
  const visit = frame.visit as Visit;
  if (visit.retryCount > 0) countTransition(frame);
  try {
    const result = JSON.parse(jsonWithinLimit(frame, await perform()));
    frame.values.result = result;
    return result;
  } catch (error) {
    await prepareRetry(frame, visit, error as Error);
    throw error;
  }
}

async function prepareRetry(frame: Frame, visit: Visit, error: Error): Promise<void> {
  const seconds = nextRetryDelaySeconds(visit, error, Math.random);
  if (seconds === undefined || frame.scope.reason) return;
  visit.retryCount += 1;
  if (frame.context.State) frame.context.State.RetryCount = visit.retryCount;
  if (frame.context.Task) frame.context.Task = { Token: frame.host.newId() };
  if (frame.host.retryDelays === 'real') await pause(frame, seconds);
}

/** Leaves the machine blocked for that long on the clock. */
export async function pause(frame: Frame, seconds: number): Promise<void> {
  if (!(seconds > 0)) return;
  const { activity, clock } = frame.host;
  await block({ activity, clock, scope: frame.scope }, (signal) => clock.sleep(seconds * 1000, signal));
}

export type Perform = (frame: Frame, state: CompiledState, payload: never) => Promise<unknown>;
