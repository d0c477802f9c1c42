import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createTenantStore } from '../../../src/adapters/dynamodb/tenant-store.ts';
import { StoredRowInvalidError } from '../../../src/application/errors.ts';
import type { Tenant, TenantStore, UnreadableTenant } from '../../../src/application/ports/configuration.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const put = (row: Record<string, unknown>) => world.put('TENANTS_TABLE_NAME', row);
const listed = async (
  tenants: TenantStore = world.runtime.tenants,
): Promise<(Tenant | UnreadableTenant)[][]> => {
  const pages: (Tenant | UnreadableTenant)[][] = [];
  for await (const page of tenants.list()) pages.push(page);
  return pages;
};

describe('tenants', () => {
  it('are active unless their row says otherwise', async () => {
    await put({ tenantId: 'acme', name: 'Acme' });
    await put({ tenantId: 'bolt', status: 'suspended' });
    expect(await world.runtime.tenants.get('acme')).toEqual({
      ...{ tenantId: 'acme', name: 'Acme', status: 'active' },
    });
    expect((await world.runtime.tenants.get('bolt'))?.status).toBe('suspended');
  });

  it('bring the policy that their plans have to meet', async () => {
    const plan_policy = { elevated_authority: { risk_at_least: 'HIGH', approvers: ['carla'] } };
    await put({ tenantId: 'acme', plan_policy });
    expect((await world.runtime.tenants.get('acme'))?.plan_policy).toEqual(plan_policy);
  });

  it('whose row is none are named in the list, and keep no other from it', async () => {
    await put({ tenantId: 'acme' });
    await put({ tenantId: 'bolt', status: 'asleep' });
    const all = (await listed()).flat();
    expect(all).toContainEqual({ tenantId: 'acme', status: 'active' });
    expect(all).toContainEqual({ tenantId: 'bolt', status: 'unreadable', error: 'StoredRowInvalidError' });
  });

  it('that do not exist are undefined', async () => {
    expect(await world.runtime.tenants.get('nobody')).toBeUndefined();
  });

  it('may have attributes that mean nothing here', async () => {
    await put({ tenantId: 'acme', region: 'eu', plan: { seats: 3 } });
    expect(await world.runtime.tenants.get('acme')).toEqual({ tenantId: 'acme', status: 'active' });
  });

  it('that cannot be read are named', async () => {
    await put({ tenantId: 'acme', status: 'asleep' });
    const asked = world.runtime.tenants.get('acme');
    await expect(asked).rejects.toThrow(StoredRowInvalidError);
    await expect(asked).rejects.toThrow(/acme: status/);
  });

  it('are all listed', async () => {
    await Promise.all(['acme', 'bolt', 'cork'].map((tenantId) => put({ tenantId })));
    expect(
      (await listed())
        .flat()
        .map(({ tenantId }) => tenantId)
        .sort(),
    ).toEqual(['acme', 'bolt', 'cork']);
  });

  it('are scanned page by page, to the last', async () => {
    const mock = mockClient(world.tables.documentClient);
    const next = { tenantId: 'acme' };
    mock
      .on(ScanCommand)
      .resolves({ Items: [{ tenantId: 'bolt' }] })
      .on(ScanCommand, { TableName: world.names.TENANTS_TABLE_NAME, ExclusiveStartKey: undefined })
      .resolvesOnce({ Items: [next], LastEvaluatedKey: next });
    const pages = await listed(createTenantStore(world.tables.documentClient, world.names));
    const asked = mock.commandCalls(ScanCommand).map(({ args }) => args[0].input);
    mock.restore();
    expect(pages.map((page) => page.map(({ tenantId }) => tenantId))).toEqual([['acme'], ['bolt']]);
    expect(asked).toMatchObject([
      { TableName: world.names.TENANTS_TABLE_NAME },
      { TableName: world.names.TENANTS_TABLE_NAME, ExclusiveStartKey: next },
    ]);
  });
});
