import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../application/clock.ts';
import { CLOCK_PATH } from './clock/clock-path.ts';
import type { LocalSystem } from './local-system.ts';
import {
  createStepFunctionsEndpoint,
  type HttpAnswer,
  STEP_FUNCTIONS_TARGET,
} from './step-functions/endpoint/step-functions-endpoint.ts';

/** Largest body of a request, in bytes; AWS takes no more than 1 MiB for any operation served here. */
const MAX_BODY_BYTES = 1_100_000;

const PUT_EVENTS_TARGET = 'AWSEvents.PutEvents';

const json = (status: number, body: unknown, type = 'application/json'): HttpAnswer => ({
  status,
  headers: { 'Content-Type': type },
  body: JSON.stringify(body),
});

const unknownTarget = (target: string): HttpAnswer =>
  json(400, { __type: 'UnknownOperationException', message: `There is no operation ${target} here` });

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Answers the AWS protocols of Step Functions and EventBridge, so that the AWS CLI and SDK work against the local system. */
export const createAwsEndpoint = ({ stepFunctions, bus }: LocalSystem, clock: Clock): Server => {
  const stepFunctionsEndpoint = createStepFunctionsEndpoint(stepFunctions);

  const putEvents = async (body: string): Promise<HttpAnswer> => {
    const { FailedEntryCount, Entries } = await bus.putEvents(JSON.parse(body) as PutEventsCommandInput);
    return json(200, { FailedEntryCount, Entries }, 'application/x-amz-json-1.1');
  };

  const answer = async (request: IncomingMessage): Promise<HttpAnswer> => {
    if (request.method === 'GET' && request.url === CLOCK_PATH)
      return json(200, { now: clock.now().toISOString() });
    const body = await readBody(request);
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
