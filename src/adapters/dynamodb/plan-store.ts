import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../../application/errors.ts';
import type { PlanHint, PlanKey, PlanListing, PlanStore } from '../../application/ports/plans.ts';
import { identifier } from '../../domain/identifiers.ts';
import { type LedgerEntry, ledgerEntry } from '../../domain/ledger/plan-ledger.ts';
import { PLAN_STATUSES, type Plan, plan as planSchema } from '../../domain/plan/plan.ts';
import { commitTogether } from './guarded-write.ts';
import { activeLockSk, dueShard, dueShards, dueSk, eventSk, planPk, scopePk } from './keys.ts';
import { commitWrites } from './plan-commit.ts';
import { parseOptionalRow, parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

/** Sorts after every plan id that can follow an instant in `due_sk`. */
const AFTER_ALL_IDS = '#\uffff';
/** Keys that one BatchGetItem takes. */
const BATCH_KEYS = 100;
/** The plan has not changed since it was looked at; if it has, whoever changed it has set `due_at` too. */
const PLAN_UNCHANGED = 'version = :read';
/** What is in the index moves in it; a plan that has ended or gone meanwhile is not put back. */
const STILL_LISTED = 'attribute_exists(due_sk)';

const locationRow = z.object({ plan_id: identifier, tenant_id: identifier, account_id: identifier });
const planStatus = z.enum(PLAN_STATUSES);

/** Where a plan stands is told by its keys, which are never missing, whatever else its row has become. */
const PLAN_KEY = /^TENANT#([^#]+)#ACCOUNT#([^#]+)\/PLAN#([^#]+)$/;

const hintOf = (row: Record<string, unknown>): PlanHint[] => {
  const [, tenant_id, account_id, plan_id] = PLAN_KEY.exec(`${row.pk}/${row.sk}`) ?? [];
  if (!tenant_id || !account_id || !plan_id) return [];
  return [{ tenant_id, account_id, plan_id, plan_status: planStatus.safeParse(row.plan_status).data }];
};

const planKey = (key: PlanKey) => ({ pk: scopePk(key), sk: planPk(key.plan_id) });

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const parsePlan = (row: Record<string, unknown>): Plan => parseRow(planSchema, row);

/** Plans, their ledgers and the lock of the ACTIVE plan. A plan changes by `commitIfUnchanged` only. */
export const createPlanStore = (client: DynamoDBDocumentClient, tables: TableNames): PlanStore => {
  const TableName = tables.REVENUE_PLANS_TABLE_NAME;

  const readBatch = async (keys: readonly PlanKey[]): Promise<Record<string, unknown>[]> => {
    const request = { [TableName]: { Keys: keys.map(planKey), ConsistentRead: true } };
    const { Responses, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: request }),
    );
    if (Object.keys(UnprocessedKeys).length > 0) throw new TransientError('not all plans could be read');
    return Responses?.[TableName] ?? [];
  };

  async function* dueInShard(shard: string, upTo: string): AsyncGenerator<(PlanHint & { due_at: string })[]> {
    const pages = paginateQuery(
      { client },
      {
        TableName,
        IndexName: 'due-index',
        KeyConditionExpression: 'due_shard = :shard AND due_sk < :end',
        ExpressionAttributeValues: { ':shard': shard, ':end': `${upTo}${AFTER_ALL_IDS}` },
      },
    );
    for await (const { Items = [] } of pages) {
      const dueAtOf = (row: Record<string, unknown>) => String(row.due_sk).split('#', 1)[0] ?? '';
      yield Items.flatMap((row) => hintOf(row).map((hint) => ({ ...hint, due_at: dueAtOf(row) })));
    }
  }

  return {
    async get(key) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: planKey(key), ConsistentRead: true }),
      );
      return parseOptionalRow(planSchema, Item);
    },

    async getMany(keys) {
      const rows = (await Promise.all(chunks(keys, BATCH_KEYS).map(readBatch))).flat();
      const byKey = new Map(rows.map((row) => [`${row.pk}/${row.sk}`, row]));
      const plans: Plan[] = [];
      const invalid: (PlanKey & { error: string })[] = [];
      for (const key of keys) {
        const row = byKey.get(`${scopePk(key)}/${planPk(key.plan_id)}`);
        try {
          if (row) plans.push(parsePlan(row));
        } catch (error) {
          invalid.push({ ...key, error: `${(error as Error).name}: ${(error as Error).message}` });
        }
      }
      return { plans, invalid };
    },

    async activePlanId(scope, planType) {
      const Key = { pk: scopePk(scope), sk: activeLockSk(planType) };
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && String(Item.plan_id);
    },

    async commitIfUnchanged(commit) {
      const result = await commitTogether(client, commitWrites(tables, commit));
      return result.committed ? result : { committed: false, lost_to: result.lost_to };
    },

    async postponeIfUnchanged(plan, dueAt) {
      try {
        await client.send(
          new UpdateCommand({
            TableName,
            Key: planKey(plan),
            UpdateExpression:
              dueAt === undefined ? 'REMOVE due_shard, due_sk' : 'SET due_shard = :shard, due_sk = :sk',
            ConditionExpression: PLAN_UNCHANGED,
            ExpressionAttributeValues: {
              ':read': plan.version,
              ...(dueAt !== undefined && {
                ':shard': dueShard(plan.plan_id),
                ':sk': dueSk(dueAt, plan.plan_id),
              }),
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async postponeIfListed(key, dueAt) {
      const update = new UpdateCommand({
        TableName,
        Key: planKey(key),
        UpdateExpression: 'SET due_shard = :shard, due_sk = :sk',
        ConditionExpression: STILL_LISTED,
        ExpressionAttributeValues: { ':shard': dueShard(key.plan_id), ':sk': dueSk(dueAt, key.plan_id) },
      });
      await client.send(update).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },

    async *listDue(upTo) {
      const shards = dueShards().map((shard) => dueInShard(shard, upTo));
      const firstPages = await Promise.all(shards.map((shard) => shard.next()));
      for (const page of firstPages) if (!page.done) yield page.value;
      for (const shard of shards) yield* shard;
    },

    async *listByTenant(tenantId) {
      const pages = paginateQuery(
        { client },
        {
          TableName,
          IndexName: 'tenant-index',
          KeyConditionExpression: 'tenant_id = :tenant',
          ExpressionAttributeValues: { ':tenant': tenantId },
        },
      );
      for await (const { Items = [] } of pages) {
        yield Items.flatMap((row) => {
          const { plan_type, objective, expires_at } = row;
          const shown = {
            plan_type: String(plan_type),
            objective: String(objective),
            expires_at: String(expires_at),
          };
          return hintOf(row).map((hint): PlanListing => ({ ...hint, ...shown }));
        });
      }
    },

    async locate(planId) {
      const TableName = tables.PLAN_LEDGER_TABLE_NAME;
      const Key = { pk: planPk(planId), sk: eventSk(1) };
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && parseRow(locationRow, Item);
    },

    async ledger(planId) {
      const entries: LedgerEntry[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tables.PLAN_LEDGER_TABLE_NAME,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :plan',
          ExpressionAttributeValues: { ':plan': planPk(planId) },
        },
      );
      for await (const { Items = [] } of pages) {
        entries.push(...Items.map((row) => parseRow(ledgerEntry, row) as LedgerEntry));
      }
      return entries;
    },
  };
};
