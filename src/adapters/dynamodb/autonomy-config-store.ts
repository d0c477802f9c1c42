import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TransientError } from '../../application/errors.ts';
import type { AutonomyConfigStore, BudgetDay } from '../../application/ports/configuration.ts';
import type {
  ConfigKind,
  ConfigRow,
  ConfigValue,
  StandingConfig,
} from '../../domain/autonomy/config-change.ts';
import {
  CONFIG_LEDGER_EVENTS,
  type ConfigLedgerEntry,
  configEntry,
  configLedgerEntry,
} from '../../domain/autonomy/config-ledger.ts';
import { budgetPk, COUNT_PREFIX } from './budget-writes.ts';
import { type ConfigTables, configEntryWrite, configKey, configRowWrite, tableOf } from './config-writes.ts';
import { commitTogether } from './guarded-write.ts';
import { budgetStateSk, LEDGER_ENTRY_PREFIX, ledgerPk } from './keys.ts';
import { parseRow } from './rows.ts';

type Row = Readonly<Record<string, unknown>>;

/** What of a row is its value; the rest says whose it is, who wrote it and when. */
const FIELDS: Readonly<Record<ConfigKind, readonly string[]>> = {
  MODE: ['mode'],
  ALLOWLIST: ['action_types'],
  BUDGET: ['max_autonomous_per_day', 'max_per_action_type'],
  KILL_SWITCH: ['stopped', 'disabled_action_types'],
};

/** As JSON, whatever else DynamoDB knows: rows may have been written by hand. */
const valueIn = (kind: ConfigKind, row: Row): ConfigValue =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(FIELDS[kind].filter((name) => name in row).map((name) => [name, row[name]])),
    ),
  );

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Rows that were written by other means have no version, or one that is none. */
const versionOf = ({ version }: Row): number => (typeof version === 'number' && version >= 1 ? version : 0);

const standingOf = (row: ConfigRow, found: Row | undefined): StandingConfig => {
  if (!found) return { row, version: 0, value: undefined };
  const changed = {
    by: text(found.updated_by ?? found.by),
    at: text(found.updated_at ?? found.at),
    reason: text(found.reason),
  };
  return { row, version: versionOf(found), value: valueIn(row.kind, found), changed };
};

const budgetDayRow = z.looseObject({ total: z.int().default(0), settled: z.int().default(0) });

const ofTypes = (row: Row): [string, number][] =>
  Object.entries(row).flatMap(([name, count]) =>
    name.startsWith(COUNT_PREFIX) && typeof count === 'number'
      ? [[name.slice(COUNT_PREFIX.length), count] as [string, number]]
      : [],
  );

/** Modes, allowlists, budgets and kill switches, row by row, each with its version and the ledger of its changes. */
export const createAutonomyConfigStore = (
  client: DynamoDBDocumentClient,
  tables: ConfigTables,
): AutonomyConfigStore => {
  const requestFor = (rows: readonly ConfigRow[]) => {
    const names = [...new Set(rows.map((row) => tableOf(tables, row)))];
    return Object.fromEntries(
      names.map((name) => {
        const Keys = rows.filter((row) => tableOf(tables, row) === name).map(configKey);
        return [name, { Keys, ConsistentRead: true }];
      }),
    );
  };

  return {
    async read(rows) {
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(
        new BatchGetCommand({ RequestItems: requestFor(rows) }),
      );
      if (Object.keys(UnprocessedKeys).length > 0)
        throw new TransientError('not all rows of the configuration could be read');
      return rows.map((row) => {
        const { pk, sk } = configKey(row);
        const found = Responses[tableOf(tables, row)]?.find((other) => other.pk === pk && other.sk === sk);
        return standingOf(row, found);
      });
    },

    async writeIfUnchanged(before, write) {
      const entry = configEntry(before, write);
      const { committed } = await commitTogether(client, [
        { write: configRowWrite(tables, before, write), lost_to: 'ROW' },
        { write: configEntryWrite(tables, entry), lost_to: 'ENTRY' },
      ]);
      return committed ? { written: true, entry } : { written: false };
    },

    async budgetDay(scope, level, day): Promise<BudgetDay> {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tables.AUTONOMY_BUDGET_STATE_TABLE_NAME,
          Key: { pk: budgetPk(scope, level), sk: budgetStateSk(day) },
          ConsistentRead: true,
        }),
      );
      const { total, settled, ...others } = parseRow(budgetDayRow, Item ?? {});
      return { taken: total, settled, of_types: Object.fromEntries(ofTypes(others)) };
    },

    async history(tenantId, limit) {
      const pages = paginateQuery(
        { client },
        {
          TableName: tables.LEDGER_TABLE_NAME,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :entries)',
          FilterExpression: 'eventType IN (:config, :switch)',
          ExpressionAttributeValues: {
            ...{ ':pk': ledgerPk(tenantId), ':entries': LEDGER_ENTRY_PREFIX },
            ...{ ':config': CONFIG_LEDGER_EVENTS[0], ':switch': CONFIG_LEDGER_EVENTS[1] },
          },
          ScanIndexForward: false,
          ConsistentRead: true,
        },
      );
      const entries: ConfigLedgerEntry[] = [];
      for await (const { Items = [] } of pages) {
        entries.push(...Items.map((row) => parseRow(configLedgerEntry, row)));
        if (entries.length >= limit) break;
      }
      return entries.slice(0, limit);
    },
  };
};
