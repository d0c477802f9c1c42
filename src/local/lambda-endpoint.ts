import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AdapterContext } from '../runtime/adapter.ts';
import type { LocalLambda } from './lambda.ts';
import type { HttpAnswer } from './step-functions/endpoint/step-functions-endpoint.ts';

/** The path of every request for Lambda begins so; the date is its API's version. */
export const LAMBDA_PATH = '/2015-03-31/functions';

/** Largest payload of an invocation, in bytes (6 MB). */
export const MAX_PAYLOAD_BYTES = 6_291_456;

const MAX_LISTED = 50;
const RUNTIME = 'nodejs24.x';
const LATEST = '$LATEST';
const INVOCATION_TYPES = ['RequestResponse', 'Event', 'DryRun'];

/** A name, `account:function:name` or a whole ARN, each with or without a qualifier. */
const FUNCTION_NAME = /^((?:arn:aws:lambda:[\w-]+:)?\d{12}:function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/;

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;
type Refused = { readonly refused: HttpAnswer };

const answer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json', 'x-amzn-RequestId': randomUUID(), ...headers },
  body: body === undefined ? '' : JSON.stringify(body),
});

const refusal = (status: number, name: string, message: string): HttpAnswer =>
  answer(status, { Type: 'User', message }, { 'x-amzn-ErrorType': name });

const badValue = (message: string): HttpAnswer => refusal(400, 'InvalidParameterValueException', message);

const badContent = (message: string): HttpAnswer => refusal(400, 'InvalidRequestContentException', message);

const tooLarge = (): HttpAnswer =>
  refusal(
    413,
    'RequestTooLargeException',
    `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes for the InvokeFunction operation`,
  );

const parsed = (text: string, complaint: string): { value: unknown } | Refused => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { refused: badContent(`${complaint}: ${(error as Error).message}`) };
  }
};

/** What the caller says of itself besides the payload: base64 of JSON. */
const clientContextOf = ({ headers }: Request): { value: unknown } | Refused => {
  const encoded = headers['x-amz-client-context'];
  if (encoded === undefined) return { value: undefined };
  const text = Buffer.from(String(encoded), 'base64').toString('utf8');
  return parsed(text, 'Client context must be a valid Base64-encoded JSON object');
};

/**
 * Answers Lambda's Invoke and ListFunctions (REST, JSON), so that the AWS CLI and SDK work against the local functions. There is only
 * `$LATEST`. What an Event invocation throws goes nowhere, and it is not tried again. It looks at no signature.
 */
export const createLambdaEndpoint = (lambda: Pick<LocalLambda, 'invoke' | 'list'>, region: string) => {
  const arnOf = (name: string): string => `arn:aws:lambda:${region}:000000000000:function:${name}`;

  /** The function that a request names, or what Lambda says of one that does not exist. */
  const find = (given: string, qualifier: string): { readonly name: string } | Refused => {
    const [, prefix = '', name = '', ownQualifier = LATEST] = FUNCTION_NAME.exec(given) ?? [];
    if (name === '') return { refused: badValue(`${JSON.stringify(given)} is not the name of a function`) };
    const others = [ownQualifier, qualifier].filter((each) => each !== LATEST);
    const exists = lambda.list().some((of) => of.name === name) && arnOf(name).endsWith(`${prefix}${name}`);
    if (exists && others.length === 0) return { name };
    const arn = prefix.startsWith('arn:') ? `${prefix}${name}` : arnOf(name);
    const message = `Function not found: ${[arn, ...others.slice(0, 1)].join(':')}`;
    return { refused: refusal(404, 'ResourceNotFoundException', message) };
  };

  const run = (name: string, payload: unknown, clientContext: unknown): Promise<HttpAnswer> => {
    const awsRequestId = randomUUID();
    const headers = { 'x-amzn-RequestId': awsRequestId, 'X-Amz-Executed-Version': LATEST };
    const context = { awsRequestId, clientContext } as AdapterContext;
    return lambda.invoke(name, payload, context).then(
      (result) => answer(200, result, headers),
      ({ name: errorType, message: errorMessage }: Error) =>
        answer(
          200,
          { errorMessage, errorType, trace: [] },
          { ...headers, 'X-Amz-Function-Error': 'Unhandled' },
        ),
    );
  };

  const invoke = async (request: Request, given: string, qualifier: string, body: string) => {
    const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
    if (!INVOCATION_TYPES.includes(type)) return badValue(`${JSON.stringify(type)} is no invocation type`);
    const found = find(given, qualifier);
    if ('refused' in found) return found.refused;
    const payload = parsed(body || '{}', 'Could not parse request body into json');
    if ('refused' in payload) return payload.refused;
    const clientContext = clientContextOf(request);
    if ('refused' in clientContext) return clientContext.refused;
    if (type === 'DryRun') return answer(204, undefined);
    if (type === 'RequestResponse') return run(found.name, payload.value, clientContext.value);
    void run(found.name, payload.value, undefined);
    return answer(202, undefined);
  };

  const listFunctions = (query: URLSearchParams): HttpAnswer => {
    const marker = query.get('Marker') ?? '0';
    const maxItems = query.get('MaxItems') ?? String(MAX_LISTED);
    if (!/^\d{1,9}$/.test(marker)) return badValue('The marker is none of those that were given out');
    if (!/^[1-9]\d{0,4}$/.test(maxItems)) return badValue('MaxItems must be a whole number from 1 to 10000');
    const all = lambda.list();
    const end = Number(marker) + Math.min(Number(maxItems), MAX_LISTED);
    const Functions = all.slice(Number(marker), end).map(({ name, timeoutSeconds }) => ({
      ...{ FunctionName: name, FunctionArn: arnOf(name) },
      ...{ Runtime: RUNTIME, Timeout: timeoutSeconds },
    }));
    return answer(200, { Functions, NextMarker: end < all.length ? String(end) : null });
  };

  /** `body` is the whole body of the request, undefined when it is larger than a payload may be. */
  return async (request: Request, body: string | undefined): Promise<HttpAnswer> => {
    const { method, url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const path = pathname.slice(LAMBDA_PATH.length).replace(/\/$/, '');
    if (method === 'GET' && path === '') return listFunctions(searchParams);
    const [, given] = /^\/([^/]+)\/invocations$/.exec(path) ?? [];
    if (method !== 'POST' || given === undefined)
      return refusal(404, 'UnknownOperationException', `There is no operation ${method} ${pathname} here`);
    if (body === undefined) return tooLarge();
    return invoke(request, decodeURIComponent(given), searchParams.get('Qualifier') ?? LATEST, body);
  };
};
