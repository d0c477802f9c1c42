import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createActionTypeRegistry } from '../../../src/adapters/dynamodb/action-type-registry-store.ts';
import type { NewActionTypeEntry } from '../../../src/domain/intent/action-type-registry.ts';
import { DEFAULT_ACTION_TYPES } from '../../../src/domain/intent/default-action-types.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'ACTION_TYPE_REGISTRY_TABLE_NAME';
const TYPE = 'CREATE_CRM_TASK';
const [PK, OWN_PK] = [`ACTION_TYPE#${TYPE}`, `TENANT#acme#ACTION_TYPE#${TYPE}`];
const [NOW, LATER] = [minute(0), minute(1)];
const OWN = { tenant_id: 'acme' };
const DEPRECATED = { deprecated_at: LATER };

const entry = (more: Partial<NewActionTypeEntry> = {}): NewActionTypeEntry => ({
  ...{ action_type: TYPE, tool_name: 'crm.create_task', tool_schema_version: 'v1.0', required_scopes: [] },
  ...{ risk_class: 'LOW', compensation_strategy: 'MANUAL' },
  parameter_mapping: { title: { toolParam: 'title', transform: 'PASSTHROUGH', required: true } },
  ...more,
});
const registry = () => createActionTypeRegistry(world.tables.documentClient, world.names);
const register = (more: Partial<NewActionTypeEntry> = {}) => registry().register(entry(more), NOW);
const seed = (entries: readonly NewActionTypeEntry[] = [entry()], now = NOW) => registry().seed(entries, now);
const latest = async (tenant = 'acme') => (await registry().latest(tenant, TYPE))?.registry_version;
const version = (number: number, tenant = 'acme') => registry().get(tenant, TYPE, number);
const sk = (number: number) => `REGISTRY_VERSION#00000${number}`;
const rowOf = (number: number) => ({
  pk: PK,
  sk: sk(number),
  ...entry(),
  registry_version: number,
  created_at: NOW,
});
const keys = async () => (await world.rows(TABLE)).map(({ pk, sk: at }) => `${pk}/${at}`).sort();

describe('registering an action type', () => {
  it('gives it the next version, which is kept as it is', async () => {
    const first = await register();
    expect(first).toEqual({ ...entry(), registry_version: 1, created_at: NOW });
    expect(await world.row(TABLE, PK, sk(1))).toEqual(rowOf(1));
    expect((await register({ risk_class: 'HIGH' })).registry_version).toBe(2);
    expect(await version(1)).toEqual(first);
  });

  it('counts the versions of a tenant in the same line as those of all', async () => {
    await register();
    expect(await register(OWN)).toMatchObject({ ...OWN, registry_version: 2 });
    expect((await register()).registry_version).toBe(3);
    expect(await keys()).toEqual([`${PK}/COUNTER`, `${PK}/${sk(1)}`, `${PK}/${sk(3)}`, `${OWN_PK}/${sk(2)}`]);
  });

  it('gives many who register at once a version each', async () => {
    const versions = await Promise.all([1, 2, 3, 4, 5].map(() => register()));
    expect(versions.map(({ registry_version }) => registry_version).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses an entry that does not fit, and uses up no number', async () => {
    await expect(register({ tool_name: '' })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(register({ tool_name: '' })).rejects.toThrow(/CREATE_CRM_TASK: tool_name/);
    expect(await keys()).toEqual([]);
  });

  it('never writes over a version, and takes the next number when it is tried again', async () => {
    await world.put(TABLE, rowOf(1));
    await expect(register({ risk_class: 'HIGH' })).rejects.toMatchObject({
      ...{ name: 'TransientError', error_code: 'REGISTRY_VERSION_TAKEN' },
    });
    expect(await version(1)).toMatchObject({ risk_class: 'LOW' });
    expect(await register()).toMatchObject({ registry_version: 2 });
  });

  it('fails when DynamoDB does', async () => {
    const mock = mockClient(world.tables.documentClient);
    mock.on(UpdateCommand).resolves({ Attributes: { next_version: 1 } });
    mock.on(PutCommand).rejects(new Error('no such table'));
    await expect(register()).rejects.toThrow('no such table');
    mock.restore();
  });
});

describe('the version in force', () => {
  it('is none of a type that nobody has registered', async () => {
    expect(await latest()).toBeUndefined();
    await registry().register(entry({ action_type: 'OTHER' }), NOW);
    expect(await latest()).toBeUndefined();
  });

  it('is the last of all', async () => {
    for (let n = 1; n <= 11; n += 1) await register();
    expect(await latest()).toBe(11);
  });

  it("is the tenant's own before the default, however old", async () => {
    await register(OWN);
    await register();
    expect(await latest()).toBe(1);
    expect(await latest('globex')).toBe(2);
  });

  it('is the one before a deprecated one, however many of those there are', async () => {
    await register();
    for (let n = 0; n < 7; n += 1) await register(DEPRECATED);
    expect(await latest()).toBe(1);
  });

  it("is the default when all of the tenant's own are deprecated", async () => {
    await register();
    for (let n = 0; n < 6; n += 1) await register({ ...OWN, ...DEPRECATED });
    expect(await latest()).toBe(1);
  });

  it('is none when all are deprecated', async () => {
    await register(DEPRECATED);
    expect(await latest()).toBeUndefined();
  });

  it('is named by its row when it cannot be read', async () => {
    await world.put(TABLE, { ...rowOf(1), risk_class: 'NONE' });
    await expect(latest()).rejects.toThrow(/REGISTRY_VERSION#000001: risk_class/);
  });
});

describe('a certain version', () => {
  it("is the tenant's own or everybody's, deprecated or not", async () => {
    await register(DEPRECATED);
    await register({ ...OWN, ...DEPRECATED });
    expect(await version(1)).toMatchObject(DEPRECATED);
    expect(await version(2)).toMatchObject(OWN);
  });

  it("is not another tenant's, nor one that there is not", async () => {
    await register(OWN);
    expect(await version(1, 'globex')).toBeUndefined();
    expect(await version(2)).toBeUndefined();
  });
});

describe('seeding', () => {
  it('writes the first version of each type, and tells which', async () => {
    const seeded = await seed(DEFAULT_ACTION_TYPES);
    expect(seeded).toEqual(
      DEFAULT_ACTION_TYPES.map((type) => ({ ...type, registry_version: 1, created_at: NOW })),
    );
    for (const one of seeded) expect(await registry().latest('acme', one.action_type)).toEqual(one);
  });

  it('changes nothing the second time', async () => {
    await seed(DEFAULT_ACTION_TYPES);
    const before = await world.rows(TABLE);
    expect(await seed(DEFAULT_ACTION_TYPES, LATER)).toEqual([]);
    expect(await world.rows(TABLE)).toEqual(before);
  });

  it('leaves the next version to whoever registers one', async () => {
    await seed();
    expect(await register()).toMatchObject({ registry_version: 2 });
  });

  it('leaves types alone that have a version, and seeds the others', async () => {
    await register({ risk_class: 'HIGH' });
    const other = entry({ action_type: 'OTHER' });
    expect((await seed([entry(), other])).map(({ action_type }) => action_type)).toEqual(['OTHER']);
    expect(await version(1)).toMatchObject({ risk_class: 'HIGH' });
  });

  it('makes one version when two do it at once', async () => {
    const [one, two] = await Promise.all([seed(), seed()]);
    expect([...one, ...two]).toHaveLength(1);
    expect(await keys()).toEqual([`${PK}/COUNTER`, `${PK}/${sk(1)}`]);
  });

  it('leaves a type alone whose first version is being written', async () => {
    await world.put(TABLE, { pk: PK, sk: 'COUNTER', next_version: 1 });
    expect(await seed()).toEqual([]);
    expect(await keys()).toEqual([`${PK}/COUNTER`]);
  });

  it('leaves a version alone that nobody counted', async () => {
    await world.put(TABLE, rowOf(1));
    expect(await seed([entry({ risk_class: 'HIGH' })])).toEqual([]);
    expect(await version(1)).toMatchObject({ risk_class: 'LOW' });
  });

  it('writes nothing when one of the entries does not fit', async () => {
    await expect(seed([entry(), entry({ tool_name: '' })])).rejects.toMatchObject({
      name: 'ValidationError',
    });
    expect(await keys()).toEqual([]);
  });
});
