import { once } from 'node:events';
import { readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deploySteps } from '../../scripts/deploy/steps.ts';
import { serverless, serviceOfItsOwn } from './package-stage.ts';

const REQUEST = { stage: 'dev', skipTests: false, skipE2e: false, from: 'test' } as const;

/** Arguments of the framework in a step of a deployment. */
const argumentsOf = (step: 'package' | 'deploy'): readonly string[] =>
  deploySteps(REQUEST)
    .find(({ name }) => name === step)
    ?.argv.slice(2) ?? [];

/** An AWS that knows no stack and takes no orders; remembers what it was asked. */
const refusingAws = async () => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const action = new URLSearchParams(await text(request)).get('Action') ?? 'nothing';
    asked.push(action);
    const message = action === 'DescribeStacks' ? 'Stack does not exist' : `no ${action} here`;
    response.writeHead(400, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { asked, close, settings: { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' } };
};

let directory: string;
let aws: Awaited<ReturnType<typeof refusingAws>>;
beforeAll(async () => {
  aws = await refusingAws();
  directory = await serviceOfItsOwn('stubs');
  await serverless(directory, argumentsOf('package'));
}, 120_000);
afterAll(async () => {
  aws.close();
  await rm(directory, { recursive: true });
});

test('the step deploy takes the package as the step package left it, and goes to CloudFormation with it', async () => {
  const template = join(directory, '.serverless-dev/cloudformation-template-update-stack.json');
  const { mtimeMs } = await stat(template);
  await expect(serverless(directory, argumentsOf('deploy'), aws.settings)).rejects.toThrow(
    'no CreateChangeSet here',
  );
  expect(aws.asked).toEqual(expect.arrayContaining(['DescribeStacks', 'CreateChangeSet']));
  expect((await stat(template)).mtimeMs).toBe(mtimeMs);
});

test('packaged again after a deployment that failed, the package is replaced', async () => {
  const before = await readdir(join(directory, '.serverless-dev'));
  await serverless(directory, argumentsOf('package'));
  expect(await readdir(join(directory, '.serverless-dev'))).toEqual(before);
}, 120_000);
