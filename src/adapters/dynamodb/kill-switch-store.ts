import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { KillSwitchStore } from '../../application/ports/configuration.ts';
import { killSwitch } from '../../domain/autonomy/kill-switch.ts';
import { GLOBAL_PK, KILL_SWITCH_SK, tenantPk } from './keys.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'KILL_SWITCHES_TABLE_NAME'>;
type Row = Readonly<Record<string, unknown>>;

const keyOf = (pk: string) => ({ pk, sk: KILL_SWITCH_SK });

/** What a switch stops, in words. One that cannot be read might stop anything, so it does. */
const stoppedBy = (row: Row | undefined, name: string, actionType: string): string | undefined => {
  if (!row) return undefined;
  const { data } = killSwitch.safeParse(row);
  if (!data) return `unreadable kill switch ${String(row.pk)}`;
  if (data.stopped) return name;
  return data.disabled_action_types.includes(actionType) ? `${name} for ${actionType}` : undefined;
};

/** Switches that stop actions: everybody's, a tenant's, or those of one type for a tenant. A switch without a row stops nothing. */
export const createKillSwitchStore = (
  client: DynamoDBDocumentClient,
  { KILL_SWITCHES_TABLE_NAME: TableName }: Table,
): KillSwitchStore => ({
  async check(tenantId, actionType) {
    const Keys = [GLOBAL_PK, tenantPk(tenantId)].map(keyOf);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
    );
    if (Object.keys(UnprocessedKeys).length > 0)
      throw new TransientError('not all kill switches could be read');
    const row = (pk: string) => Responses[TableName]?.find((found) => found.pk === pk);
    return {
      stopped_by:
        stoppedBy(row(GLOBAL_PK), 'the global kill switch', actionType) ??
        stoppedBy(row(tenantPk(tenantId)), `the kill switch of tenant ${tenantId}`, actionType),
    };
  },
});
