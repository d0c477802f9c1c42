import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createConnectorConfigStore } from '../../../src/adapters/dynamodb/connector-config-store.ts';
import type { ConnectorId } from '../../../src/contracts/tools.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'CONNECTOR_CONFIG_TABLE_NAME';
const TENANT_PK = 'TENANT#acme';
const get = (connector: ConnectorId = 'crm', scope = SCOPE) =>
  createConnectorConfigStore(world.tables.documentClient, world.names).get(scope, connector);
const put = (pk: string, config: object, connector = 'crm') =>
  world.put(TABLE, { pk, sk: `CONNECTOR#${connector}`, ...config });
const withAnswer = async (answer: object) => {
  const mock = mockClient(world.tables.documentClient);
  mock.on(BatchGetCommand).resolves(answer);
  try {
    return {
      config: await get(),
      inputs: mock.commandCalls(BatchGetCommand).map(({ args }) => args[0].input),
    };
  } finally {
    mock.restore();
  }
};

describe('the configuration of a connector', () => {
  it('is none where nobody has written one', async () => {
    expect(await get()).toBeUndefined();
  });

  it("is the tenant's, as it was written", async () => {
    const config = { instance_url: 'https://acme.example', api: { version: 61, tags: ['a'] } };
    await put(TENANT_PK, config);
    expect(await get()).toEqual(config);
  });

  it("is the account's alone where it has one", async () => {
    await put(TENANT_PK, { instance_url: 'https://acme.example', secret_id: 's' });
    await put(SCOPE_PK, { instance_url: 'https://a1.example' });
    expect(await get()).toEqual({ instance_url: 'https://a1.example' });
    expect(await get('crm', { ...SCOPE, account_id: 'a2' })).toMatchObject({ secret_id: 's' });
  });

  it('is not that of another tenant or connector', async () => {
    await put(TENANT_PK, { url: 'https://acme.example' });
    expect(await get('webhook')).toBeUndefined();
    expect(await get('crm', { ...SCOPE, tenant_id: 'globex' })).toBeUndefined();
  });

  it('is named by its row when it cannot be read', async () => {
    await put(TENANT_PK, { tags: new Set(['a']) });
    await expect(get()).rejects.toThrow(/CONNECTOR#crm: tags/);
    await expect(get()).rejects.toMatchObject({ name: 'StoredRowInvalidError' });
  });

  it('is read in one consistent call', async () => {
    const { config, inputs } = await withAnswer({});
    const Keys = [SCOPE_PK, TENANT_PK].map((pk) => ({ pk, sk: 'CONNECTOR#crm' }));
    expect(inputs).toEqual([{ RequestItems: { [world.names[TABLE]]: { Keys, ConsistentRead: true } } }]);
    expect(config).toBeUndefined();
  });

  it('is not decided upon when DynamoDB gave back a part of it only', async () => {
    const UnprocessedKeys = { [world.names[TABLE]]: { Keys: [{ pk: SCOPE_PK, sk: 'CONNECTOR#crm' }] } };
    await expect(withAnswer({ UnprocessedKeys })).rejects.toMatchObject({ name: 'TransientError' });
  });
});
