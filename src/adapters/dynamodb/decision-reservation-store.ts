import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError, ValidationError } from '../../application/errors.ts';
import type {
  DecisionReservations,
  ReservationRequest,
  Reserved,
} from '../../application/ports/decisions.ts';
import { identifier, instant, later } from '../../domain/identifiers.ts';
import type { TransactItem } from './guarded-write.ts';
import { DECISION_KEY_SK, decisionKeyPk } from './keys.ts';
import { rowInTheWay } from './row-in-the-way.ts';
import { parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'IDEMPOTENCY_STORE_TABLE_NAME'>;

const reserved = {
  idempotency_key: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  trigger_type: z.string(),
  deferred_times: z.int().nonnegative(),
  owner: z.string(),
  reserved_at: instant,
  /** Absent until the run was counted against its limits. */
  granted_at: instant.optional(),
  /** Seconds since the epoch; from then on the row counts as gone, whether DynamoDB has deleted it yet or not. */
  ttl: z.int(),
};

const reservationRow = z.discriminatedUnion('state', [
  z.object({ ...reserved, state: z.literal('IN_PROGRESS'), expires_at: instant }),
  z.object({ ...reserved, state: z.literal('DEFERRED') }),
  z.object({ ...reserved, state: z.literal('FINISHED'), result: z.string(), reason: z.string() }),
]);
type ReservationRow = z.infer<typeof reservationRow>;

/** Of all who ask under a key, the first has it. */
const NOBODY_HAS_IT = 'attribute_not_exists(pk)';
/** The holder must not have ended or been put off after all, nor somebody else have taken over first. */
const STILL_THE_ONE_SEEN = '#state = :seen_state AND #owner = :seen_owner AND reserved_at = :seen_at';
/** Whoever took over keeps the reservation, and what is finished or put off stays so. */
const STILL_OURS = '#owner = :owner AND #state = :in_progress';

const STATE_AND_OWNER = { '#state': 'state', '#owner': 'owner' };
/** How long a key is remembered, in seconds (24 hours). */
const REMEMBERED_SECONDS = 86_400;
/** How often a key is tried while others take it. */
const MAX_TRIES = 5;

const keyOf = ({ idempotency_key }: Pick<ReservationRequest, 'idempotency_key'>) => ({
  pk: decisionKeyPk(idempotency_key),
  sk: DECISION_KEY_SK,
});

const ttlFrom = (from: string): number => Math.floor(Date.parse(from) / 1000) + REMEMBERED_SECONDS;

const rowOf = ({ now, ...request }: ReservationRequest) => ({
  ...keyOf(request),
  ...request,
  reserved_at: now,
  state: 'IN_PROGRESS',
  ttl: ttlFrom(now),
});

const isForgotten = ({ ttl }: ReservationRow, { now }: ReservationRequest): boolean =>
  ttl <= Math.floor(Date.parse(now) / 1000);

/** Names what differs, never what it is: the row may be another tenant's. */
const refuseCollision = (row: ReservationRow, request: ReservationRequest): void => {
  const fields = ['tenant_id', 'account_id', 'trigger_type'] as const;
  const differs = fields.find((name) => row[name] !== request[name]);
  if (!differs) return;
  throw new ValidationError(
    `idempotency_key: "${request.idempotency_key}": stands for another trigger: ${differs} differs`,
    { error_code: 'IDEMPOTENCY_COLLISION' },
  );
};

const duplicate = (explanation: string): Reserved => ({ reserved: false, explanation });

/** How a reservation that is neither finished nor put off stands to a request; undefined when it may be taken over. */
const atWork = (
  row: Extract<ReservationRow, { state: 'IN_PROGRESS' }>,
  request: ReservationRequest,
): Reserved | undefined => {
  if (request.deferred_times < row.deferred_times)
    return duplicate('The trigger was put off and has come back');
  if (row.owner === request.owner || row.expires_at <= request.now) return undefined;
  if (request.deferred_times === row.deferred_times)
    return duplicate(`Another call has been at work under this idempotency key since ${row.reserved_at}`);
  // It came back before whoever put it off could say so.
  throw new TransientError(`idempotency key "${request.idempotency_key}" is still being put off`);
};

/** What is plain from the row in the way; undefined when the reservation is to be taken over. */
const standing = (row: ReservationRow, request: ReservationRequest): Reserved | undefined => {
  if (isForgotten(row, request)) return undefined;
  refuseCollision(row, request);
  if (row.state === 'IN_PROGRESS') return atWork(row, request);
  if (row.state === 'FINISHED')
    return duplicate(`The trigger of this idempotency key has come to its end: ${row.result}, ${row.reason}`);
  if (row.deferred_times === request.deferred_times) return undefined;
  return duplicate('The trigger of this idempotency key was put off and will come back by itself');
};

/** What an earlier owner was granted counts for whoever goes on; a key that is forgotten starts anew. */
const grantOf = (row: ReservationRow, request: ReservationRequest): { readonly granted_at?: string } =>
  row.state === 'IN_PROGRESS' && row.granted_at && !isForgotten(row, request)
    ? { granted_at: row.granted_at }
    : {};

/** Marks a reservation as granted, if it is still the owner's. */
export const grantReservationWrite = (
  { IDEMPOTENCY_STORE_TABLE_NAME: TableName }: Table,
  request: ReservationRequest,
): TransactItem => ({
  Update: {
    ...{ TableName, Key: keyOf(request), UpdateExpression: 'SET granted_at = :now' },
    ConditionExpression: STILL_OURS,
    ExpressionAttributeNames: STATE_AND_OWNER,
    ExpressionAttributeValues: {
      ...{ ':now': request.now, ':owner': request.owner, ':in_progress': 'IN_PROGRESS' },
    },
  },
});

/** Reservations of decisions by idempotency key. An uncontended one takes one write to reserve and one to finish. */
export const createDecisionReservations = (
  client: DynamoDBDocumentClient,
  { IDEMPOTENCY_STORE_TABLE_NAME: TableName }: Table,
): DecisionReservations => {
  const put = (input: Omit<PutCommandInput, 'TableName'>) =>
    rowInTheWay(() =>
      client.send(new PutCommand({ TableName, ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })),
    );

  const putFirst = (request: ReservationRequest) =>
    put({
      Item: rowOf(request),
      ConditionExpression: NOBODY_HAS_IT,
    });

  const takeOver = (request: ReservationRequest, seen: ReservationRow) =>
    put({
      Item: { ...rowOf(request), ...grantOf(seen, request) },
      ConditionExpression: STILL_THE_ONE_SEEN,
      ExpressionAttributeNames: STATE_AND_OWNER,
      ExpressionAttributeValues: {
        ':seen_state': seen.state,
        ':seen_owner': seen.owner,
        ':seen_at': seen.reserved_at,
      },
    });

  const tryReserve = async (request: ReservationRequest): Promise<Reserved | undefined> => {
    const inTheWay = await putFirst(request);
    if (!inTheWay) return { reserved: true, granted: false };
    const row = parseRow(reservationRow, inTheWay);
    const plain = standing(row, request);
    if (plain) return plain;
    if (await takeOver(request, row)) return undefined;
    return { reserved: true, granted: 'granted_at' in grantOf(row, request) };
  };

  const updateIfOurs = async (
    request: ReservationRequest,
    UpdateExpression: string,
    values: Record<string, unknown>,
    names: Record<string, string> = {},
  ): Promise<boolean> =>
    !(await rowInTheWay(() =>
      client.send(
        new UpdateCommand({
          ...{ TableName, Key: keyOf(request), UpdateExpression },
          ConditionExpression: STILL_OURS,
          ExpressionAttributeNames: { ...STATE_AND_OWNER, ...names },
          ExpressionAttributeValues: {
            ...{ ':owner': request.owner, ':in_progress': 'IN_PROGRESS' },
            ...values,
          },
        }),
      ),
    ));

  return {
    async reserve(request) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const result = await tryReserve(request);
        if (result) return result;
      }
      throw new TransientError(`others keep taking idempotency key "${request.idempotency_key}"`);
    },
    finish: (request, { result, reason }, now) =>
      updateIfOurs(
        request,
        'SET #state = :finished, #result = :result, reason = :reason, finished_at = :now REMOVE expires_at',
        { ':finished': 'FINISHED', ':result': result, ':reason': reason, ':now': now },
        { '#result': 'result' },
      ),
    defer: (request, until) =>
      updateIfOurs(
        request,
        'SET #state = :deferred, deferred_times = :times, deferred_until = :until, #ttl = :ttl REMOVE expires_at',
        {
          ...{ ':deferred': 'DEFERRED', ':times': request.deferred_times + 1, ':until': until },
          ':ttl': ttlFrom(later(until, request.now)),
        },
        { '#ttl': 'ttl' },
      ),
    release: (request) => updateIfOurs(request, 'SET expires_at = :released', { ':released': request.now }),
  };
};
