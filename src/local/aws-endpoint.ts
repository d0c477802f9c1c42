import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../application/clock.ts';
import { CLOCK_PATH } from './clock/clock-path.ts';
import { readBody } from './http-request.ts';
import { createLambdaEndpoint, LAMBDA_PATH, MAX_PAYLOAD_BYTES } from './lambda-endpoint.ts';
import type { LocalSystem } from './local-system.ts';
import {
  createStepFunctionsEndpoint,
  type HttpAnswer,
  STEP_FUNCTIONS_TARGET,
} from './step-functions/endpoint/step-functions-endpoint.ts';

/** Largest body of a request, in bytes; AWS takes no more than 1 MiB for any operation of Step Functions and EventBridge. */
const MAX_BODY_BYTES = 1_100_000;

const PUT_EVENTS_TARGET = 'AWSEvents.PutEvents';

const json = (status: number, body: unknown, type = 'application/json'): HttpAnswer => ({
  status,
  headers: { 'Content-Type': type },
  body: JSON.stringify(body),
});

const unknownTarget = (target: string): HttpAnswer =>
  json(400, { __type: 'UnknownOperationException', message: `There is no operation ${target} here` });

const regionOf = (arn: string): string => arn.split(':').at(3) ?? '';

/** Answers the AWS protocols of Step Functions, EventBridge and Lambda, so that the AWS CLI and SDK work against the local system. */
export const createAwsEndpoint = (
  {
    stepFunctions,
    bus,
    lambda,
    planCycleArn,
  }: Pick<LocalSystem, 'stepFunctions' | 'bus' | 'lambda' | 'planCycleArn'>,
  clock: Clock,
  /** Where the HTTP API listens, told with the time. */
  apiUrl?: string,
): Server => {
  const stepFunctionsEndpoint = createStepFunctionsEndpoint(stepFunctions);
  const lambdaEndpoint = createLambdaEndpoint(lambda, regionOf(planCycleArn));

  const putEvents = async (body: string): Promise<HttpAnswer> => {
    const { FailedEntryCount, Entries } = await bus.putEvents(JSON.parse(body) as PutEventsCommandInput);
    return json(200, { FailedEntryCount, Entries }, 'application/x-amz-json-1.1');
  };

  const answer = async (request: IncomingMessage): Promise<HttpAnswer> => {
    if (request.method === 'GET' && request.url === CLOCK_PATH)
      return json(200, { now: clock.now().toISOString(), ...(apiUrl && { api_url: apiUrl }) });
    if (request.url?.startsWith(LAMBDA_PATH))
      return lambdaEndpoint(request, await readBody(request, MAX_PAYLOAD_BYTES));
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined)
      return json(413, { __type: 'RequestEntityTooLarge', message: 'The request is too large' });
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith(STEP_FUNCTIONS_TARGET)) return stepFunctionsEndpoint(request, body);
    return target === PUT_EVENTS_TARGET ? putEvents(body) : unknownTarget(target);
  };

  const reply = (response: ServerResponse, { status, headers, body }: HttpAnswer): void => {
    response.writeHead(status, headers).end(body);
  };

  return createServer((request, response) => {
    answer(request).then(
      (result) => reply(response, result),
      (error: Error) =>
        reply(response, json(400, { __type: 'SerializationException', message: error.message })),
    );
  });
};
