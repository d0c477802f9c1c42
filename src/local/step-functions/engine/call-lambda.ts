import { lambdaName } from '../arns.ts';
import { toJson } from '../payload.ts';
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

export function deadlineAfter(seconds: number | undefined): Deadline | undefined {
  return seconds === undefined ? undefined : { milliseconds: seconds * 1000, error: timeoutError };
}
