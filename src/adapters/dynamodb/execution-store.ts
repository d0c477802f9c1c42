import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { ExecutionStore, Scope, StartResult } from '../../application/ports.ts';
import {
  type ActionOutcome,
  actionOutcome,
  type ExecutionAttempt,
  executionAttempt,
} from '../../domain/execution/execution.ts';
import type { ActionIntent } from '../../domain/intent/action-intent.ts';
import { commitTogether, type TransactItem } from './guarded-write.ts';
import { intentApprovedCheck } from './intent-store.ts';
import { executionSk, outcomeSk, scopePk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Tables = Pick<
  TableNames,
  'EXECUTION_ATTEMPTS_TABLE_NAME' | 'EXECUTION_OUTCOMES_TABLE_NAME' | 'ACTION_INTENT_TABLE_NAME'
>;

/** One row per intent: whoever inserts it executes. */
const NOBODY_HAS_IT = 'attribute_not_exists(pk)';
/** Taking over from a dead execution: it must still be the one that was seen, and still not have ended. */
const STILL_THE_DEAD_ONE = '#status = :running AND #owner = :dead';
/** The first outcome stands. */
const NO_OUTCOME_YET = 'attribute_not_exists(pk)';

const attemptRow = (scope: Scope, id: string) => ({ pk: scopePk(scope), sk: executionSk(id) });

/** Lets a transaction through only while no execution has taken the intent. */
export const unstartedCheck = (tables: Tables, scope: Scope, actionIntentId: string): TransactItem => ({
  ConditionCheck: {
    TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
    Key: attemptRow(scope, actionIntentId),
    ConditionExpression: NOBODY_HAS_IT,
  },
});

/** Writes the outcome once and closes the attempt's row with it. */
export const finishExecutionWrites = (tables: Tables, outcome: ActionOutcome): TransactItem[] => [
  {
    Put: {
      TableName: tables.EXECUTION_OUTCOMES_TABLE_NAME,
      Item: { pk: scopePk(outcome), sk: outcomeSk(outcome.action_intent_id), ...outcome },
      ConditionExpression: NO_OUTCOME_YET,
    },
  },
  {
    Update: {
      TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
      Key: attemptRow(outcome, outcome.action_intent_id),
      UpdateExpression: 'SET #status = :status, updated_at = :at',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': outcome.status, ':at': outcome.completed_at },
    },
  },
];

const insertWrite = (tables: Tables, execution: ExecutionAttempt): TransactItem => ({
  Put: {
    TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
    Item: { ...attemptRow(execution, execution.action_intent_id), ...execution },
    ConditionExpression: NOBODY_HAS_IT,
  },
});

const takeOverWrite = (
  tables: Tables,
  execution: ExecutionAttempt,
  dead: ExecutionAttempt,
): TransactItem => ({
  Put: {
    TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
    Item: { ...attemptRow(execution, execution.action_intent_id), ...execution },
    ConditionExpression: STILL_THE_DEAD_ONE,
    ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
    ExpressionAttributeValues: { ':running': 'RUNNING', ':dead': dead.owner },
  },
});

const newExecution = (
  intent: ActionIntent,
  owner: string,
  now: string,
  deadlineAt: string,
): ExecutionAttempt => ({
  action_intent_id: intent.action_intent_id,
  tenant_id: intent.tenant_id,
  account_id: intent.account_id,
  status: 'RUNNING',
  owner,
  attempt_count: 1,
  started_at: now,
  deadline_at: deadlineAt,
  updated_at: now,
  trace_id: intent.trace_id,
});

/** Who executes an intent, and how it ended. */
export const createExecutionStore = (client: DynamoDBDocumentClient, tables: Tables): ExecutionStore => {
  const get: ExecutionStore['get'] = async (scope, id) => {
    const TableName = tables.EXECUTION_ATTEMPTS_TABLE_NAME;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: attemptRow(scope, id), ConsistentRead: true }),
    );
    return parseOptionalRow(executionAttempt, Item);
  };

  const outcome: ExecutionStore['outcome'] = async (scope, id) => {
    const TableName = tables.EXECUTION_OUTCOMES_TABLE_NAME;
    const Key = { pk: scopePk(scope), sk: outcomeSk(id) };
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return parseOptionalRow(actionOutcome, Item);
  };

  const take = async (
    execution: ExecutionAttempt,
    write: TransactItem,
    now: string,
  ): Promise<StartResult> => {
    const result = await commitTogether(client, [
      { write, lost_to: 'TAKEN' },
      {
        write: intentApprovedCheck(tables, execution, execution.action_intent_id, now),
        lost_to: 'NOT_APPROVED',
      },
    ]);
    return result.committed ? { started: true, execution } : { started: false, reason: result.lost_to };
  };

  return {
    get,
    outcome,
    async startIfFree(intent, owner, now, deadlineAt) {
      const fresh = newExecution(intent, owner, now, deadlineAt);
      const first = await take(fresh, insertWrite(tables, fresh), now);
      if (first.started || first.reason !== 'TAKEN') return first;
      const holder = await get(intent, intent.action_intent_id);
      if (holder?.owner === owner) return { started: true, execution: holder };
      if (holder?.status !== 'RUNNING' || holder.deadline_at > now) return first;
      const next = { ...fresh, attempt_count: holder.attempt_count + 1 };
      return take(next, takeOverWrite(tables, next, holder), now);
    },
    async finishOnce(ended) {
      const writes = finishExecutionWrites(tables, ended).map((write) => ({
        write,
        lost_to: 'OUTCOME' as const,
      }));
      const result = await commitTogether(client, writes);
      if (result.committed) return ended;
      const standing = await outcome(ended, ended.action_intent_id);
      if (standing) return standing;
      throw new TransientError(`the outcome of ${ended.action_intent_id} could not be written now`);
    },
  };
};
