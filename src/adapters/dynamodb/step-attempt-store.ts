import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { StoredRowInvalidError } from '../../application/errors.ts';
import type { StepAttemptStore } from '../../application/ports/plans.ts';
import type { TransactItem } from './guarded-write.ts';
import { planPk, stepAttemptSk, stepMetaSk } from './keys.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'PLAN_STEP_EXECUTION_TABLE_NAME'>;

interface StepAttempt {
  readonly plan_id: string;
  readonly step_id: string;
  readonly attempt: number;
}

/** The counter must still stand where the dispatcher read it, or another dispatcher was here first. */
const COUNTER_UNMOVED = 'next_attempt = :made';
const NO_COUNTER_YET = 'attribute_not_exists(next_attempt)';
/** A step in flight is never dispatched again. */
const NOTHING_IN_FLIGHT = 'attribute_not_exists(in_flight_attempt)';
/** Each attempt number is used once. */
const ATTEMPT_IS_NEW = 'attribute_not_exists(sk)';
/** DONE, FAILED and SKIPPED attempts stay what they are. */
const ATTEMPT_IS_OPEN = '#status = :started';
const ATTEMPT_IS_THE_ONE_IN_FLIGHT = 'in_flight_attempt = :attempt';

const metaKey = ({ plan_id, step_id }: StepAttempt) => ({ pk: planPk(plan_id), sk: stepMetaSk(step_id) });

const attemptKey = ({ plan_id, step_id, attempt }: StepAttempt) => ({
  pk: planPk(plan_id),
  sk: stepAttemptSk(step_id, attempt),
});

/** Counts the attempt and marks it in flight, and inserts its row; both or neither, inside the plan's transaction. */
export const startAttemptWrites = (
  { PLAN_STEP_EXECUTION_TABLE_NAME: TableName }: Table,
  started: StepAttempt & { readonly started_at: string; readonly action_intent_id: string },
): TransactItem[] => {
  const made = started.attempt - 1;
  const { plan_id, step_id, attempt, started_at, action_intent_id } = started;
  return [
    {
      Update: {
        TableName,
        Key: metaKey(started),
        UpdateExpression: 'SET in_flight_attempt = :attempt ADD next_attempt :one',
        ConditionExpression: `${made === 0 ? NO_COUNTER_YET : COUNTER_UNMOVED} AND ${NOTHING_IN_FLIGHT}`,
        ExpressionAttributeValues: { ':one': 1, ':attempt': attempt, ...(made > 0 && { ':made': made }) },
      },
    },
    {
      Put: {
        TableName,
        Item: {
          ...attemptKey(started),
          plan_id,
          step_id,
          attempt,
          action_intent_id,
          started_at,
          status: 'STARTED',
        },
        ConditionExpression: ATTEMPT_IS_NEW,
      },
    },
  ];
};

/** Names the intent that stands in for the one that the attempt had. */
export const reviseAttemptWrite = (
  { PLAN_STEP_EXECUTION_TABLE_NAME: TableName }: Table,
  revised: StepAttempt & { readonly action_intent_id: string },
): TransactItem => ({
  Update: {
    TableName,
    Key: attemptKey(revised),
    UpdateExpression: 'SET action_intent_id = :intent',
    ConditionExpression: ATTEMPT_IS_OPEN,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':intent': revised.action_intent_id, ':started': 'STARTED' },
  },
});

/** Closes the attempt's row and frees the step for its next attempt. */
export const settleAttemptWrites = (
  { PLAN_STEP_EXECUTION_TABLE_NAME: TableName }: Table,
  settled: StepAttempt & {
    readonly status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED';
    readonly completed_at: string;
    readonly error_message?: string | undefined;
  },
): TransactItem[] => {
  const { attempt, status, completed_at, error_message } = settled;
  const withMessage = error_message === undefined ? '' : ', error_message = :message';
  return [
    {
      Update: {
        TableName,
        Key: attemptKey(settled),
        UpdateExpression: `SET #status = :status, completed_at = :at${withMessage}`,
        ConditionExpression: ATTEMPT_IS_OPEN,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': status,
          ':at': completed_at,
          ':started': 'STARTED',
          ...(error_message !== undefined && { ':message': error_message }),
        },
      },
    },
    {
      Update: {
        TableName,
        Key: metaKey(settled),
        UpdateExpression: 'REMOVE in_flight_attempt',
        ConditionExpression: ATTEMPT_IS_THE_ONE_IN_FLIGHT,
        ExpressionAttributeValues: { ':attempt': attempt },
      },
    },
  ];
};

/** Reads the attempt counters of plan steps; they are written in the transactions of their plans only. */
export const createStepAttemptStore = (client: DynamoDBDocumentClient, table: Table): StepAttemptStore => ({
  async attemptsMade(planId, stepId) {
    const Key = { pk: planPk(planId), sk: stepMetaSk(stepId) };
    const { Item } = await client.send(
      new GetCommand({ TableName: table.PLAN_STEP_EXECUTION_TABLE_NAME, Key, ConsistentRead: true }),
    );
    const made: unknown = Item?.next_attempt ?? 0;
    if (Number.isInteger(made) && Number(made) >= 0) return Number(made);
    throw new StoredRowInvalidError(
      `row ${Key.pk} / ${Key.sk}: next_attempt: ${JSON.stringify(made)} is no count`,
    );
  },
});
