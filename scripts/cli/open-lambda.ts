import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ConfigurationError } from '../../src/application/errors.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { localClientOptions, localEndpoints } from './local-endpoints.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { serviceOf } from './stage-service.ts';

/** Invokes a function of a stage by its key in the service file, such as `openCycle`, and gives back what it answers. */
export type InvokeFunction = (key: string, payload: unknown) => Promise<unknown>;

const clientOf = (stage: string, environment: Environment): LambdaClient => {
  if (stage !== LOCAL_STAGE) return new LambdaClient({});
  const endpoints = localEndpoints(environment);
  return new LambdaClient(localClientOptions(endpoints.lambda, endpoints, environment));
};

/** @throws Error with what the function said when it failed. */
export const openLambda = (stage: string, environment: Environment): InvokeFunction => {
  const { functions } = serviceOf(stage);
  const client = clientOf(stage, environment);
  return async (key, payload) => {
    const logicalId = `${key.charAt(0).toUpperCase()}${key.slice(1)}LambdaFunction`;
    const found = functions.find((candidate) => candidate.logicalId === logicalId);
    if (!found) throw new ConfigurationError(`the service has no function ${key}`);
    const request = { FunctionName: found.name, Payload: JSON.stringify(payload) };
    const { Payload, FunctionError } = await client.send(new InvokeCommand(request));
    const text = Payload?.transformToString() ?? '';
    if (FunctionError) throw new Error(`${found.name} failed: ${text}`);
    return JSON.parse(text);
  };
};
