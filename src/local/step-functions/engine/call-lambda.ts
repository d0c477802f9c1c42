import { lambdaName } from '../arns.ts';
import { toJson } from '../payload.ts';
import { StateError } from '../state-error.ts';
import { block, type Deadline } from './block.ts';
import { lambdaFailure } from './lambda-failure.ts';
import type { LambdaInvocation } from './lambda-invocation.ts';
import type { Frame, Visit } from './runtime.ts';
import { timeoutError } from './timeout-error.ts';

/** What the engine hands to the handler of a Task. */
export interface TaskPayload {
  readonly input: unknown;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
}

/** Calls a Lambda function and resolves with its result; rejects with the failure that Retry and Catch match. */
export function callLambda(
  frame: Frame,
  reference: string,
  event: unknown,
  limits: TaskPayload,
): Promise<unknown> {
  const { activity, clock, invokeLambda } = frame.host;
  const invocation = invocationOf(frame, reference, event);
  return block(
    { activity, clock, scope: frame.scope },
    (signal) => invokeLambda(invocation, signal),
    deadlineAfter(limits.timeoutSeconds),
  ).catch((error) => {
    throw frame.scope.reason ?? lambdaFailure(error);
  });
}

function invocationOf(frame: Frame, reference: string, event: unknown): LambdaInvocation {
  const { state, retryCount } = frame.visit as Visit;
  return {
    functionName: lambdaName(reference),
    payload: JSON.parse(toJson(event)),
    executionArn: frame.execution.record.executionArn,
    stateName: state.name,
    stateMachineName: frame.execution.machine.name,
    retryCount,
  };
}

function deadlineAfter(seconds: number | undefined): Deadline | undefined {
  return seconds === undefined ? undefined : { milliseconds: seconds * 1000, error: timeoutError };
}

/**
 * Calls the function, and then waits until somebody sends the outcome with the token that the context object held when the
 * task was scheduled. The time limit runs over both; heartbeats are awaited once the function has returned.
 */
export async function waitForToken(
  frame: Frame,
  reference: string,
  event: unknown,
  limits: TaskPayload,
  submitted: (result: unknown) => void,
): Promise<unknown> {
  const { tokens, clock } = frame.host;
  const token = frame.context.Task?.Token ?? '';
  const startedAt = clock.now().getTime();
  const outcome = Promise.withResolvers<unknown>();
  outcome.promise.catch(() => {});
  let beat = Promise.withResolvers<void>();
  tokens.wait(token, {
    succeed: outcome.resolve,
    fail: (error, cause) => outcome.reject(new StateError(error, cause)),
    beat: () => {
      beat.resolve();
      beat = Promise.withResolvers<void>();
    },
  });
  try {
    submitted(await callLambda(frame, reference, event, limits));
    for (;;) {
      const elapsedSeconds = (clock.now().getTime() - startedAt) / 1000;
      const leftSeconds = (limits.timeoutSeconds ?? Number.POSITIVE_INFINITY) - elapsedSeconds;
      const waited = await waitOnce(frame, outcome.promise, beat.promise, leftSeconds, limits);
      if (waited) return waited.output;
    }
  } finally {
    tokens.forget(token);
  }
}

/** The task's output, or undefined when a heartbeat came first. */
function waitOnce(
  frame: Frame,
  outcome: Promise<unknown>,
  beat: Promise<void>,
  leftSeconds: number,
  { heartbeatSeconds = Number.POSITIVE_INFINITY }: TaskPayload,
): Promise<{ output: unknown } | undefined> {
  const { activity, clock } = frame.host;
  const seconds = Math.min(leftSeconds, heartbeatSeconds);
  return block(
    { activity, clock, scope: frame.scope },
    () => Promise.race([outcome.then((output) => ({ output })), beat.then(() => undefined)]),
    Number.isFinite(seconds) ? deadlineAfter(seconds) : undefined,
  );
}
