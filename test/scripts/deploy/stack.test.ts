import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readStack } from '../../../scripts/deploy/stack.ts';

const client = new CloudFormationClient({ region: 'us-east-1' });
const cloudFormation = mockClient(client);
beforeEach(() => void cloudFormation.reset());

const refused = (name: string, message: string) =>
  new CloudFormationServiceException({ name, message, $fault: 'client', $metadata: {} });

const STACK = {
  StackName: 'cc-native-dev',
  CreationTime: new Date(0),
  StackStatus: 'UPDATE_COMPLETE',
} as const;

test('a stack is asked for by its name, and its outputs are given by their keys', async () => {
  const Outputs = [{ OutputKey: 'EventBusName', OutputValue: 'cc-native-dev-events' }];
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...STACK, Outputs }] });
  expect(await readStack(client, 'cc-native-dev')).toEqual({
    ...{ status: 'UPDATE_COMPLETE', outputs: { EventBusName: 'cc-native-dev-events' } },
  });
  expect(cloudFormation.calls().map(({ args: [{ input }] }) => input)).toEqual([
    { StackName: 'cc-native-dev' },
  ]);
});

test('a stack that has no outputs yet has none', async () => {
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [STACK] });
  expect(await readStack(client, 'cc-native-dev')).toMatchObject({ outputs: {} });
});

test('a stack that is not there is none; any other refusal is thrown', async () => {
  const absent = refused('ValidationError', 'Stack with id cc-native-dev does not exist');
  cloudFormation.on(DescribeStacksCommand).rejectsOnce(absent).rejects(refused('AccessDenied', 'not you'));
  expect(await readStack(client, 'cc-native-dev')).toBeUndefined();
  await expect(readStack(client, 'cc-native-dev')).rejects.toThrow('not you');
});
