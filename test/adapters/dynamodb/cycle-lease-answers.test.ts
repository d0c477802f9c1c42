import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createCycleLease } from '../../../src/adapters/dynamodb/cycle-lease.ts';
import { START } from '../../support/plan-fixtures.ts';

/** Answers that an embedded server does not give on demand. */
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
const mock = mockClient(client);
const lease = createCycleLease(client, { CYCLE_LEASE_TABLE_NAME: 'lease' });

afterEach(() => void mock.reset());

describe('the lease of the cycle', () => {
  it('is held by somebody unknown when DynamoDB does not show the row', async () => {
    mock.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }));
    const result = await lease.acquireIfFree('one', START, 60);
    expect(result.acquired).toBe(false);
  });

  it('is neither held nor free when DynamoDB fails', async () => {
    mock.on(UpdateCommand).rejects(new Error('no such table'));
    await expect(lease.acquireIfFree('one', START, 60)).rejects.toThrow('no such table');
    await expect(lease.releaseIfHeld('one', 1)).rejects.toThrow('no such table');
  });
});
