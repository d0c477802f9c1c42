import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { IntentStore } from '../../application/ports/executions.ts';
import type { Scope } from '../../application/ports/scope.ts';
import { type ActionIntent, actionIntent } from '../../domain/intent/action-intent.ts';
import type { TransactItem } from './guarded-write.ts';
import { intentSk, scopePk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'ACTION_INTENT_TABLE_NAME'>;

/** An intent is made once; its id is derived, so a second one would be the same dispatch again. */
const INTENT_IS_NEW = 'attribute_not_exists(pk)';
/** An intent that is gone is not made up again by a change of its status. */
const INTENT_EXISTS = 'attribute_exists(pk)';

const intentKey = (scope: Scope, actionIntentId: string) => ({
  pk: scopePk(scope),
  sk: intentSk(actionIntentId),
});

export const putIntentWrite = (table: Table, intent: ActionIntent): TransactItem => ({
  Put: {
    TableName: table.ACTION_INTENT_TABLE_NAME,
    Item: { ...intentKey(intent, intent.action_intent_id), ...intent },
    ConditionExpression: INTENT_IS_NEW,
  },
});

export const approveIntentWrite = (
  table: Table,
  scope: Scope,
  approval: {
    readonly action_intent_id: string;
    readonly approved_by: string;
    readonly approval_source: 'HUMAN' | 'POLICY';
    readonly approved_at: string;
  },
): TransactItem => ({
  Update: {
    TableName: table.ACTION_INTENT_TABLE_NAME,
    Key: intentKey(scope, approval.action_intent_id),
    UpdateExpression:
      'SET #status = :status, approved_by = :by, approval_source = :source, approval_timestamp = :at',
    ConditionExpression: INTENT_EXISTS,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':status': 'APPROVED',
      ':by': approval.approved_by,
      ':source': approval.approval_source,
      ':at': approval.approved_at,
    },
  },
});

export const closeIntentWrite = (
  table: Table,
  scope: Scope,
  actionIntentId: string,
  status: ActionIntent['status'],
): TransactItem => ({
  Update: {
    TableName: table.ACTION_INTENT_TABLE_NAME,
    Key: intentKey(scope, actionIntentId),
    UpdateExpression: 'SET #status = :status',
    ConditionExpression: INTENT_EXISTS,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':status': status },
  },
});

/** Reads action intents; they are written in the transactions of their plans only. */
export const createIntentStore = (client: DynamoDBDocumentClient, table: Table): IntentStore => ({
  async get(scope, actionIntentId) {
    const TableName = table.ACTION_INTENT_TABLE_NAME;
    const Key = intentKey(scope, actionIntentId);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return parseOptionalRow(actionIntent, Item);
  },
});
