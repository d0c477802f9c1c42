import { type DynamoDBDocumentClient, GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Tenant, TenantStore, UnreadableTenant } from '../../application/ports/configuration.ts';
import { identifier, timeZone } from '../../domain/identifiers.ts';
import { tenantPlanPolicy } from '../../domain/policy/plan-policy-gate.ts';
import { parseRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'TENANTS_TABLE_NAME'>;

/** Tenants are written by others too: what is not needed here is passed over. */
const tenantRow = z.object({
  tenantId: identifier,
  name: z.string().optional(),
  status: z.enum(['active', 'suspended', 'deleted']).default('active'),
  config: z.object({ timezone: timeZone.optional() }).optional(),
  plan_policy: tenantPlanPolicy.optional(),
});

const parse = (row: Record<string, unknown>): Tenant => {
  const { config, ...tenant } = parseRow(tenantRow, { ...row, pk: 'tenant', sk: row.tenantId });
  return { ...tenant, ...(config?.timezone !== undefined && { timezone: config.timezone }) };
};

const parseOrName = (row: Record<string, unknown>): Tenant | UnreadableTenant => {
  try {
    return parse(row);
  } catch (error) {
    return { tenantId: String(row.tenantId), status: 'unreadable', error: (error as Error).name };
  }
};

export const createTenantStore = (client: DynamoDBDocumentClient, table: Table): TenantStore => ({
  async get(tenantId) {
    const { Item } = await client.send(
      new GetCommand({ TableName: table.TENANTS_TABLE_NAME, Key: { tenantId }, ConsistentRead: true }),
    );
    return Item && parse(Item);
  },
  async *list() {
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table.TENANTS_TABLE_NAME })) {
      yield Items.map(parseOrName);
    }
  },
});
