import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { TransientError, ValidationError } from '../../application/errors.ts';
import type { ActionTypeRegistry } from '../../application/ports/configuration.ts';
import { complaints } from '../../contracts/complaints.ts';
import {
  type ActionTypeEntry,
  actionTypeEntry,
  type NewActionTypeEntry,
} from '../../domain/intent/action-type-registry.ts';
import { commitTogether } from './guarded-write.ts';
import { actionTypePk, REGISTRY_VERSION_PREFIX, registryVersionSk, VERSION_COUNTER_SK } from './keys.ts';
import { parseOptionalRow, parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'ACTION_TYPE_REGISTRY_TABLE_NAME'>;

/** Intents pin versions, so none is ever written over. */
const VERSION_IS_NEW = 'attribute_not_exists(pk)';
/** Only a type that never had a version, not even one that is just being written, is seeded. */
const NO_NUMBER_GIVEN_YET = 'attribute_not_exists(pk)';

const FIRST_VERSION = 1;
/** Versions read at once on the way back to the last one in force. */
const PAGE_SIZE = 5;

const entryOf = (
  entry: NewActionTypeEntry,
  registry_version: number,
  created_at: string,
): ActionTypeEntry => {
  const whole = { ...entry, registry_version, created_at };
  const { data, error } = actionTypeEntry.safeParse(whole);
  if (error) throw new ValidationError(`action type ${entry.action_type}: ${complaints(error, whole)}`);
  return data;
};

const itemOf = (entry: ActionTypeEntry) => ({
  pk: actionTypePk(entry.action_type, entry.tenant_id),
  sk: registryVersionSk(entry.registry_version),
  ...entry,
});

/** One line of numbers for each action type, shared by the default's versions and all tenants'. */
const counterKey = (actionType: string) => ({ pk: actionTypePk(actionType), sk: VERSION_COUNTER_SK });

/** Versions of how action types are carried out: written once, never changed. */
export const createActionTypeRegistry = (
  client: DynamoDBDocumentClient,
  { ACTION_TYPE_REGISTRY_TABLE_NAME: TableName }: Table,
): ActionTypeRegistry & {
  /**
   * Adds a version under the next number.
   *
   * @throws ValidationError when the entry does not fit; no number is used up.
   * @throws TransientError when the number has been used without the counter; the next try takes the one after it.
   */
  register(entry: NewActionTypeEntry, now: string): Promise<ActionTypeEntry>;
  /** Writes entries as first versions of action types that have none; gives back those that it wrote. */
  seed(entries: readonly NewActionTypeEntry[], now: string): Promise<ActionTypeEntry[]>;
} => {
  const lastInForce = async (pk: string): Promise<ActionTypeEntry | undefined> => {
    const pages = paginateQuery(
      { client, pageSize: PAGE_SIZE },
      {
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :versions)',
        ExpressionAttributeValues: { ':pk': pk, ':versions': REGISTRY_VERSION_PREFIX },
        ScanIndexForward: false,
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      const entries = Items.map((row) => parseRow(actionTypeEntry, row));
      const inForce = entries.find(({ deprecated_at }) => deprecated_at === undefined);
      if (inForce) return inForce;
    }
    return undefined;
  };

  const version = async (pk: string, number: number): Promise<ActionTypeEntry | undefined> => {
    const Key = { pk, sk: registryVersionSk(number) };
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return parseOptionalRow(actionTypeEntry, Item);
  };

  const nextNumber = async (actionType: string): Promise<number> => {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName,
        Key: counterKey(actionType),
        UpdateExpression: 'ADD next_version :one',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return Number(Attributes?.next_version);
  };

  const putNew = async (entry: ActionTypeEntry): Promise<void> => {
    const { action_type, registry_version } = entry;
    try {
      await client.send(
        new PutCommand({
          ...{ TableName, Item: itemOf(entry) },
          ConditionExpression: VERSION_IS_NEW,
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new TransientError(`version ${registry_version} of action type ${action_type} is there already`, {
        error_code: 'REGISTRY_VERSION_TAKEN',
      });
    }
  };

  const seedOne = async (entry: ActionTypeEntry): Promise<boolean> => {
    const first = {
      TableName,
      Item: itemOf(entry),
      ConditionExpression: VERSION_IS_NEW,
    };
    const counter = {
      TableName,
      Item: { ...counterKey(entry.action_type), next_version: FIRST_VERSION },
      ConditionExpression: NO_NUMBER_GIVEN_YET,
    };
    const writes = [first, counter].map((Put) => ({ write: { Put }, lost_to: 'OTHERS' as const }));
    return (await commitTogether(client, writes)).committed;
  };

  return {
    latest: async (tenantId, actionType) =>
      (await lastInForce(actionTypePk(actionType, tenantId))) ?? lastInForce(actionTypePk(actionType)),
    get: async (tenantId, actionType, number) =>
      (await version(actionTypePk(actionType, tenantId), number)) ??
      version(actionTypePk(actionType), number),
    async register(entry, now) {
      const fitting = entryOf(entry, FIRST_VERSION, now);
      const registered = { ...fitting, registry_version: await nextNumber(entry.action_type) };
      await putNew(registered);
      return registered;
    },
    async seed(entries, now) {
      const firsts = entries.map((entry) => entryOf(entry, FIRST_VERSION, now));
      const written: ActionTypeEntry[] = [];
      for (const first of firsts) if (await seedOne(first)) written.push(first);
      return written;
    },
  };
};
