import type { ExecutionStore } from '../../application/ports/executions.ts';
import type { Scope } from '../../application/ports/scope.ts';
import type { ActionOutcome } from '../../domain/execution/execution.ts';
import {
  compensationEntry,
  type ExecutionLedgerEntry,
  outcomeEntry,
} from '../../domain/execution/execution-ledger.ts';
import { signalOf } from '../../domain/execution/signal.ts';
import type { TransactItem } from './guarded-write.ts';
import { executionSk, ledgerEntrySk, outcomeSk, replayOutcomeSk, scopePk, tenantPk } from './keys.ts';
import type { TableNames } from './table-names.ts';

export type ExecutionTables = Pick<
  TableNames,
  | 'EXECUTION_ATTEMPTS_TABLE_NAME'
  | 'EXECUTION_OUTCOMES_TABLE_NAME'
  | 'LEDGER_TABLE_NAME'
  | 'SIGNALS_TABLE_NAME'
>;

/** No execution has taken the intent. */
const NOBODY_HAS_IT = 'attribute_not_exists(pk)';
/** The first outcome stands. */
const NO_OUTCOME_YET = 'attribute_not_exists(pk)';
/** The ledger is append-only: an entry is never written over. */
const ENTRY_IS_NEW = 'attribute_not_exists(pk)';
/** A signal is told once; who tells it again must find the first one unchanged. */
const SIGNAL_IS_NEW = 'attribute_not_exists(tenantId)';

export const attemptRow = (scope: Scope, id: string) => ({ pk: scopePk(scope), sk: executionSk(id) });

export const outcomeRow = (outcome: ActionOutcome) => ({
  pk: scopePk(outcome),
  sk: outcome.replay
    ? replayOutcomeSk(outcome.action_intent_id, outcome.attempt_count)
    : outcomeSk(outcome.action_intent_id),
});

/** Lets a transaction through only while no execution has taken the intent. */
export const unstartedCheck = (
  tables: Pick<ExecutionTables, 'EXECUTION_ATTEMPTS_TABLE_NAME'>,
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
  tables: Pick<ExecutionTables, 'LEDGER_TABLE_NAME'>,
  entry: ExecutionLedgerEntry,
): TransactItem => ({
  Put: {
    TableName: tables.LEDGER_TABLE_NAME,
    Item: { pk: tenantPk(entry.tenantId), sk: ledgerEntrySk(entry.timestamp, entry.entryId), ...entry },
    ConditionExpression: ENTRY_IS_NEW,
  },
});

/** Writes the outcome once, with its ledger entry and its signal, and closes the attempt's row with it. */
export const finishExecutionWrites = (tables: ExecutionTables, outcome: ActionOutcome): TransactItem[] => [
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

export const compensationWrites = (
  tables: ExecutionTables,
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
