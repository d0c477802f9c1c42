import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalLambda } from '../../src/local/lambda.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { REGION, type ServedAws, serveAws } from './serve-aws.ts';

const SOURCE = `
const answers = {
  echo: (payload, context) => ({ payload, context }),
  nothing: () => undefined,
  failing: () => { throw Object.assign(new Error('broken'), { name: 'TransientError' }); },
  hanging: () => new Promise(() => {}),
};
export const handler = {
  with: () => async (payload, context) => answers[payload.do ?? 'echo'](payload, context),
};
`;

/** 60 functions: more than Lambda lists at once. */
const NAMES = Array.from({ length: 60 }, (_, index) => `cc-native-local-f${index}`);
const [NAME = ''] = NAMES;
const arnOf = (name: string, region = REGION) => `arn:aws:lambda:${region}:000000000000:function:${name}`;

let directory: string;
let aws: ServedAws;
let client: LambdaClient;
/** Payloads of all invocations that began. */
const begun: unknown[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lambda-endpoint-'));
  const modulePath = join(directory, 'task.mjs');
  await writeFile(modulePath, SOURCE);
  const definitions = NAMES.map((name) => ({
    ...{ name, logicalId: name, modulePath, timeoutSeconds: 0.05, environment: {} },
  }));
  const lambda = await createLocalLambda(definitions, () => ({}) as Runtime);
  aws = await serveAws({
    ...lambda,
    invoke: (name, payload, context) => {
      begun.push(payload);
      return lambda.invoke(name, payload, context);
    },
  });
  client = new LambdaClient(aws.client);
});
beforeEach(() => {
  begun.length = 0;
});
afterAll(async () => {
  client.destroy();
  await aws.close();
  await rm(directory, { recursive: true });
});

const invoke = async (payload: unknown, more: Partial<InvokeCommandInput> = {}) => {
  const Payload = payload === undefined ? undefined : JSON.stringify(payload);
  const input = { FunctionName: NAME, ...(Payload !== undefined && { Payload }), ...more };
  const { Payload: bytes, ...answer } = await client.send(new InvokeCommand(input));
  const text = bytes?.transformToString() ?? '';
  return { ...answer, result: text === '' ? undefined : JSON.parse(text) };
};

/** An error of the SDK by its name, status and message. */
const error = (name: string, httpStatusCode: number, message: unknown = expect.any(String)) =>
  expect.objectContaining({ name, message, $metadata: expect.objectContaining({ httpStatusCode }) });

describe('an invocation over HTTP', () => {
  test.each([
    ['its name', NAME],
    ['its name and version', `${NAME}:$LATEST`],
    ['account and name', `000000000000:function:${NAME}`],
    ['its ARN', arnOf(NAME)],
    ['its ARN and version', `${arnOf(NAME)}:$LATEST`],
  ])('finds the function by %s and gives back what it returns', async (_, FunctionName) => {
    const answer = await invoke({ of: [1, 'ü', null] }, { FunctionName });
    expect(answer).toMatchObject({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      result: { payload: { of: [1, 'ü', null] } },
    });
    expect(answer.FunctionError).toBeUndefined();
  });

  test('without a payload hands over an empty object', async () => {
    expect(await invoke(undefined)).toMatchObject({ StatusCode: 200, result: { payload: {} } });
  });

  test('gives null where the function returns nothing', async () => {
    expect((await invoke({ do: 'nothing' })).result).toBeNull();
  });

  test('has an id of its own, which the function knows, too', async () => {
    const [first, second] = [await invoke({}), await invoke({})];
    expect(first.result.context.awsRequestId).toBe(first.$metadata.requestId);
    expect(second.result.context.awsRequestId).not.toBe(first.result.context.awsRequestId);
  });

  test('hands over what the client says of itself', async () => {
    const custom = { bedrockAgentCoreToolName: 'internal___internal.create_note' };
    const ClientContext = Buffer.from(JSON.stringify({ custom })).toString('base64');
    expect((await invoke({}, { ClientContext })).result.context.clientContext).toEqual({ custom });
    await expect(invoke({}, { ClientContext: 'bm9uZQ==' })).rejects.toEqual(
      error('InvalidRequestContentException', 400, expect.stringContaining('Client context')),
    );
  });

  test.each([
    ['failing', { errorType: 'TransientError', errorMessage: 'broken' }],
    ['hanging', { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('Task timed out') }],
  ])('that is %s is answered, and marked as an error of the function', async (way, result) => {
    expect(await invoke({ do: way })).toMatchObject({
      ...{ StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST' },
      result: { ...result, trace: [] },
    });
  });

  test.each(['hanging', 'failing', 'echo'])(
    'as an event begins and is answered at once, whatever becomes of it: %s',
    async (way) => {
      const answer = await invoke({ do: way }, { InvocationType: 'Event' });
      expect(answer).toMatchObject({ StatusCode: 202, result: undefined });
      expect(begun).toEqual([{ do: way }]);
    },
  );

  test('that is dry runs nothing', async () => {
    expect(await invoke({}, { InvocationType: 'DryRun' })).toMatchObject({
      StatusCode: 204,
      result: undefined,
    });
    expect(begun).toEqual([]);
  });

  test('takes a payload of up to 6 MB', async () => {
    const text = 'x'.repeat(6_291_456 - JSON.stringify({ text: '' }).length);
    expect((await invoke({ text })).result.payload.text).toHaveLength(text.length);
    await expect(invoke({ text: `${text}x` })).rejects.toEqual(error('RequestTooLargeException', 413));
  });
});

describe('an invocation is refused', () => {
  test.each([
    ['another name', 'other', arnOf('other')],
    ['another region', arnOf(NAME, 'eu-west-1'), arnOf(NAME, 'eu-west-1')],
    ['another account', `111111111111:function:${NAME}`, arnOf(NAME)],
    ['a version that does not exist', `${NAME}:7`, `${arnOf(NAME)}:7`],
  ])('for a function of %s', async (_, FunctionName, arn) => {
    for (const InvocationType of ['RequestResponse', 'Event', 'DryRun'] as const)
      await expect(invoke({}, { FunctionName, InvocationType })).rejects.toEqual(
        error('ResourceNotFoundException', 404, `Function not found: ${arn}`),
      );
    expect(begun).toEqual([]);
  });

  test('for a qualifier other than $LATEST', async () => {
    expect(await invoke({}, { Qualifier: '$LATEST' })).toMatchObject({ StatusCode: 200 });
    await expect(invoke({}, { Qualifier: 'live' })).rejects.toEqual(
      error('ResourceNotFoundException', 404, `Function not found: ${arnOf(NAME)}:live`),
    );
  });

  test('for a name that can be none', async () => {
    await expect(invoke({}, { FunctionName: 'a b' })).rejects.toEqual(
      error('InvalidParameterValueException', 400),
    );
  });

  test.each(['RequestResponse', 'Event'] as const)(
    'for a payload that is no JSON (%s)',
    async (InvocationType) => {
      await expect(invoke({}, { Payload: '{"do":', InvocationType })).rejects.toEqual(
        error('InvalidRequestContentException', 400, expect.stringContaining('Could not parse request body')),
      );
      expect(begun).toEqual([]);
    },
  );

  test('for a type of invocation that there is not', async () => {
    await expect(invoke({}, { InvocationType: 'Later' as 'Event' })).rejects.toEqual(
      error('InvalidParameterValueException', 400),
    );
  });

  test.each([
    ['GET', `/2015-03-31/functions/${NAME}/invocations`],
    ['POST', `/2015-03-31/functions/${NAME}`],
    ['DELETE', '/2015-03-31/functions'],
  ])('where it is none: %s %s', async (method, path) => {
    const response = await fetch(`${aws.url}${path}`, { method });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      404,
      'UnknownOperationException',
    ]);
  });
});

describe('the list of functions', () => {
  test('names each with its ARN, runtime and time-out', async () => {
    const { Functions, NextMarker } = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    expect(Functions).toEqual([
      { FunctionName: NAME, FunctionArn: arnOf(NAME), Runtime: 'nodejs24.x', Timeout: 0.05 },
    ]);
    expect(NextMarker).toBe('1');
  });

  test('comes page by page, 50 at the most, and has an end', async () => {
    const pages: number[] = [];
    const names: (string | undefined)[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client }, { MaxItems: 1000 })) {
      pages.push(Functions.length);
      names.push(...Functions.map(({ FunctionName }) => FunctionName));
    }
    expect(pages).toEqual([50, 10]);
    expect(names).toEqual(NAMES);
  });

  test('is found at either form of its address', async () => {
    for (const path of ['/2015-03-31/functions', '/2015-03-31/functions/']) {
      const answer = (await (await fetch(`${aws.url}${path}`)).json()) as { Functions: unknown[] };
      expect(answer.Functions).toHaveLength(50);
    }
  });

  test.each([{ Marker: 'x' }, { MaxItems: 0 }, { MaxItems: 100_000 }])('is refused for %j', async (input) => {
    await expect(client.send(new ListFunctionsCommand(input))).rejects.toEqual(
      error('InvalidParameterValueException', 400),
    );
  });
});
