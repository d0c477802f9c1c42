import * as z from 'zod';
import { identifier } from '../identifiers.ts';
import { tenantLedgerEntry } from '../ledger/tenant-ledger.ts';
import type { ConfigRow, ConfigValue, StandingConfig } from './config-change.ts';

export const CONFIG_LEDGER_EVENTS = ['CONFIG_CHANGED', 'KILL_SWITCH_CHANGED'] as const;

const count = z.int().nonnegative();
const value = z.record(z.string(), z.json());

/** What an entry keeps of a change. */
const changed = z.strictObject({
  config: z.enum(['MODE', 'ALLOWLIST', 'BUDGET', 'KILL_SWITCH']),
  account_id: identifier.optional(),
  action_type: identifier.optional(),
  /** Null when there was no row. */
  old_value: value.nullable(),
  new_value: value,
  old_version: count,
  new_version: count,
  changed_by: z.string(),
  reason: z.string().optional(),
});

/** One entry of the ledger that a change of the configuration has left. */
export const configLedgerEntry = tenantLedgerEntry.extend({
  eventType: z.enum(CONFIG_LEDGER_EVENTS),
  /** Absent: the kill switch of all tenants, which stands in a ledger of its own. */
  tenantId: identifier.optional(),
  accountId: identifier.optional(),
  data: changed,
});
export type ConfigLedgerEntry = z.infer<typeof configLedgerEntry>;

/** A change that is about to be written. */
export interface ConfigWrite {
  readonly value: ConfigValue;
  readonly by: string;
  /** ISO-8601 instant. */
  readonly at: string;
  readonly reason?: string | undefined;
}

const VERSION_DIGITS = 6;

/** The same for every try at writing a version of a row; "/" is in no identifier. */
const entryId = ({ kind, account_id, action_type }: ConfigRow, version: number): string =>
  [
    ...['config', kind],
    ...(account_id === undefined ? [] : ['account', account_id]),
    ...(action_type === undefined ? [] : ['type', action_type]),
    `v${String(version).padStart(VERSION_DIGITS, '0')}`,
  ].join('/');

/** What the ledger keeps of a change: who, when, why, which row, and what it said before and says now. */
export const configEntry = (before: StandingConfig, write: ConfigWrite): ConfigLedgerEntry => {
  const { row, version, value: old } = before;
  const { kind, tenant_id, account_id, action_type } = row;
  const id = entryId(row, version + 1);
  return configLedgerEntry.parse({
    ...{ entryId: id, traceId: id, timestamp: write.at },
    eventType: kind === 'KILL_SWITCH' ? 'KILL_SWITCH_CHANGED' : 'CONFIG_CHANGED',
    ...(tenant_id !== undefined && { tenantId: tenant_id }),
    ...(account_id !== undefined && { accountId: account_id }),
    data: {
      config: kind,
      ...(account_id !== undefined && { account_id }),
      ...(action_type !== undefined && { action_type }),
      ...{ old_value: old ?? null, new_value: write.value },
      ...{ old_version: version, new_version: version + 1, changed_by: write.by },
      ...(write.reason !== undefined && { reason: write.reason }),
    },
  });
};
