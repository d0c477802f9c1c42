import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError, ValidationError } from '../../application/errors.ts';
import type { Claim, ClaimRequest, IdempotencyStore } from '../../application/ports/connectors.ts';
import { toolAnswer } from '../../contracts/tools.ts';
import { identifier, instant } from '../../domain/identifiers.ts';
import { CLAIM_SK, idempotencyPk } from './keys.ts';
import { rowInTheWay } from './row-in-the-way.ts';
import { parseOptionalRow, parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'EXTERNAL_WRITE_DEDUPE_TABLE_NAME'>;

const claimed = {
  idempotency_key: z.string(),
  tenant_id: identifier,
  account_id: identifier,
  action_intent_id: z.string(),
  tool_name: z.string(),
  owner: z.string(),
  claimed_at: instant,
  expires_at: instant,
  /** An earlier holder may have acted. Absent where nobody did. */
  uncertain: z.literal(true).optional(),
};

const claimRow = z.discriminatedUnion('state', [
  z.object({ ...claimed, state: z.literal('IN_PROGRESS') }),
  z.object({ ...claimed, state: z.literal('UNCERTAIN') }),
  z.object({ ...claimed, state: z.literal('SETTLED'), answer: toolAnswer, settled_at: instant }),
]);
type ClaimRow = z.infer<typeof claimRow>;

/** Of all who ask under a key, the first has it. */
const NOBODY_HAS_IT = 'attribute_not_exists(pk)';
/** The dead holder must not have ended after all, nor another caller, or the same one again, have taken over first. */
const STILL_THE_ONE_SEEN = '#state = :seen_state AND #owner = :seen_owner AND claimed_at = :seen_at';
/** Whoever took over from a dead holder keeps the claim, and what is settled or uncertain stays so. */
const STILL_OURS = '#owner = :owner AND #state = :in_progress';
/** Where an earlier holder may have acted, the key is never free again. */
const NOBODY_BEFORE_US = 'attribute_not_exists(uncertain)';
/** Only an effect that is known can have been undone. */
const IS_SETTLED = '#state = :settled';

const STATE_AND_OWNER = { '#state': 'state', '#owner': 'owner' };
/** How often a claim is tried while others take and free the same key. */
const MAX_TRIES = 5;

const keyOf = (key: string) => ({ pk: idempotencyPk(key), sk: CLAIM_SK });

const rowOf = ({ repeatable: _, now, ...request }: ClaimRequest) => ({
  ...keyOf(request.idempotency_key),
  ...request,
  claimed_at: now,
  state: 'IN_PROGRESS',
});

const refuseCollision = (row: ClaimRow, request: ClaimRequest): void => {
  const differs = (['tenant_id', 'action_intent_id'] as const).find((name) => row[name] !== request[name]);
  if (!differs) return;
  throw new ValidationError(
    `idempotency_key: "${request.idempotency_key}": stands for another action: ${differs} differs`,
    { error_code: 'IDEMPOTENCY_COLLISION' },
  );
};

/** What is plain from the row in the way; undefined when its claim is to be taken over. */
const standing = (row: ClaimRow, request: ClaimRequest): Claim | undefined => {
  refuseCollision(row, request);
  if (row.state === 'SETTLED') return { claimed: false, state: 'SETTLED', answer: row.answer };
  const isLive = row.state === 'IN_PROGRESS' && row.expires_at > request.now;
  if (isLive && row.owner !== request.owner)
    return { claimed: false, state: 'IN_PROGRESS', until: row.expires_at };
  // The very claim that is asked for: it was written, and only the answer was lost on the way.
  if (isLive && row.claimed_at === request.now) return { claimed: true, uncertain: row.uncertain === true };
  return request.repeatable ? undefined : { claimed: false, state: 'UNCERTAIN' };
};

/** Claims on idempotency keys. An uncontended claim and its settling take one write each. */
export const createIdempotencyStore = (
  client: DynamoDBDocumentClient,
  { EXTERNAL_WRITE_DEDUPE_TABLE_NAME: TableName }: Table,
): IdempotencyStore => {
  const isWritten = async (write: () => Promise<unknown>) => !(await rowInTheWay(write));

  const put = (input: Omit<PutCommandInput, 'TableName'>) =>
    rowInTheWay(() =>
      client.send(new PutCommand({ TableName, ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })),
    );

  const putFirst = (request: ClaimRequest) =>
    put({
      Item: rowOf(request),
      ConditionExpression: NOBODY_HAS_IT,
    });

  const takeOver = (request: ClaimRequest, seen: ClaimRow) =>
    put({
      Item: { ...rowOf(request), uncertain: true },
      ConditionExpression: STILL_THE_ONE_SEEN,
      ExpressionAttributeNames: STATE_AND_OWNER,
      ExpressionAttributeValues: {
        ':seen_state': seen.state,
        ':seen_owner': seen.owner,
        ':seen_at': seen.claimed_at,
      },
    });

  const tryClaim = async (request: ClaimRequest): Promise<Claim | undefined> => {
    const inTheWay = await putFirst(request);
    if (!inTheWay) return { claimed: true, uncertain: false };
    const row = parseRow(claimRow, inTheWay);
    const plain = standing(row, request);
    if (plain) return plain;
    return (await takeOver(request, row)) ? undefined : { claimed: true, uncertain: true };
  };

  const deleteIfCertain = (key: string, owner: string) =>
    isWritten(() =>
      client.send(
        new DeleteCommand({
          TableName,
          Key: keyOf(key),
          ConditionExpression: `${STILL_OURS} AND ${NOBODY_BEFORE_US}`,
          ExpressionAttributeNames: STATE_AND_OWNER,
          ExpressionAttributeValues: { ':owner': owner, ':in_progress': 'IN_PROGRESS' },
        }),
      ),
    );

  const updateIfOurs = (
    key: string,
    owner: string,
    UpdateExpression: string,
    values: Record<string, unknown>,
  ) =>
    isWritten(() =>
      client.send(
        new UpdateCommand({
          ...{ TableName, Key: keyOf(key), UpdateExpression },
          ConditionExpression: STILL_OURS,
          ExpressionAttributeNames: STATE_AND_OWNER,
          ExpressionAttributeValues: { ':owner': owner, ':in_progress': 'IN_PROGRESS', ...values },
        }),
      ),
    );

  return {
    async claim(request) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const claim = await tryClaim(request);
        if (claim) return claim;
      }
      throw new TransientError(`others keep taking idempotency key "${request.idempotency_key}"`, {
        error_code: 'IDEMPOTENCY_CONTENDED',
      });
    },
    settle: (key, owner, answer, now) =>
      updateIfOurs(key, owner, 'SET #state = :settled, answer = :answer, settled_at = :now', {
        ':settled': 'SETTLED',
        ':answer': answer,
        ':now': now,
      }),
    release: async (key, owner, uncertain) =>
      (!uncertain && (await deleteIfCertain(key, owner))) ||
      updateIfOurs(key, owner, 'SET #state = :uncertain', { ':uncertain': 'UNCERTAIN' }),
    async look(key) {
      const request = { TableName, Key: keyOf(key), ConsistentRead: true };
      const { Item } = await client.send(new GetCommand(request));
      const row = parseOptionalRow(claimRow, Item);
      if (!row) return { state: 'FREE' };
      return row.state === 'SETTLED' ? { state: 'SETTLED', answer: row.answer } : { state: 'OPEN' };
    },
    async forget(key) {
      await isWritten(() =>
        client.send(
          new DeleteCommand({
            ...{ TableName, Key: keyOf(key) },
            ConditionExpression: IS_SETTLED,
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':settled': 'SETTLED' },
          }),
        ),
      );
    },
  };
};
