import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { createLocalBus } from '../../src/local/event-bus.ts';
import type { LocalLambda } from '../../src/local/lambda.ts';
import { createStepFunctions } from '../../src/local/step-functions/step-functions.ts';
import { settableClock } from '../support/settable-clock.ts';

export const NOW = '2026-01-05T09:00:00.000Z';
export const REGION = 'us-east-1';

const MACHINE = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };

const noLambda: LocalLambda = {
  invoke: async () => {
    throw new Error('nothing calls a function here');
  },
  list: () => [],
  units: { invocations: 0 },
};

/** The endpoint on a free port, in front of one machine, a bus with one rule, and the functions given. */
export const serveAws = async (lambda = noLambda) => {
  const clock = settableClock(NOW);
  const delivered: string[] = [];
  const stepFunctions = createStepFunctions({
    ...{ clock, region: REGION, newId: () => 'id', retryDelays: 'none' },
    invokeLambda: async () => null,
  });
  stepFunctions.register({ name: 'plan-cycle', type: 'STANDARD', definition: MACHINE });
  const bus = createLocalBus({
    ...{ busName: 'events', clock, region: REGION, newId: () => 'event-1' },
    rules: [{ pattern: { source: ['cc-native'] }, targets: ['ExecuteActionMachine'] }],
    deliver: async (_target, event) => void delivered.push(event),
  });
  const planCycleArn = `arn:aws:states:${REGION}:000000000000:stateMachine:plan-cycle`;
  const server = createAwsEndpoint({ stepFunctions, bus, lambda, planCycleArn }, clock);
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, delivered, planCycleArn },
    /** What a client of the AWS SDK needs to know. */
    client: {
      ...{ endpoint: url, region: REGION, maxAttempts: 1, disableHostPrefix: true },
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    async close() {
      stepFunctions.close();
      server.close();
      server.closeAllConnections();
    },
  };
};

export type ServedAws = Awaited<ReturnType<typeof serveAws>>;
