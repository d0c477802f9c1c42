import { pathToFileURL } from 'node:url';
import type { AdapterContext } from '../runtime/adapter.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { FunctionDefinition } from './service/service-definition.ts';

export interface LocalLambda {
  /** Invokes a function by its deployed name; errors are those that its handler throws. */
  invoke(functionName: string, payload: unknown, context?: AdapterContext): Promise<unknown>;
  /** All functions, in the order of the service file. */
  list(): readonly FunctionDefinition[];
  /** How many invocations there were. */
  readonly units: { invocations: number };
}

/** A function ran longer than its configured timeout; the name is the one AWS gives. */
export class SandboxTimedout extends Error {
  override readonly name = 'Sandbox.Timedout';
}

const withTimeout = async <T>(work: Promise<T>, { name, timeoutSeconds }: FunctionDefinition): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const message = `${name}: Task timed out after ${timeoutSeconds}.00 seconds`;
    timer = setTimeout(() => reject(new SandboxTimedout(message)), timeoutSeconds * 1000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

const jsonCopy = (value: unknown): unknown =>
  value === undefined ? null : JSON.parse(JSON.stringify(value));

type Handler = (event: unknown, context: AdapterContext) => Promise<unknown>;

const load = async (definition: FunctionDefinition, runtime: Runtime): Promise<Handler> => {
  const module = (await import(pathToFileURL(definition.modulePath).href)) as {
    handler: { with(runtime: Runtime): Handler };
  };
  return module.handler.with(runtime);
};

/**
 * The service's functions in this process: the handlers that are deployed, each with no more environment than its own, its payloads as JSON and
 * its timeout in real time.
 *
 * @param runtimeFor makes what a function runs on, from its environment.
 */
export const createLocalLambda = async (
  functions: readonly FunctionDefinition[],
  runtimeFor: (environment: Readonly<Record<string, string>>) => Runtime,
): Promise<LocalLambda> => {
  const loaded = await Promise.all(
    functions.map(async (definition) => {
      const handler = await load(definition, runtimeFor(definition.environment));
      return [definition.name, { definition, handler }] as const;
    }),
  );
  const byName = new Map(loaded);
  const units = { invocations: 0 };
  return {
    units,
    list: () => functions,
    async invoke(functionName, payload, context = {}) {
      const found = byName.get(functionName);
      if (!found) throw new Error(`there is no function ${functionName}`);
      units.invocations += 1;
      return jsonCopy(await withTimeout(found.handler(jsonCopy(payload), context), found.definition));
    },
  };
};
