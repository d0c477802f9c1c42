import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { spawnTool } from './call-tool.ts';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:cc-native-local-plan-cycle:endless';

const ANSWERS: Readonly<Record<string, object>> = {
  ListStateMachines: {
    stateMachines: [{ name: 'cc-native-local-plan-cycle', stateMachineArn: 'arn:machine', type: 'STANDARD' }],
  },
  StartExecution: { executionArn: ARN, startDate: 1 },
  DescribeExecution: { executionArn: ARN, status: 'RUNNING' },
};

/** A Step Functions whose executions never end; remembers what it was asked. */
const endlessStepFunctions = async () => {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    if (request.method === 'POST') asked.push(operation);
    request.resume().on('end', () => response.end(JSON.stringify(ANSWERS[operation] ?? {})));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
};

test('Ctrl-C while waiting leaves the execution running and says how to look at it', async () => {
  const { endpoint, asked, server } = await endlessStepFunctions();
  const child = spawnTool('backfill', ['--tenant', 'acme', '--json'], { AWS_ENDPOINT_URL_SFN: endpoint });
  const [output, ended] = [text(child.stdout), once(child, 'close')];
  for await (const line of createInterface({ input: child.stderr })) if (line === `started ${ARN}`) break;
  child.kill('SIGINT');
  const [code] = await ended;
  server.close();
  server.closeAllConnections();
  expect(code).toBe(130);
  expect(JSON.parse(await output)).toEqual({
    ...{ execution_arn: ARN, status: 'RUNNING', interrupted: true },
    look_with: `aws stepfunctions describe-execution --execution-arn ${ARN} --endpoint-url ${endpoint} --region us-east-1`,
  });
  expect(asked).not.toContain('StopExecution');
});
