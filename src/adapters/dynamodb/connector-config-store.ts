import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../application/errors.ts';
import type { ConnectorConfigStore } from '../../application/ports/configuration.ts';
import { jsonObject } from '../../domain/identifiers.ts';
import { connectorConfigSk, scopePk, tenantPk } from './keys.ts';
import { parseOptionalRow } from './rows.ts';
import type { TableNames } from './table-names.ts';

type Table = Pick<TableNames, 'CONNECTOR_CONFIG_TABLE_NAME'>;

/** How systems are reached, by account or by tenant; an account's row stands for all of it, nothing of the tenant's is mixed in. */
export const createConnectorConfigStore = (
  client: DynamoDBDocumentClient,
  { CONNECTOR_CONFIG_TABLE_NAME: TableName }: Table,
): ConnectorConfigStore => ({
  async get(scope, connector) {
    const [account, tenant] = [scopePk(scope), tenantPk(scope.tenant_id)];
    const Keys = [account, tenant].map((pk) => ({ pk, sk: connectorConfigSk(connector) }));
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
    );
    if (Object.keys(UnprocessedKeys).length > 0)
      throw new TransientError(`not all configurations of ${connector} could be read`);
    const row = (pk: string) => Responses[TableName]?.find((found) => found.pk === pk);
    return parseOptionalRow(jsonObject, row(account) ?? row(tenant));
  },
});
