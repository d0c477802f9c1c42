import type { ConfigRow, StandingConfig } from '../../domain/autonomy/config-change.ts';
import type { ConfigLedgerEntry, ConfigWrite } from '../../domain/autonomy/config-ledger.ts';
import type { TransactItem } from './guarded-write.ts';
import {
  ALLOWLIST_SK,
  autonomySk,
  BUDGET_CONFIG_SK,
  GLOBAL_PK,
  KILL_SWITCH_SK,
  ledgerEntrySk,
  ledgerPk,
  scopePk,
  tenantPk,
} from './keys.ts';
import type { TableNames } from './table-names.ts';

export type ConfigTables = Pick<
  TableNames,
  | 'AUTONOMY_CONFIG_TABLE_NAME'
  | 'AUTONOMY_BUDGET_STATE_TABLE_NAME'
  | 'KILL_SWITCHES_TABLE_NAME'
  | 'LEDGER_TABLE_NAME'
>;

/** The caller has seen this version, and no other change has come between. */
const VERSION_IS_AS_READ = '#version = :seen';
/** A row that was written by other means has no version, or one that is none. It must not have got one since, nor have gone. */
const STILL_WITHOUT_VERSION = 'attribute_exists(pk) AND (NOT #version >= :first)';
/** Nobody has written the row first. */
const STILL_NO_ROW = 'attribute_not_exists(pk)';
/** The ledger is append-only: an entry is never written over. */
const ENTRY_IS_NEW = 'attribute_not_exists(pk)';

const FIRST_VERSION = 1;

export const tableOf = (tables: ConfigTables, { kind }: ConfigRow): string => {
  if (kind === 'KILL_SWITCH') return tables.KILL_SWITCHES_TABLE_NAME;
  return kind === 'BUDGET' ? tables.AUTONOMY_BUDGET_STATE_TABLE_NAME : tables.AUTONOMY_CONFIG_TABLE_NAME;
};

const skOf = ({ kind, action_type }: ConfigRow): string => {
  switch (kind) {
    case 'MODE':
      return autonomySk(action_type ?? 'DEFAULT');
    case 'ALLOWLIST':
      return ALLOWLIST_SK;
    case 'BUDGET':
      return BUDGET_CONFIG_SK;
    case 'KILL_SWITCH':
      return KILL_SWITCH_SK;
  }
};

const pkOf = ({ tenant_id, account_id }: ConfigRow): string => {
  if (tenant_id === undefined) return GLOBAL_PK;
  return account_id === undefined ? tenantPk(tenant_id) : scopePk({ tenant_id, account_id });
};

/** Where a row of the configuration stands. */
export const configKey = (row: ConfigRow): { pk: string; sk: string } => ({ pk: pkOf(row), sk: skOf(row) });

type Attributes = Readonly<Record<string, unknown>>;

/** Who wrote the row, in the words of its table. */
const writerOf = ({ kind }: ConfigRow, { by, at, reason }: ConfigWrite): Attributes =>
  kind === 'KILL_SWITCH' ? { by, at, reason } : { updated_by: by, updated_at: at };

/** Whose the row is; that of a kill switch tells it by its key alone. */
const ownerOf = ({ kind, tenant_id, account_id }: ConfigRow): Attributes =>
  kind === 'KILL_SWITCH' ? {} : { tenant_id, account_id };

/** Sets what has a value, takes away what has none, and leaves every other attribute of the row as it is. */
const assignment = (attributes: Attributes) => {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const gone = Object.keys(attributes).filter((name) => attributes[name] === undefined);
  const remove = gone.length === 0 ? '' : ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}`;
  return {
    UpdateExpression: `SET ${present.map(([name]) => `#${name} = :${name}`).join(', ')}${remove}`,
    ExpressionAttributeNames: Object.fromEntries(Object.keys(attributes).map((name) => [`#${name}`, name])),
    values: Object.fromEntries(present.map(([name, value]) => [`:${name}`, value])),
  };
};

/** Fields that a value may leave out. */
const OPTIONAL: Attributes = { max_per_action_type: undefined };

/** Writes a row under its next version, unless another has changed it since it was read. */
export const configRowWrite = (
  tables: ConfigTables,
  { row, version, value: old }: StandingConfig,
  write: ConfigWrite,
): TransactItem => {
  const { values, ...expressions } = assignment({
    ...(row.kind === 'BUDGET' && OPTIONAL),
    ...write.value,
    ...ownerOf(row),
    ...writerOf(row, write),
    version: version + 1,
  });
  const update = { TableName: tableOf(tables, row), Key: configKey(row), ...expressions };
  if (old === undefined)
    return {
      Update: {
        ...{ ...update, ExpressionAttributeValues: values },
        ConditionExpression: STILL_NO_ROW,
      },
    };
  if (version < FIRST_VERSION)
    return {
      Update: {
        ...{ ...update, ExpressionAttributeValues: { ...values, ':first': FIRST_VERSION } },
        ConditionExpression: STILL_WITHOUT_VERSION,
      },
    };
  return {
    Update: {
      ...{ ...update, ExpressionAttributeValues: { ...values, ':seen': version } },
      ConditionExpression: VERSION_IS_AS_READ,
    },
  };
};

/** Adds a change to the ledger of its tenant, or to that of the kill switch of all tenants. */
export const configEntryWrite = (tables: ConfigTables, entry: ConfigLedgerEntry): TransactItem => ({
  Put: {
    TableName: tables.LEDGER_TABLE_NAME,
    Item: { pk: ledgerPk(entry.tenantId), sk: ledgerEntrySk(entry.timestamp, entry.entryId), ...entry },
    ConditionExpression: ENTRY_IS_NEW,
  },
});
