import type { Environment } from '../../src/runtime/environment.ts';

/** Where the local system listens, unless `npm start` was told other ports. */
const LOCAL_AWS_ENDPOINT = 'http://127.0.0.1:4566';
const LOCAL_DYNAMODB_ENDPOINT = 'http://127.0.0.1:8000';
const LOCAL_REGION = 'us-east-1';

export interface LocalEndpoints {
  readonly dynamoDb: string;
  readonly stepFunctions: string;
  readonly eventBridge: string;
  readonly lambda: string;
  readonly region: string;
}

/**
 * Where the local system is: what the SDK's own variables say, a service's own before the one for all services, else the ports that
 * `npm start` takes by default.
 */
export const localEndpoints = (environment: Environment): LocalEndpoints => {
  const endpoint = (service: string, byDefault: string): string =>
    environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL || byDefault;
  return {
    dynamoDb: endpoint('DYNAMODB', LOCAL_DYNAMODB_ENDPOINT),
    stepFunctions: endpoint('SFN', LOCAL_AWS_ENDPOINT),
    eventBridge: endpoint('EVENTBRIDGE', LOCAL_AWS_ENDPOINT),
    lambda: endpoint('LAMBDA', LOCAL_AWS_ENDPOINT),
    region: environment.AWS_REGION || LOCAL_REGION,
  };
};

/** What a client of the local system needs besides its endpoint; it looks at no credentials, but the SDK wants some. */
export const localClientOptions = (
  endpoint: string,
  { region }: LocalEndpoints,
  environment: Environment,
) => ({
  endpoint,
  region,
  ...(!environment.AWS_ACCESS_KEY_ID && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
});
