import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createActionTypeRegistry } from '../../adapters/dynamodb/action-type-registry-store.ts';
import {
  ALLOWLIST_SK,
  autonomySk,
  BUDGET_CONFIG_SK,
  connectorConfigSk,
  scopePk,
  tenantPk,
} from '../../adapters/dynamodb/keys.ts';
import type { TableNames } from '../../adapters/dynamodb/table-names.ts';
import { DEFAULT_ACTION_TYPES } from '../../domain/intent/default-action-types.ts';
import type { Scenario } from './scenario.ts';

type Row = Record<string, unknown>;
type SeedTables = Pick<
  TableNames,
  | 'TENANTS_TABLE_NAME'
  | 'AUTONOMY_CONFIG_TABLE_NAME'
  | 'AUTONOMY_BUDGET_STATE_TABLE_NAME'
  | 'ACTION_TYPE_REGISTRY_TABLE_NAME'
  | 'CONNECTOR_CONFIG_TABLE_NAME'
>;

/** Rows that one BatchWriteItem takes. */
const BATCH_ROWS = 25;

const autonomyRows = (scenario: Scenario, now: string): { config: Row[]; budget: Row[] } => {
  const config: Row[] = [];
  const budget: Row[] = [];
  for (const { tenant_id, account_id, allowlist, modes, budget: limits } of scenario.autonomy) {
    const pk = account_id === undefined ? tenantPk(tenant_id) : scopePk({ tenant_id, account_id });
    const of = { tenant_id, account_id, updated_at: now };
    config.push({ pk, sk: ALLOWLIST_SK, ...of, action_types: allowlist });
    for (const [type, mode] of Object.entries(modes)) config.push({ pk, sk: autonomySk(type), ...of, mode });
    if (limits) budget.push({ pk, sk: BUDGET_CONFIG_SK, ...of, ...limits });
  }
  return { config, budget };
};

const writeAll = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  rows: readonly Row[],
): Promise<void> => {
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const requests = rows.slice(from, from + BATCH_ROWS).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
  }
};

/** How every tenant reaches a system, by connector. */
export type Connectors = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const connectorRows = (scenario: Scenario, connectors: Connectors): Row[] =>
  scenario.tenants.flatMap(({ tenantId }) =>
    Object.entries(connectors).map(([connector, config]) => ({
      ...{ pk: tenantPk(tenantId), sk: connectorConfigSk(connector) },
      ...config,
    })),
  );

/** Writes how the tenants of a scenario reach the systems that tools act on. */
export const seedConnectors = (
  client: DynamoDBDocumentClient,
  tables: SeedTables,
  scenario: Scenario,
  connectors: Connectors,
): Promise<void> => writeAll(client, tables.CONNECTOR_CONFIG_TABLE_NAME, connectorRows(scenario, connectors));

/** Writes the rows that a scenario takes as given: its tenants, what may run without a person, and how action types are carried out. */
export const seedRows = async (
  client: DynamoDBDocumentClient,
  tables: SeedTables,
  scenario: Scenario,
  now: string,
): Promise<void> => {
  const tenants = scenario.tenants.map(({ timezone, ...tenant }) => ({
    ...{ ...tenant, createdAt: now, updatedAt: now },
    ...(timezone !== undefined && { config: { timezone } }),
  }));
  const { config, budget } = autonomyRows(scenario, now);
  await writeAll(client, tables.TENANTS_TABLE_NAME, tenants);
  await writeAll(client, tables.AUTONOMY_CONFIG_TABLE_NAME, config);
  await writeAll(client, tables.AUTONOMY_BUDGET_STATE_TABLE_NAME, budget);
  await createActionTypeRegistry(client, tables).seed(DEFAULT_ACTION_TYPES, now);
};
