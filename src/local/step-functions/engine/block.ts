import type { Clock } from '../../../application/clock.ts';
import type { Activity } from './activity.ts';
import type { CancelScope } from './cancel-scope.ts';

interface Blocking {
  readonly activity: Activity;
  readonly clock: Clock;
  readonly scope: CancelScope;
}

export interface Deadline {
  readonly milliseconds: number;
  readonly error: () => Error;
}

/** Given as the reason because an abort without one builds an exception, with a stack, each time. */
export const NO_LONGER_NEEDED = new Error('No longer needed');

/**
 * Leaves the machine blocked until `start` settles, a deadline passes on the clock or the scope is called off, whichever
 * is first. The signal given to `start` is aborted in the last two cases. The machine counts as computing again before
 * the engine goes on.
 */
export function block<T>(
  { activity, clock, scope }: Blocking,
  start: (signal: AbortSignal) => Promise<T>,
  deadline?: Deadline,
): Promise<T> {
  if (scope.reason) return Promise.reject(scope.reason);
  return new Promise<T>((resolve, reject) => {
    const work = new AbortController();
    const timer = new AbortController();
    let isSettled = false;
    const settle = (finish: () => void) => {
      if (isSettled) return;
      isSettled = true;
      stopListening();
      activity.enter();
      timer.abort(NO_LONGER_NEEDED);
      finish();
    };
    const giveUp = (error: Error) => {
      settle(() => reject(error));
      work.abort(error);
    };
    const stopListening = scope.onCancel(giveUp);
    activity.leave();
    if (deadline) {
      const expire = () => timer.signal.aborted || giveUp(deadline.error());
      clock.sleep(deadline.milliseconds, timer.signal).then(expire, () => {});
    }
    begin(start, work.signal).then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}

/** A handler that throws before its first await fails the task, not the adapter. */
async function begin<T>(start: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return start(signal);
}
