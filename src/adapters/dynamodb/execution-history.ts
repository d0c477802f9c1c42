import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { ExecutionCursor, ExecutionHistory } from '../../application/ports/executions.ts';
import type { Scope } from '../../application/ports/scope.ts';
import { actionOutcome, type ExecutionAttempt, executionAttempt } from '../../domain/execution/execution.ts';
import { executionSk, outcomeSk, replayOutcomeSk, scopePk } from './keys.ts';
import { parseOptionalRow, parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Tables = Pick<TableNames, 'EXECUTION_ATTEMPTS_TABLE_NAME' | 'EXECUTION_OUTCOMES_TABLE_NAME'>;
type Row = Readonly<Record<string, unknown>>;
type Key = { readonly pk: string; readonly sk: string };

const ACCOUNT_INDEX = 'account-index';
const SK_PREFIX = executionSk('');

const indexKey = (scope: Scope, { started_at, action_intent_id }: ExecutionCursor) => ({
  ...{ pk: scopePk(scope), sk: executionSk(action_intent_id), started_at },
});

const cursorOf = ({ sk, started_at }: Row): ExecutionCursor => ({
  started_at: String(started_at),
  action_intent_id: String(sk).slice(SK_PREFIX.length),
});

/** Where the outcome of this very attempt stands, once it has one. */
const outcomeKey = (attempt: ExecutionAttempt): Key => {
  const { action_intent_id: id, attempt_count, replay } = attempt;
  return { pk: scopePk(attempt), sk: replay ? replayOutcomeSk(id, attempt_count) : outcomeSk(id) };
};

/** Reads the executions of an account in the order in which they started. */
export const createExecutionHistory = (client: DynamoDBDocumentClient, tables: Tables): ExecutionHistory => {
  /** Rows by their sort key; at most 100 keys, as many as BatchGetItem takes. */
  const rowsOf = async (TableName: string, Keys: Key[]): Promise<ReadonlyMap<string, Row>> => {
    if (Keys.length === 0) return new Map();
    const RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
    const { Responses, UnprocessedKeys = {} } = await client.send(new BatchGetCommand({ RequestItems }));
    if (Object.keys(UnprocessedKeys).length > 0) throw new TransientError('not all executions could be read');
    return new Map((Responses?.[TableName] ?? []).map((row) => [String(row.sk), row]));
  };

  return {
    async page(scope, { limit, after }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
          IndexName: ACCOUNT_INDEX,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': scopePk(scope) },
          ScanIndexForward: false,
          Limit: limit,
          ...(after && { ExclusiveStartKey: indexKey(scope, after) }),
        }),
      );
      const keys = Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
      const rows = await rowsOf(tables.EXECUTION_ATTEMPTS_TABLE_NAME, keys);
      const attempts = keys.flatMap(({ sk }) => parseOptionalRow(executionAttempt, rows.get(sk)) ?? []);
      const ended = attempts.filter(({ status }) => status !== 'RUNNING').map(outcomeKey);
      const outcomes = await rowsOf(tables.EXECUTION_OUTCOMES_TABLE_NAME, ended);
      return {
        executions: attempts.map((attempt) => {
          const row = outcomes.get(outcomeKey(attempt).sk);
          return { attempt, outcome: row && parseRow(actionOutcome, row) };
        }),
        next: LastEvaluatedKey && cursorOf(LastEvaluatedKey),
      };
    },
  };
};
