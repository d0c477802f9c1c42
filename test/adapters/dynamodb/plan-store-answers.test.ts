import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { planPk, scopePk } from '../../../src/adapters/dynamodb/keys.ts';
import { createPlanStore } from '../../../src/adapters/dynamodb/plan-store.ts';
import type { TableNames } from '../../../src/adapters/dynamodb/table-names.ts';
import { TransientError } from '../../../src/application/errors.ts';
import { SCOPE } from '../../support/intents.ts';
import { planIn, START } from '../../support/plan-fixtures.ts';

/** Answers that an embedded server does not give on demand. */
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
const mock = mockClient(client);
const names = { REVENUE_PLANS_TABLE_NAME: 'plans', PLAN_LEDGER_TABLE_NAME: 'ledger' } as TableNames;
const store = createPlanStore(client, names);

const hint = (plan_id: string) => ({
  ...{ pk: scopePk(SCOPE), sk: planPk(plan_id), plan_status: 'ACTIVE', due_sk: `${START}#${plan_id}` },
});

afterEach(() => void mock.reset());

describe('the plan store', () => {
  it('tries again later when DynamoDB gave back a part of the plans only', async () => {
    mock.on(BatchGetCommand).resolves({ UnprocessedKeys: { plans: { Keys: [{ pk: 'a', sk: 'b' }] } } });
    await expect(store.getMany([{ ...SCOPE, plan_id: 'p1' }])).rejects.toThrow(TransientError);
  });

  it('reads many plans consistently', async () => {
    mock.on(BatchGetCommand).resolves({});
    expect(await store.getMany([{ ...SCOPE, plan_id: 'p1' }])).toEqual({ plans: [], invalid: [] });
    const [call] = mock.commandCalls(BatchGetCommand);
    expect(call?.args[0].input.RequestItems?.plans?.ConsistentRead).toBe(true);
  });

  it('gives the first page of every shard before the second of any', async () => {
    const of = (shard: string, next?: object) => ({
      ...{
        IndexName: 'due-index',
        ExpressionAttributeValues: { ':shard': shard, ':end': `${START}#\uffff` },
      },
      ...(next && { ExclusiveStartKey: next }),
    });
    const next = { due_shard: 'DUE#0' };
    mock
      .on(QueryCommand, of('DUE#0'))
      .resolves({ Items: [hint('p1')], LastEvaluatedKey: next })
      .on(QueryCommand, of('DUE#0', next))
      .resolves({ Items: [hint('p9')] })
      .on(QueryCommand, of('DUE#1'))
      .resolves({ Items: [hint('p2')] })
      .on(QueryCommand, of('DUE#2'))
      .resolves({ Items: [hint('p3')] })
      .on(QueryCommand, of('DUE#3'))
      .resolves({});
    const pages: string[][] = [];
    for await (const page of store.listDue(START)) pages.push(page.map(({ plan_id }) => plan_id));
    expect(pages).toEqual([['p1'], ['p2'], ['p3'], [], ['p9']]);
  });

  it('passes on what it cannot postpone for another reason', async () => {
    mock.on(UpdateCommand).rejects(new Error('no such table'));
    await expect(store.postponeIfUnchanged(planIn('APPROVED'), START)).rejects.toThrow('no such table');
  });
});
