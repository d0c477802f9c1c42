import { BatchGetCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { TransientError } from '../../application/errors.ts';
import type { KillSwitchStore } from '../../application/ports/configuration.ts';
import { GLOBAL_PK, KILL_SWITCH_SK, tenantPk } from './keys.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'KILL_SWITCHES_TABLE_NAME'>;
type Row = Readonly<Record<string, unknown>>;

/** Who turned a switch, and why. */
interface Turned {
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** What is not named stays as it is. */
export type KillSwitchChange =
  | (Turned & {
      readonly scope: 'GLOBAL';
      readonly stopped?: boolean;
      readonly disabled_action_types?: never;
    })
  | (Turned & {
      readonly scope: { readonly tenant_id: string };
      readonly stopped?: boolean;
      readonly disabled_action_types?: readonly string[];
    });

const switchRow = z.object({
  stopped: z.boolean(),
  disabled_action_types: z.array(z.string()).default([]),
});

const keyOf = (pk: string) => ({ pk, sk: KILL_SWITCH_SK });

/** What a switch stops, in words. One that cannot be read might stop anything, so it does. */
const stoppedBy = (row: Row | undefined, name: string, actionType: string): string | undefined => {
  if (!row) return undefined;
  const { data } = switchRow.safeParse(row);
  if (!data) return `unreadable kill switch ${String(row.pk)}`;
  if (data.stopped) return name;
  return data.disabled_action_types.includes(actionType) ? `${name} for ${actionType}` : undefined;
};

/** Switches that stop actions: everybody's, a tenant's, or those of one type for a tenant. A switch without a row stops nothing. */
export const createKillSwitchStore = (
  client: DynamoDBDocumentClient,
  { KILL_SWITCHES_TABLE_NAME: TableName }: Table,
): KillSwitchStore & { set(change: KillSwitchChange): Promise<void> } => ({
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
  async set({ scope, stopped, disabled_action_types, reason, by, at }) {
    const pk = scope === 'GLOBAL' ? GLOBAL_PK : tenantPk(scope.tenant_id);
    const position = stopped === undefined ? 'if_not_exists(#stopped, :stopped)' : ':stopped';
    const types = disabled_action_types && ', #types = :types';
    await client.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(pk),
        UpdateExpression: `SET #stopped = ${position}, #reason = :reason, #by = :by, #at = :at${types ?? ''}`,
        ExpressionAttributeNames: {
          ...{ '#stopped': 'stopped', '#reason': 'reason', '#by': 'by', '#at': 'at' },
          ...(types && { '#types': 'disabled_action_types' }),
        },
        ExpressionAttributeValues: {
          ...{ ':stopped': stopped ?? false, ':reason': reason, ':by': by, ':at': at },
          ...(types && { ':types': disabled_action_types }),
        },
      }),
    );
  },
});
