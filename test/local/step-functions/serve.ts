import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SFNClient } from '@aws-sdk/client-sfn';
import { createStepFunctionsEndpoint } from '../../../src/local/step-functions/endpoint/step-functions-endpoint.ts';
import type { StepFunctions } from '../../../src/local/step-functions/step-functions.ts';
import { REGION } from './harness.ts';

export interface Served {
  readonly url: string;
  readonly client: SFNClient;
  readonly close: () => Promise<unknown>;
}

/** Serves the endpoint on a free port of the loopback interface, with a client for it. */
export async function serve(stepFunctions: StepFunctions): Promise<Served> {
  const endpoint = createStepFunctionsEndpoint(stepFunctions);
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = await endpoint(request, await text(request));
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SFNClient({
    region: REGION,
    endpoint: url,
    credentials,
    disableHostPrefix: true,
    maxAttempts: 1,
  });
  const close = async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, client, close };
}
