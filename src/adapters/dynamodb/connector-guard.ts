import { setTimeout as pause } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { Admission, Admitted, ConnectorGuard } from '../../application/ports/connectors.ts';
import {
  admit,
  CONNECTOR_LIMITS,
  type ConnectorLimits,
  type ConnectorState,
  connectorState,
  leave,
} from '../../domain/resilience/connector-state.ts';
import { CONNECTOR_STATE_SK, connectorStatePk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'RESILIENCE_TABLE_NAME'>;

export interface GuardOptions {
  readonly limits?: ConnectorLimits;
  /** From 0 up to 1; spreads out those who lost a race. */
  readonly random?: () => number;
}

/** A state is decided upon as it was read: whoever has changed it meanwhile has made that decision void. */
const STATE_UNCHANGED = '#version = :version';
const NO_STATE_YET = 'attribute_not_exists(pk)';

const MAX_TRIES = 10;
const MAX_PAUSE_MILLISECONDS = 50;
/** A connector that nobody has used for so long starts anew, in seconds. */
const KEPT_SECONDS = 14 * 86_400;

type Decision<T> = { readonly result: T; readonly next: ConnectorState | undefined };

const keyOf = ({ connector, tenant_id }: Admission) => ({
  pk: connectorStatePk(connector, tenant_id),
  sk: CONNECTOR_STATE_SK,
});

const conditionOn = (seen: ConnectorState | undefined) =>
  seen && {
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': seen.version },
  };

/** Circuits and slots that all functions share: a consistent read and a conditional write for each call that comes or goes. */
export const createConnectorGuard = (
  client: DynamoDBDocumentClient,
  { RESILIENCE_TABLE_NAME: TableName }: Table,
  { limits = CONNECTOR_LIMITS, random = Math.random }: GuardOptions = {},
): ConnectorGuard => {
  const read = async (admission: Admission): Promise<ConnectorState | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keyOf(admission), ConsistentRead: true }),
    );
    return parseOptionalRow(connectorState, Item);
  };

  const writeIfUnchanged = async (
    admission: Admission,
    seen: ConnectorState | undefined,
    next: ConnectorState,
  ): Promise<boolean> => {
    const { connector, tenant_id, now } = admission;
    const ttl_epoch_sec = Math.floor(Date.parse(now) / 1000) + KEPT_SECONDS;
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: { ...keyOf(admission), connector, tenant_id, ...next, ttl_epoch_sec },
          ConditionExpression: seen ? STATE_UNCHANGED : NO_STATE_YET,
          ...conditionOn(seen),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const change = async <T>(
    admission: Admission,
    decide: (state: ConnectorState | undefined) => Decision<T>,
  ): Promise<T> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (tries > 0) await pause(random() * MAX_PAUSE_MILLISECONDS);
      const seen = await read(admission);
      const { result, next } = decide(seen);
      if (!next || (await writeIfUnchanged(admission, seen, next))) return result;
    }
    throw new TransientError(`too many calls of ${admission.connector} come and go at once`, {
      error_class: 'RATE_LIMIT',
      error_code: 'CONNECTOR_CONTENDED',
    });
  };

  return {
    admit: (admission) =>
      change<Admitted>(admission, (seen) => {
        const decided = admit(seen, admission, limits);
        if (!decided.admitted) return { result: decided, next: undefined };
        return { result: { admitted: true }, next: decided.state };
      }),
    leave: (admission, healthy) =>
      change(admission, (seen) => {
        const next = seen && leave(seen, { ...admission, healthy }, limits);
        return { result: undefined, next: next === seen ? undefined : next };
      }),
  };
};
