import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type * as z from 'zod';
import { type ClassifiedError, ValidationError } from '../application/errors.ts';
import { complaints } from '../contracts/complaints.ts';
import { specialKeys } from '../contracts/special-keys.ts';
import { travellingMessage } from '../domain/execution/failure.ts';
import { required } from './environment.ts';
import { createRuntime, type Runtime } from './runtime.ts';

/** A task of a state machine, or what an event asks for: what it takes, what it needs, and what it does. */
export interface TaskDefinition<S extends z.ZodType, D, O> {
  readonly input: S;
  /** Whether class and code of an error travel with it, for an outcome to keep. */
  readonly errorsAreRecorded?: boolean;
  /** Variables that must be set; asked for before any work, so that a missing one is named at once. */
  readonly environment: readonly string[];
  /** Picks what the use case works with. */
  deps(runtime: Runtime): D;
  /** `requestId` names the invocation; retries that Lambda makes of an asynchronous one have the same. */
  run(deps: D, input: z.infer<S>, requestId: string): Promise<O>;
}

/** What Lambda tells of an invocation, as far as tasks care. */
interface TaskContext {
  readonly awsRequestId?: string;
}

export type TaskHandler = (event: unknown, context?: TaskContext) => Promise<unknown>;

/** A Lambda handler that can be bound to another runtime: a laptop's, or a test's. */
export type Task = TaskHandler & {
  readonly environment: readonly string[];
  with(runtime: Runtime): TaskHandler;
};

const validateInput = (schema: z.ZodType): middy.MiddlewareObj => ({
  before: (request) => {
    const [special] = specialKeys(request.event);
    if (special !== undefined) throw new ValidationError(`${special}: a key of that name is not allowed`);
    const parsed = schema.safeParse(request.event);
    if (!parsed.success) throw new ValidationError(complaints(parsed.error, request.event));
    request.event = parsed.data;
  },
});

/** Lambda hands on no more of an error than its name and its message: class and code travel in the message. */
const withDetails: middy.MiddlewareObj = {
  onError: ({ error }) => {
    if (error && 'error_class' in error && 'error_code' in error)
      error.message = travellingMessage(error as ClassifiedError);
  },
};

const bind = <S extends z.ZodType, D, O>(
  definition: TaskDefinition<S, D, O>,
  runtime: () => Runtime,
): TaskHandler => {
  let ready: { readonly deps: D } | undefined;
  const prepare = (): D => {
    const parts = runtime();
    for (const name of definition.environment) required(parts.environment, name);
    ready ??= { deps: definition.deps(parts) };
    return ready.deps;
  };
  const handler = middy()
    .use({ before: () => void (ready ?? prepare()) })
    .use(validateInput(definition.input))
    .use(definition.errorsAreRecorded ? [withDetails] : [])
    .handler(async (event: unknown, { awsRequestId = randomUUID() }: TaskContext) =>
      definition.run(prepare(), event as z.infer<S>, awsRequestId),
    );
  return (event, context = {}) => handler(event as never, context as never);
};

/** Makes the Lambda handler of a task: what it needs once per container, its input validated, its errors by name. */
export const task = <S extends z.ZodType, D, O>(definition: TaskDefinition<S, D, O>): Task => {
  const onLambda = bind(definition, () => createRuntime(process.env));
  const { environment } = definition;
  return Object.assign(onLambda, {
    environment,
    with: (runtime: Runtime) => bind(definition, () => runtime),
  });
};
