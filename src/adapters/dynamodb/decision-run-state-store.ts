import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../../application/errors.ts';
import type { DecisionRunStates, ReservationRequest } from '../../application/ports/decisions.ts';
import { clockHour, nextClockHour } from '../../domain/decision/clock-hour.ts';
import type { TriggerLimits } from '../../domain/decision/trigger-registry.ts';
import { instant, secondsAfter } from '../../domain/identifiers.ts';
import { grantReservationWrite } from './decision-reservation-store.ts';
import { commitTogether, type TransactItem } from './guarded-write.ts';
import { runCountSk, runStateSk, scopePk, tenantPk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Tables = Pick<TableNames, 'DECISION_RUN_STATE_TABLE_NAME' | 'IDEMPOTENCY_STORE_TABLE_NAME'>;
type Row = Record<string, unknown>;

const runStateRow = z.object({
  last_allowed_at: instant.optional(),
  waiting_since: instant.optional(),
  waiting_until: instant.optional(),
});
const runCountRow = z.object({ runs: z.int().nonnegative() });

/** Of two that were allowed at once, the second finds that the first has run. */
const COOLED_DOWN = 'attribute_not_exists(last_allowed_at) OR last_allowed_at <= :cooled_since';
/** The hour's count must still be below the limit; with no row yet, nothing ran. */
const BELOW_THE_LIMIT = 'attribute_not_exists(runs) OR runs < :most';

/** How long a row is kept after it has said its last, in seconds; a day helps whoever looks into what happened. */
const KEPT_SECONDS = 86_400;
/** Longest pause of who lost a race, in milliseconds; spreads out those that judge again. */
const MAX_PAUSE_MILLISECONDS = 50;

const epochAfter = (from: string, seconds: number): number =>
  Math.ceil(Date.parse(from) / 1000) + seconds + KEPT_SECONDS;

/** When triggers of each type ran: a row per account and type, and counters per clock hour for accounts and tenants. */
export const createDecisionRunStates = (
  client: DynamoDBDocumentClient,
  tables: Tables,
  /** From 0 up to 1. */
  random: () => number = Math.random,
): DecisionRunStates => {
  const TableName = tables.DECISION_RUN_STATE_TABLE_NAME;

  const grantCooldown = (request: ReservationRequest, { cooldown_seconds }: TriggerLimits): TransactItem => ({
    Update: {
      ...{ TableName, Key: { pk: scopePk(request), sk: runStateSk(request.trigger_type) } },
      UpdateExpression:
        'SET last_allowed_at = :now, updated_at = :now, #ttl = :ttl REMOVE waiting_since, waiting_until',
      ConditionExpression: COOLED_DOWN,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':now': request.now,
        ':cooled_since': secondsAfter(request.now, -cooldown_seconds),
        ':ttl': epochAfter(request.now, cooldown_seconds),
      },
    },
  });

  const countRun = (pk: string, { trigger_type, now }: ReservationRequest, most: number): TransactItem => ({
    Update: {
      ...{ TableName, Key: { pk, sk: runCountSk(trigger_type, clockHour(now)) } },
      UpdateExpression: 'SET updated_at = :now, #ttl = :ttl ADD runs :one',
      ConditionExpression: BELOW_THE_LIMIT,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ...{ ':now': now, ':one': 1, ':most': most, ':ttl': epochAfter(nextClockHour(now), 0) },
      },
    },
  });

  const readRows = async (keys: readonly { readonly pk: string; readonly sk: string }[]): Promise<Row[]> => {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [...keys], ConsistentRead: true } } }),
    );
    if (Object.keys(UnprocessedKeys).length > 0)
      throw new TransientError('not all rows of earlier runs could be read');
    return Responses[TableName] ?? [];
  };

  return {
    async read(scope, triggerType, now) {
      const [account, tenant] = [scopePk(scope), tenantPk(scope.tenant_id)];
      const [state, count] = [runStateSk(triggerType), runCountSk(triggerType, clockHour(now))];
      const rows = await readRows([
        { pk: account, sk: state },
        { pk: account, sk: count },
        { pk: tenant, sk: count },
      ]);
      const row = (pk: string, sk: string) => rows.find((one) => one.pk === pk && one.sk === sk);
      const runs = (pk: string) => parseOptionalRow(runCountRow, row(pk, count))?.runs ?? 0;
      const { last_allowed_at, waiting_since, waiting_until } =
        parseOptionalRow(runStateRow, row(account, state)) ?? {};
      return {
        last_allowed_at,
        waiting: waiting_since && waiting_until ? { since: waiting_since, until: waiting_until } : undefined,
        account_runs_this_hour: runs(account),
        tenant_runs_this_hour: runs(tenant),
      };
    },
    async grantWithinLimits(request, limits) {
      const account = countRun(scopePk(request), request, limits.max_per_account_per_hour);
      const tenant = countRun(tenantPk(request.tenant_id), request, limits.max_per_tenant_per_hour);
      const { committed } = await commitTogether(client, [
        { write: grantReservationWrite(tables, request), lost_to: 'RESERVATION' },
        { write: grantCooldown(request, limits), lost_to: 'COOLDOWN' },
        { write: account, lost_to: 'ACCOUNT' },
        { write: tenant, lost_to: 'TENANT' },
      ]);
      if (!committed) await pause(random() * MAX_PAUSE_MILLISECONDS);
      return committed;
    },
    async noteWaiting(request, until) {
      await client.send(
        new UpdateCommand({
          ...{ TableName, Key: { pk: scopePk(request), sk: runStateSk(request.trigger_type) } },
          UpdateExpression:
            'SET waiting_since = :now, waiting_until = :until, updated_at = :now, #ttl = :ttl',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          // No cooldown ends after the instant at which the trigger may run.
          ExpressionAttributeValues: { ':now': request.now, ':until': until, ':ttl': epochAfter(until, 0) },
        }),
      );
    },
  };
};
