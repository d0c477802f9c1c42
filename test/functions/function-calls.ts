import { createRuntime } from '../../src/runtime/runtime.ts';
import { directGateway } from '../support/direct-gateway.ts';
import { recordedBus } from '../support/fakes/recorded-bus.ts';
import type { World } from '../support/world.ts';
import { ADAPTERS } from './every-adapter.ts';
import { taskOf } from './every-task.ts';

const inJson = (value: unknown) => JSON.parse(JSON.stringify(value));

/**
 * Calls tasks of a world by name, with nothing in their environment but what they declare, and passes what goes in and what comes out
 * through JSON. The tools are those of the adapters, called in the same way.
 */
export const functionCalls = (world: World) => {
  const gateway = directGateway(async (connector, event, clientContext) => {
    const adapter = ADAPTERS[connector];
    const serve = adapter.with(world.runtimeWith(adapter.environment));
    return inJson(await serve(inJson(event), { clientContext, awsRequestId: 'request-1' }));
  });

  return async <T>(name: string, event: unknown): Promise<T> => {
    const task = taskOf(name);
    const environment = task.environment.map((variable) => [variable, world.environment[variable]]);
    const runtime = createRuntime(Object.fromEntries(environment), {
      ...{ clock: world.clock, log: world.runtime.log, dynamoDb: world.tables.client, gateway },
      eventBridge: recordedBus(world),
    });
    return inJson(await task.with(runtime)(inJson(event)));
  };
};
