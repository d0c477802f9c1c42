import { StateError } from '../state-error.ts';
import { block } from './block.ts';
import { callLambda, deadlineAfter, type TaskPayload } from './call-lambda.ts';
import type { Frame } from './runtime.ts';

interface TokenTask {
  readonly functionName: string;
  readonly event: unknown;
  readonly limits: TaskPayload;
  /** Told the function's result, which is not the task's. */
  readonly submitted: (result: unknown) => void;
}

/**
 * Calls the function, and then waits until somebody sends the outcome with the token that the context object held when the
 * task was scheduled. The time limit runs over both; heartbeats are awaited once the function has returned.
 */
export async function waitForToken(frame: Frame, task: TokenTask): Promise<unknown> {
  const { tokens, clock } = frame.host;
  const token = frame.context.Task?.Token ?? '';
  const startedAt = clock.now().getTime();
  const callback = listenFor(frame, token);
  try {
    task.submitted(await callLambda(frame, task.functionName, task.event, task.limits));
    for (;;) {
      const elapsedSeconds = (clock.now().getTime() - startedAt) / 1000;
      const answer = await nextSign(frame, callback, task.limits, elapsedSeconds);
      if (answer) return answer.output;
    }
  } finally {
    tokens.forget(token);
  }
}

interface Callback {
  readonly outcome: Promise<unknown>;
  /** The heartbeat that is awaited now. */
  readonly beat: () => Promise<void>;
}

function listenFor({ host }: Frame, token: string): Callback {
  const outcome = Promise.withResolvers<unknown>();
  // It may fail while the function that asked for it still runs.
  outcome.promise.catch(() => {});
  let beat = Promise.withResolvers<void>();
  host.tokens.wait(token, {
    succeed: outcome.resolve,
    fail: (error, cause) => outcome.reject(new StateError(error, cause)),
    beat: () => {
      beat.resolve();
      beat = Promise.withResolvers<void>();
    },
  });
  return { outcome: outcome.promise, beat: () => beat.promise };
}

/** The task's output, or undefined when a heartbeat came first. */
function nextSign(
  { host, scope }: Frame,
  { outcome, beat }: Callback,
  limits: TaskPayload,
  elapsedSeconds: number,
): Promise<{ output: unknown } | undefined> {
  const { activity, clock } = host;
  const leftSeconds = (limits.timeoutSeconds ?? Number.POSITIVE_INFINITY) - elapsedSeconds;
  const seconds = Math.min(leftSeconds, limits.heartbeatSeconds ?? Number.POSITIVE_INFINITY);
  return block(
    { activity, clock, scope },
    () => Promise.race([outcome.then((output) => ({ output })), beat().then(() => undefined)]),
    Number.isFinite(seconds) ? deadlineAfter(seconds) : undefined,
  );
}
