import type * as z from 'zod';
import { type ApiRuntime, createApiRuntime } from './api-runtime.ts';
import { required } from './environment.ts';
import {
  type Caller,
  callerOf,
  givenBy,
  type HttpEvent,
  httpEvent,
  inputOf,
  mayUse,
  provided,
} from './http-event.ts';

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type OfAccount = z.ZodType<{ readonly account_id: string }>;

/** What a route takes, which always names an account, and what it does. */
export interface HttpRoute<S extends OfAccount = OfAccount> {
  /** Path, query and body in one. */
  readonly input: S;
  run(runtime: ApiRuntime, caller: Caller, input: z.infer<S>): Promise<HttpAnswer>;
}

export type HttpHandler = (event: unknown) => Promise<HttpAnswer>;

/** The Lambda handler of an HTTP API, which can be bound to another runtime: a laptop's, or a test's. */
export type Api = HttpHandler & {
  readonly environment: readonly string[];
  /** `GET /path/{parameter}` for each route. */
  readonly routeKeys: readonly string[];
  with(runtime: ApiRuntime): HttpHandler;
};

interface ApiDefinition {
  /** Variables that must be set; asked for before any work. */
  readonly environment: readonly string[];
  /** By route key. */
  readonly routes: Readonly<Record<string, HttpRoute>>;
}

/** Gives `run` the type of what its route takes. */
export const httpRoute = <S extends OfAccount>(route: HttpRoute<S>): HttpRoute<S> => route;

export const jsonAnswer = (statusCode: number, body: unknown): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

export const errorAnswer = (
  statusCode: number,
  error: string,
  message: string,
  more: { readonly provided?: Readonly<Record<string, string>> } = {},
): HttpAnswer => jsonAnswer(statusCode, { error, message, ...more });

const UNAUTHORIZED = errorAnswer(401, 'UNAUTHORIZED', 'the token names no tenant or no subject');
const FORBIDDEN = errorAnswer(403, 'FORBIDDEN', 'this account is not open to the caller');
const NO_ROUTE = errorAnswer(404, 'NOT_FOUND', 'there is nothing here');
const BROKEN = errorAnswer(500, 'INTERNAL_ERROR', 'something went wrong; try again later');

const badInput = (error: unknown, given: Readonly<Record<string, unknown>>): HttpAnswer | undefined => {
  const { name, message } = error as Error;
  if (name !== 'ValidationError') return undefined;
  return errorAnswer(400, 'VALIDATION_FAILED', message, { provided: provided(given) });
};

const answerRoute = async (
  { input: schema, run }: HttpRoute,
  runtime: ApiRuntime,
  caller: Caller,
  event: HttpEvent,
): Promise<HttpAnswer> => {
  let given: Readonly<Record<string, unknown>> = event.pathParameters;
  try {
    given = givenBy(event);
    const input = inputOf(schema, given);
    return mayUse(caller, input.account_id) ? await run(runtime, caller, input) : FORBIDDEN;
  } catch (error) {
    const answer = badInput(error, given);
    if (answer) return answer;
    throw error;
  }
};

const answer = async (
  { routes }: ApiDefinition,
  runtime: ApiRuntime,
  event: unknown,
): Promise<HttpAnswer> => {
  try {
    const request = httpEvent.parse(event);
    const caller = callerOf(request);
    if (!caller) return UNAUTHORIZED;
    const route = Object.hasOwn(routes, request.routeKey) ? routes[request.routeKey] : undefined;
    return route ? await answerRoute(route, runtime, caller, request) : NO_ROUTE;
  } catch (error) {
    const { name, message, stack } = error as Error;
    runtime.log.error('a request failed', { name, message, stack });
    return BROKEN;
  }
};

const bind = (definition: ApiDefinition, runtimeOf: () => ApiRuntime): HttpHandler => {
  let ready: ApiRuntime | undefined;
  const prepare = (): ApiRuntime => {
    const runtime = runtimeOf();
    for (const name of definition.environment) required(runtime.environment, name);
    return runtime;
  };
  return async (event) => {
    ready ??= prepare();
    return answer(definition, ready, event);
  };
};

/**
 * Makes the Lambda handler of an HTTP API behind a JWT authorizer: tenant and caller come from verified claims only, input is checked by its
 * route's shape, and whatever goes wrong inside is logged and answered without details.
 */
export const httpHandler = (definition: ApiDefinition): Api =>
  Object.assign(
    bind(definition, () => createApiRuntime(process.env)),
    {
      environment: definition.environment,
      routeKeys: Object.keys(definition.routes),
      with: (runtime: ApiRuntime) => bind(definition, () => runtime),
    },
  );
