import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../service-error.ts';
import type { StepFunctions } from '../step-functions.ts';
import {
  describeExecution,
  listExecutions,
  startExecution,
  startSyncExecution,
  stopExecution,
} from './execution-operations.ts';
import { getExecutionHistory } from './history-operation.ts';
import { type Members, parseMembers, responseJson } from './json-body.ts';
import {
  describeMapRun,
  describeStateMachine,
  describeStateMachineForExecution,
  listMapRuns,
  listStateMachines,
  listTagsForResource,
} from './machine-operations.ts';
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './task-operations.ts';

type Operation = (stepFunctions: StepFunctions, members: Members) => unknown;

const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    DescribeExecution: describeExecution,
    DescribeMapRun: describeMapRun,
    DescribeStateMachine: describeStateMachine,
    DescribeStateMachineForExecution: describeStateMachineForExecution,
    GetExecutionHistory: getExecutionHistory,
    ListExecutions: listExecutions,
    ListMapRuns: listMapRuns,
    ListStateMachines: listStateMachines,
    ListTagsForResource: listTagsForResource,
    SendTaskFailure: sendTaskFailure,
    SendTaskHeartbeat: sendTaskHeartbeat,
    SendTaskSuccess: sendTaskSuccess,
    StartExecution: startExecution,
    StartSyncExecution: startSyncExecution,
    StopExecution: stopExecution,
  }),
);

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The `X-Amz-Target` of every request for Step Functions begins so. */
export const STEP_FUNCTIONS_TARGET = 'AWSStepFunctions.';

/**
 * Answers requests of Step Functions' own protocol (AWS JSON 1.0), so that the AWS CLI and SDK work against it. It looks at no
 * signature. `body` is the whole body of the request. Never rejects: an error is an answer.
 */
export function createStepFunctionsEndpoint(stepFunctions: StepFunctions) {
  return async (request: Pick<IncomingMessage, 'headers'>, body: string): Promise<HttpAnswer> => {
    try {
      const operation = operationOf(request);
      return answer(200, responseJson(await operation(stepFunctions, parseMembers(body))));
    } catch (error) {
      return errorAnswer(error as Error);
    }
  };
}

function operationOf({ headers }: Pick<IncomingMessage, 'headers'>): Operation {
  const target = String(headers['x-amz-target'] ?? '');
  const name = target.startsWith(STEP_FUNCTIONS_TARGET) ? target.slice(STEP_FUNCTIONS_TARGET.length) : '';
  const operation = operations.get(name);
  if (operation) return operation;
  throw new ServiceError('UnknownOperationException', `There is no operation ${target} here`);
}

function errorAnswer(error: Error): HttpAnswer {
  const isExpected = error instanceof ServiceError;
  const name = isExpected ? error.name : 'InternalFailure';
  const body = JSON.stringify({ __type: `com.amazonaws.states#${name}`, message: error.message });
  return answer(isExpected ? 400 : 500, body, { 'x-amzn-ErrorType': name });
}

const answer = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: {
    'Content-Type': 'application/x-amz-json-1.0',
    'x-amzn-RequestId': randomUUID(),
    ...headers,
  },
  body,
});
