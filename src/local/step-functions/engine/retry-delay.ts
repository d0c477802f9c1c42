import { type Retrier, retriersOf } from '../definition/asl.ts';
import { StateError } from '../state-error.ts';
import type { Visit } from './runtime.ts';
import { isTimeoutError } from './timeout-error.ts';

/**
 * Counts the retry that the engine is about to make for this error and says how long AWS would wait before it; undefined when
 * there will be none. It follows the engine's matching, and only the length of the wait depends on it.
 */
export function nextRetryDelaySeconds(visit: Visit, error: Error, random: () => number): number | undefined {
  if (error instanceof StateError && !error.isRetryable) return undefined;
  const retriers = retriersOf(visit.state.asl);
  const index = retriers.findIndex((retrier) => matches(retrier, error));
  const retrier = retriers[index];
  const used = visit.retriesUsed[index] ?? 0;
  if (!retrier || used >= (retrier.MaxAttempts ?? 3)) return undefined;
  visit.retriesUsed[index] = used + 1;
  return delaySeconds(retrier, used, random);
}

function matches({ ErrorEquals: names }: Retrier, error: Error): boolean {
  if (names.includes(error.name) || names.includes('States.ALL')) return true;
  return names.includes('States.TaskFailed') && !isTimeoutError(error);
}

function delaySeconds(retrier: Retrier, used: number, random: () => number): number {
  const backoff = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
  const delay = Math.min(backoff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.JitterStrategy === 'FULL' ? delay * random() : delay;
}
