import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createAutonomyConfigStore } from '../../src/adapters/dynamodb/autonomy-config-store.ts';
import type { ConfigTables } from '../../src/adapters/dynamodb/config-writes.ts';
import type { StandingConfig } from '../../src/domain/autonomy/config-change.ts';

interface Turned {
  readonly scope: 'GLOBAL' | { readonly tenant_id: string };
  readonly stopped?: boolean;
  readonly disabled_action_types?: readonly string[];
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Turns a kill switch as the commands do, with its version and its ledger entry; what is not named stays as it is. */
export const turnSwitch = async (
  client: DynamoDBDocumentClient,
  tables: ConfigTables,
  { scope, stopped, disabled_action_types, ...write }: Turned,
): Promise<void> => {
  const configs = createAutonomyConfigStore(client, tables);
  const tenant_id = scope === 'GLOBAL' ? undefined : scope.tenant_id;
  const [before] = (await configs.read([{ kind: 'KILL_SWITCH', tenant_id }])) as [StandingConfig];
  const value = {
    ...{ stopped: false, disabled_action_types: [], ...before.value },
    ...(stopped !== undefined && { stopped }),
    ...(disabled_action_types && { disabled_action_types: [...disabled_action_types] }),
  };
  const { written } = await configs.writeIfUnchanged(before, { ...write, value });
  if (!written) throw new Error('another one has turned the switch meanwhile');
};
