import { SFNClient } from '@aws-sdk/client-sfn';
import { ConfigurationError } from '../../src/application/errors.ts';
import type { ServiceDefinition } from '../../src/local/service/service-definition.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { assertAnswers } from './local-clock.ts';
import { localClientOptions, localEndpoints } from './local-endpoints.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { serviceOf } from './stage-service.ts';

/** A stage's Step Functions, and the name of its scheduled machine. */
export interface StageMachines {
  readonly client: SFNClient;
  readonly planCycleName: string;
  /** What the AWS CLI needs to find the same place. */
  readonly cliOptions: string;
}

const planCycleName = ({ machines, scheduled }: ServiceDefinition): string => {
  const machine = machines.find(({ logicalId }) => logicalId === scheduled.machine);
  if (!machine) throw new ConfigurationError(`the service has no state machine ${scheduled.machine}`);
  return machine.name;
};

/** @throws LocalSystemUnavailableError naming the endpoint of a local system that does not answer. */
export const openMachines = async (stage: string, environment: Environment): Promise<StageMachines> => {
  const name = planCycleName(serviceOf(stage));
  if (stage !== LOCAL_STAGE) return { client: new SFNClient({}), planCycleName: name, cliOptions: '' };
  const endpoints = localEndpoints(environment);
  const { stepFunctions, region } = endpoints;
  await assertAnswers(stepFunctions);
  const client = new SFNClient(localClientOptions(stepFunctions, endpoints, environment));
  const cliOptions = ` --endpoint-url ${stepFunctions} --region ${region}`;
  return { client, planCycleName: name, cliOptions };
};
