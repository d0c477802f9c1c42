import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { ExecutionStart, ExecutionStore, Scope } from '../../application/ports.ts';
import {
  type ActionOutcome,
  actionOutcome,
  type ExecutionAttempt,
  executionAttempt,
  mayBeReplayed,
  type ReplayOf,
} from '../../domain/execution/execution.ts';
import {
  compensationEntry,
  type ExecutionLedgerEntry,
  outcomeEntry,
  replayEntry,
} from '../../domain/execution/execution-ledger.ts';
import { signalOf } from '../../domain/execution/signal.ts';
import { commitTogether, type TransactItem } from './guarded-write.ts';
import { executionSk, ledgerEntrySk, outcomeSk, replayOutcomeSk, scopePk, tenantPk } from './keys.ts';
import { parseOptionalRow, parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Tables = Pick<
  TableNames,
  | 'EXECUTION_ATTEMPTS_TABLE_NAME'
  | 'EXECUTION_OUTCOMES_TABLE_NAME'
  | 'LEDGER_TABLE_NAME'
  | 'SIGNALS_TABLE_NAME'
>;

/** One row per intent: whoever inserts it executes. */
const NOBODY_HAS_IT = 'attribute_not_exists(pk)';
/** Taking over from a dead execution: it must still be the one that was seen, and still not have ended. */
const STILL_THE_DEAD_ONE = '#status = :running AND #owner = :dead';
/** Replaying: the execution that was seen has come to an end, and nobody has replayed it since. */
const STILL_THE_ENDED_ONE = '#status <> :running AND #owner = :ended';
/** The first outcome stands. */
const NO_OUTCOME_YET = 'attribute_not_exists(pk)';
/** The ledger is append-only: an entry is never written over. */
const ENTRY_IS_NEW = 'attribute_not_exists(pk)';
/** A signal is told once; who tells it again must find the first one unchanged. */
const SIGNAL_IS_NEW = 'attribute_not_exists(tenantId)';

const attemptRow = (scope: Scope, id: string) => ({ pk: scopePk(scope), sk: executionSk(id) });

const outcomeRow = (outcome: ActionOutcome) => ({
  pk: scopePk(outcome),
  sk: outcome.replay
    ? replayOutcomeSk(outcome.action_intent_id, outcome.attempt_count)
    : outcomeSk(outcome.action_intent_id),
});

/** Lets a transaction through only while no execution has taken the intent. */
export const unstartedCheck = (
  tables: Pick<Tables, 'EXECUTION_ATTEMPTS_TABLE_NAME'>,
  scope: Scope,
  actionIntentId: string,
): TransactItem => ({
  ConditionCheck: {
    TableName: tables.EXECUTION_ATTEMPTS_TABLE_NAME,
    Key: attemptRow(scope, actionIntentId),
    ConditionExpression: NOBODY_HAS_IT,
  },
});

/** Adds an entry to the tenant's ledger of executions. */
export const ledgerEntryWrite = (
  tables: Pick<Tables, 'LEDGER_TABLE_NAME'>,
  entry: ExecutionLedgerEntry,
): TransactItem => ({
  Put: {
    TableName: tables.LEDGER_TABLE_NAME,
    Item: { pk: tenantPk(entry.tenantId), sk: ledgerEntrySk(entry.timestamp, entry.entryId), ...entry },
    ConditionExpression: ENTRY_IS_NEW,
  },
});

/** Writes the outcome once, with its ledger entry and its signal, and closes the attempt's row with it. */
export const finishExecutionWrites = (tables: Tables, outcome: ActionOutcome): TransactItem[] => [
  {
    Put: {
      TableName: tables.EXECUTION_OUTCOMES_TABLE_NAME,
      Item: { ...outcomeRow(outcome), ...outcome },
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
  ledgerEntryWrite(tables, outcomeEntry(outcome)),
  {
    Put: {
      TableName: tables.SIGNALS_TABLE_NAME,
      Item: signalOf(outcome),
      ConditionExpression: SIGNAL_IS_NEW,
    },
  },
];

/** An outcome that is gone is not made up again, and what has become of undoing it stands. */
const NOT_YET_UNDONE = 'compensation_status = :none';

const compensationWrites = (
  tables: Tables,
  outcome: ActionOutcome,
  compensation: Parameters<ExecutionStore['recordCompensation']>[1],
  now: string,
): TransactItem[] => [
  {
    Update: {
      TableName: tables.EXECUTION_OUTCOMES_TABLE_NAME,
      Key: outcomeRow(outcome),
      UpdateExpression: compensation.error
        ? 'SET compensation_status = :status, compensation_error = :error'
        : 'SET compensation_status = :status',
      ConditionExpression: NOT_YET_UNDONE,
      ExpressionAttributeValues: {
        ':none': 'NONE',
        ':status': compensation.status,
        ...(compensation.error && { ':error': compensation.error }),
      },
    },
  },
  ledgerEntryWrite(tables, compensationEntry(outcome, compensation, now)),
];

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

const attemptPut = (tables: Tables, execution: ExecutionAttempt, condition: Partial<Put>): Put => ({
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
export const createExecutionStore = (client: DynamoDBDocumentClient, tables: Tables): ExecutionStore => {
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
