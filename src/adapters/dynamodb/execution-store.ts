import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { ExecutionStart, ExecutionStore } from '../../application/ports/executions.ts';
import {
  type ActionOutcome,
  actionOutcome,
  type ExecutionAttempt,
  executionAttempt,
  mayBeReplayed,
  type ReplayOf,
} from '../../domain/execution/execution.ts';
import { replayEntry } from '../../domain/execution/execution-ledger.ts';
import {
  attemptRow,
  compensationWrites,
  type ExecutionTables,
  finishExecutionWrites,
  ledgerEntryWrite,
  outcomeRow,
} from './execution-writes.ts';
import { commitTogether, type TransactItem } from './guarded-write.ts';
import { outcomeSk, replayOutcomeSk, scopePk } from './keys.ts';
import { parseOptionalRow, parseRow } from './rows.ts';

/** One row per intent: whoever inserts it executes. */
const NOBODY_HAS_IT = 'attribute_not_exists(pk)';
/** Taking over from a dead execution: it must still be the one that was seen, and still not have ended. */
const STILL_THE_DEAD_ONE = '#status = :running AND #owner = :dead';
/** Replaying: the execution that was seen has come to an end, and nobody has replayed it since. */
const STILL_THE_ENDED_ONE = '#status <> :running AND #owner = :ended';

const newExecution = ({ intent, owner, now, deadline_at }: ExecutionStart): ExecutionAttempt => ({
  action_intent_id: intent.action_intent_id,
  tenant_id: intent.tenant_id,
  account_id: intent.account_id,
  status: 'RUNNING',
  owner,
  attempt_count: 1,
  started_at: now,
  deadline_at,
  updated_at: now,
  trace_id: intent.trace_id,
});

type Put = NonNullable<TransactItem['Put']>;

const attemptPut = (tables: ExecutionTables, execution: ExecutionAttempt, condition: Partial<Put>): Put => ({
  TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
  Item: { ...attemptRow(execution, execution.action_intent_id), ...execution },
  ...condition,
});

const STATUS_AND_OWNER = { '#status': 'status', '#owner': 'owner' };

const ifFree: Partial<Put> = {
  ConditionExpression: NOBODY_HAS_IT,
};

const ifStillDead = ({ owner }: ExecutionAttempt): Partial<Put> => ({
  ConditionExpression: STILL_THE_DEAD_ONE,
  ExpressionAttributeNames: STATUS_AND_OWNER,
  ExpressionAttributeValues: { ':running': 'RUNNING', ':dead': owner },
});

const ifStillEnded = ({ owner }: ExecutionAttempt): Partial<Put> => ({
  ConditionExpression: STILL_THE_ENDED_ONE,
  ExpressionAttributeNames: STATUS_AND_OWNER,
  ExpressionAttributeValues: { ':running': 'RUNNING', ':ended': owner },
});

const TAKEN = { started: false, reason: 'TAKEN' } as const;

/** Who executes an intent, and how it ended. */
export const createExecutionStore = (
  client: DynamoDBDocumentClient,
  tables: ExecutionTables,
): ExecutionStore => {
  const get: ExecutionStore['get'] = async (scope, id) => {
    const TableName = tables.EXECUTION_ATTEMPTS_TABLE_NAME;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: attemptRow(scope, id), ConsistentRead: true }),
    );
    return parseOptionalRow(executionAttempt, Item);
  };

  const standing = async (Key: { pk: string; sk: string }): Promise<ActionOutcome | undefined> => {
    const TableName = tables.EXECUTION_OUTCOMES_TABLE_NAME;
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return parseOptionalRow(actionOutcome, Item);
  };

  /** Writes the row, or gives back the one that is in the way. */
  const putOrHolder = async (put: Put): Promise<ExecutionAttempt | undefined> => {
    try {
      await client.send(new PutCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return parseRow(executionAttempt, unmarshall(error.Item ?? {}));
    }
  };

  return {
    get,
    outcome: (scope, id) => standing({ pk: scopePk(scope), sk: outcomeSk(id) }),
    async outcomes(scope, id) {
      const found: ActionOutcome[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tables.EXECUTION_OUTCOMES_TABLE_NAME,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': scopePk(scope),
            ':from': outcomeSk(id),
            ':to': replayOutcomeSk(id, 999_999),
          },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages)
        found.push(...Items.map((item) => parseRow(actionOutcome, item)));
      return found;
    },
    async startIfFree(start) {
      const fresh = newExecution(start);
      const holder = await putOrHolder(attemptPut(tables, fresh, ifFree));
      if (!holder) return { started: true, execution: fresh };
      if (holder.owner === start.owner) return { started: true, execution: holder };
      if (holder.status !== 'RUNNING' || holder.deadline_at > start.now) return TAKEN;
      const next = { ...fresh, attempt_count: holder.attempt_count + 1 };
      return (await putOrHolder(attemptPut(tables, next, ifStillDead(holder))))
        ? TAKEN
        : { started: true, execution: next };
    },
    async startReplay(start, replay: ReplayOf) {
      const holder = await get(start.intent, start.intent.action_intent_id);
      if (holder?.owner === start.owner) return { started: true, execution: holder };
      if (!holder || !mayBeReplayed(holder, start.now)) return TAKEN;
      const next = { ...newExecution(start), attempt_count: holder.attempt_count + 1, replay };
      const condition = holder.status === 'RUNNING' ? ifStillDead(holder) : ifStillEnded(holder);
      const result = await commitTogether(client, [
        { write: { Put: attemptPut(tables, next, condition) }, lost_to: 'ATTEMPT' },
        {
          write: ledgerEntryWrite(tables, replayEntry('REPLAY_STARTED', next, replay, start.now)),
          lost_to: 'ATTEMPT',
        },
      ]);
      return result.committed ? { started: true, execution: next } : TAKEN;
    },
    async recordCompensation(outcome, compensation, now) {
      const writes = compensationWrites(tables, outcome, compensation, now);
      await commitTogether(
        client,
        writes.map((write) => ({ write, lost_to: 'OUTCOME' })),
      );
    },
    async finishOnce(ended) {
      const writes = finishExecutionWrites(tables, ended).map((write) => ({
        write,
        lost_to: 'OUTCOME' as const,
      }));
      const result = await commitTogether(client, writes);
      if (result.committed) return ended;
      const first = await standing(outcomeRow(ended));
      if (first) return first;
      throw new TransientError(`the outcome of ${ended.action_intent_id} could not be written now`);
    },
  };
};
