import type { CompiledState } from '../definition/compile.ts';
import type { TaskResource } from '../definition/task-resource.ts';
import type { EventDetails } from '../executions/history-event.ts';
import { callLambda, type TaskPayload } from './call-lambda.ts';
import { record } from './frame.ts';
import type { Frame } from './runtime.ts';
import { jsonWithinLimit } from './state-payload.ts';
import { isTimeoutError } from './timeout-error.ts';
import { waitForToken } from './wait-for-token.ts';

/** Performs a Task: the events around the call are those of its kind of resource. */
export async function performTask(
  frame: Frame,
  state: CompiledState,
  payload: TaskPayload,
): Promise<unknown> {
  const resource = state.resource as TaskResource;
  const events = resource.kind === 'function' ? functionEvents : integrationEvents;
  events.scheduled(frame, resource, payload);
  try {
    const result = await call(frame, resource, payload);
    events.succeeded(frame, resource, jsonWithinLimit(frame, result));
    return result;
  } catch (error) {
    if (!frame.scope.reason) events.failed(frame, resource, error as Error);
    throw error;
  }
}

async function call(frame: Frame, resource: TaskResource, payload: TaskPayload): Promise<unknown> {
  if (resource.kind === 'function') return callLambda(frame, resource.name, payload.input, payload);
  const { FunctionName, Payload = {} } = payload.input as { FunctionName: string; Payload?: unknown };
  if (resource.kind === 'token') {
    const submitted = (result: unknown) => submittedEvent(frame, resource, invokeResult(result));
    return waitForToken(frame, { functionName: FunctionName, event: Payload, limits: payload, submitted });
  }
  return invokeResult(await callLambda(frame, FunctionName, Payload, payload));
}

const invokeResult = (result: unknown) => ({
  ExecutedVersion: '$LATEST',
  Payload: result ?? null,
  StatusCode: 200,
});

interface TaskEvents {
  scheduled(frame: Frame, resource: TaskResource, payload: TaskPayload): void;
  succeeded(frame: Frame, resource: TaskResource, output: string): void;
  failed(frame: Frame, resource: TaskResource, error: Error): void;
}

const WHOLE = { truncated: false };

const named = ({ name }: TaskResource) => ({ resourceType: 'lambda', resource: name });

const failure = ({ name, message }: Error) => ({
  ...(name && { error: name }),
  ...(message && { cause: message }),
});

const limits = ({ timeoutSeconds, heartbeatSeconds }: TaskPayload) => ({
  ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
  ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
});

function submittedEvent(frame: Frame, resource: TaskResource, output: unknown): void {
  const details = { ...named(resource), output: jsonWithinLimit(frame, output), outputDetails: WHOLE };
  record(frame, 'TaskSubmitted', { taskSubmittedEventDetails: details });
}

const integrationEvents: TaskEvents = {
  scheduled(frame, resource, payload) {
    const parameters = jsonWithinLimit(frame, payload.input);
    const details = { ...named(resource), region: frame.host.region, parameters, ...limits(payload) };
    record(frame, 'TaskScheduled', { taskScheduledEventDetails: details });
    record(frame, 'TaskStarted', { taskStartedEventDetails: named(resource) });
  },
  succeeded(frame, resource, output) {
    const details = { ...named(resource), output, outputDetails: WHOLE };
    record(frame, 'TaskSucceeded', { taskSucceededEventDetails: details });
  },
  failed(frame, resource, error) {
    const details = { ...named(resource), ...failure(error) };
    const event: [string, EventDetails] = isTimeoutError(error)
      ? ['TaskTimedOut', { taskTimedOutEventDetails: details }]
      : ['TaskFailed', { taskFailedEventDetails: details }];
    record(frame, ...event);
  },
};

const functionEvents: TaskEvents = {
  scheduled(frame, { name }, payload) {
    const input = jsonWithinLimit(frame, payload.input);
    const details = { resource: name, input, inputDetails: WHOLE, ...limits(payload) };
    record(frame, 'LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: details });
    record(frame, 'LambdaFunctionStarted');
  },
  succeeded(frame, _, output) {
    const details = { output, outputDetails: WHOLE };
    record(frame, 'LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: details });
  },
  failed(frame, _, error) {
    const event: [string, EventDetails] = isTimeoutError(error)
      ? ['LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: failure(error) }]
      : ['LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: failure(error) }];
    record(frame, ...event);
  },
};
