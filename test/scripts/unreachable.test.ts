import { expect, test } from '@jest/globals';
import { reserveLoopbackPort } from '../../src/local/process/loopback-port.ts';
import { testDynamoDb } from '../support/dynamodb.ts';
import { toolProcess } from './call-tool.ts';

const nobody = async () => `http://127.0.0.1:${await reserveLoopbackPort()}`;

test.each([
  ['plans', ['list']],
  ['what-if', ['--policy', 'examples/candidate-policy.json']],
])('a local DynamoDB that does not answer %s is named with its endpoint', async (tool, args) => {
  const endpoint = await nobody();
  const { code, stderr } = await toolProcess(tool, args, { AWS_ENDPOINT_URL_DYNAMODB: endpoint });
  expect(code).toBe(1);
  expect(stderr).toMatch(`No DynamoDB answers at ${endpoint}: `);
});

test.each([
  ['plans', ['abort', 'p1', '--by', 'ben']],
  ['autonomy', ['stop', '--all', '--by', 'ben', '--reason', 'an incident']],
  ['backfill', ['--tenant', 'acme']],
])('a local system that does not answer %s is named with its endpoint', async (tool, args) => {
  const [endpoint, { endpoint: dynamoDb }] = [await nobody(), await testDynamoDb()];
  const settings = { AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb };
  const { code, stderr } = await toolProcess(tool, args, settings);
  expect(code).toBe(1);
  expect(stderr).toMatch(`The local system does not answer at ${endpoint}: `);
});

test('a stage on AWS is left to the settings of the SDK, and what they lack is said in one line', async () => {
  const { code, stderr } = await toolProcess('backfill', ['--stage', 'dev', '--tenant', 'acme'], {});
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'Region is missing: set AWS_REGION\n' });
});
