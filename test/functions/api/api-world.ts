import type { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach } from '@jest/globals';
import { handler } from '../../../functions/api/execution-status.ts';
import { type ApiRuntime, createApiRuntime } from '../../../src/runtime/api-runtime.ts';
import type { HttpAnswer } from '../../../src/runtime/http-handler.ts';
import { approvedIntent, finished, putIntent, REPLAY, started } from '../../support/attempts.ts';
import { minute } from '../../support/plan-fixtures.ts';
import type { World } from '../../support/world.ts';

export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:cc-native-test-execute-action';

export type Started = StartExecutionCommand['input'];

/** Step Functions that take every start, and keep what they were asked for. */
export const recordedStepFunctions = (started: Started[]): Pick<SFNClient, 'send'> => {
  const send = async ({ input }: StartExecutionCommand) => {
    started.push(input);
    return { executionArn: `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${input.name}` };
  };
  return { send } as unknown as Pick<SFNClient, 'send'>;
};

/** The API's runtime over a world's tables, clock and log. */
export const apiRuntime = (world: World, stepFunctions: Pick<SFNClient, 'send'>): ApiRuntime =>
  createApiRuntime(
    { ...world.environment, EXECUTE_ACTION_MACHINE_ARN: MACHINE_ARN },
    { clock: world.clock, log: world.runtime.log, dynamoDb: world.tables.client, stepFunctions },
  );

export const CLAIMS = { 'custom:tenant_id': 'acme', sub: 'ben' };

/** An event as API Gateway makes it, from `GET /executions/{action_intent_id}/status` and what stands in it. */
export const newEvent = (routeKey: string, more: object = {}) => ({
  ...{ version: '2.0', routeKey, isBase64Encoded: false, headers: {} },
  requestContext: { authorizer: { jwt: { claims: CLAIMS, scopes: null } } },
  ...more,
});

/** The same with other claims, or with none. */
export const withClaims = (claims: object | undefined) => ({
  requestContext: claims === undefined ? {} : { authorizer: { jwt: { claims, scopes: null } } },
});

export const called = async (runtime: ApiRuntime, event: unknown) => {
  const answer: HttpAnswer = await handler.with(runtime)(event);
  return { status: answer.statusCode, body: JSON.parse(answer.body), headers: answer.headers };
};

export const STATUS = 'GET /executions/{action_intent_id}/status';
export const LIST = 'GET /accounts/{account_id}/executions';
export const REPLAYS = 'POST /executions/{action_intent_id}/replay';

export const INTENT = approvedIntent();
export const ID = INTENT.action_intent_id;

type Answer = Awaited<ReturnType<typeof called>>;

/** Calls of the API about the intent and its account, each with whatever else stands in its event. */
export interface ApiCalls {
  readonly runtime: ApiRuntime;
  readonly starts: Started[];
  call(event: unknown): Promise<Answer>;
  getStatus(query?: object, more?: object): Promise<Answer>;
  list(query?: object, more?: object): Promise<Answer>;
  /** With a body as text, or as what is to be JSON. */
  replay(body?: unknown, more?: object): Promise<Answer>;
  /** Carries the intent out once, and is ten minutes later. */
  ended(): Promise<void>;
}

const OF_A1 = { account_id: 'a1' };

const callsOn = (world: World): ApiCalls => {
  const starts: Started[] = [];
  const runtime = apiRuntime(world, recordedStepFunctions(starts));
  const call = (event: unknown) => called(runtime, event);
  const ofIntent = { pathParameters: { action_intent_id: ID } };
  return {
    ...{ runtime, starts, call },
    getStatus: (queryStringParameters = OF_A1, more = {}) =>
      call(newEvent(STATUS, { ...ofIntent, queryStringParameters, ...more })),
    list: (queryStringParameters = {}, more = {}) =>
      call(newEvent(LIST, { pathParameters: OF_A1, queryStringParameters, ...more })),
    replay: (body = { ...OF_A1, reason: REPLAY.reason }, more = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return call(newEvent(REPLAYS, { ...ofIntent, body: text, ...more }));
    },
    ended: async () => {
      await putIntent(world, INTENT);
      await started(world, INTENT, 5);
      await finished(world, INTENT, 5);
      world.clock.set(minute(10));
    },
  };
};

/** New calls for every test of a file. */
export const useApi = (world: World): ApiCalls => {
  const api = {} as ApiCalls;
  beforeEach(() => void Object.assign(api, callsOn(world)));
  return api;
};
