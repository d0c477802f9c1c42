import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createAutonomyConfigStore } from '../../../src/adapters/dynamodb/autonomy-config-store.ts';
import type { ConfigRow, StandingConfig } from '../../../src/domain/autonomy/config-change.ts';
import { configEntry } from '../../../src/domain/autonomy/config-ledger.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const CONFIG = 'AUTONOMY_CONFIG_TABLE_NAME';
const BUDGETS = 'AUTONOMY_BUDGET_STATE_TABLE_NAME';
const TYPE = 'PREP_RENEWAL_BRIEF';
const DAY = '2026-01-05';
const MODE: ConfigRow = { kind: 'MODE', ...SCOPE, action_type: TYPE };
const WRITE = { value: { mode: 'DISABLED' }, by: 'ben', at: minute(1) };

const read = async (row: ConfigRow): Promise<StandingConfig> =>
  (await world.runtime.configs.read([row]))[0] as StandingConfig;
const write = (before: StandingConfig, more: object = {}) =>
  world.runtime.configs.writeIfUnchanged(before, { ...WRITE, ...more });
const modeRow = () => world.row(CONFIG, SCOPE_PK, `AUTONOMY#${TYPE}`);
const putMode = (row: object) => world.put(CONFIG, { pk: SCOPE_PK, sk: `AUTONOMY#${TYPE}`, ...row });
const ledger = () => world.rows('LEDGER_TABLE_NAME');

const ROWS: [ConfigRow, Parameters<typeof world.row>[0], string, string, object][] = [
  [MODE, CONFIG, SCOPE_PK, `AUTONOMY#${TYPE}`, { mode: 'DISABLED' }],
  [{ kind: 'MODE', tenant_id: 'acme' }, CONFIG, 'TENANT#acme', 'AUTONOMY#DEFAULT', { mode: 'DISABLED' }],
  [{ kind: 'ALLOWLIST', ...SCOPE }, CONFIG, SCOPE_PK, 'ALLOWLIST#AUTO_EXEC', { action_types: ['A'] }],
  [
    { kind: 'BUDGET', tenant_id: 'acme' },
    ...([BUDGETS, 'TENANT#acme', 'BUDGET#CONFIG'] as const),
    { max_autonomous_per_day: 2, max_per_action_type: { A: 1 } },
  ],
  [
    { kind: 'KILL_SWITCH', tenant_id: 'acme' },
    ...(['KILL_SWITCHES_TABLE_NAME', 'TENANT#acme', 'SWITCH'] as const),
    { stopped: true, disabled_action_types: ['A'] },
  ],
  [
    { kind: 'KILL_SWITCH' },
    ...(['KILL_SWITCHES_TABLE_NAME', 'GLOBAL', 'SWITCH'] as const),
    { stopped: true, disabled_action_types: [] },
  ],
];

describe('a row of the configuration', () => {
  it.each(ROWS)('%j is written where it is read from, with its entry', async (row, table, pk, sk, value) => {
    const before = await read(row);
    expect(before).toEqual({ row, version: 0, value: undefined });
    const written = await write(before, { value, reason: 'a test' });
    const entry = configEntry(before, { ...WRITE, value: value as never, reason: 'a test' });
    expect(written).toEqual({ written: true, entry });
    expect(await world.row(table, pk, sk)).toMatchObject({ pk, sk, version: 1, ...value });
    expect(await read(row)).toMatchObject({ row, version: 1, value, changed: { by: 'ben', at: minute(1) } });
    const ledgerPk = row.tenant_id === undefined ? 'GLOBAL' : 'TENANT#acme';
    expect(await ledger()).toEqual([{ pk: ledgerPk, sk: `ENTRY#${minute(1)}#${entry.entryId}`, ...entry }]);
  });

  it('that was written by other means counts as version 0, keeps what else it holds, and gets a version', async () => {
    await putMode({ mode: 'AUTO_EXECUTE', policy_version: 'v1', updated_by: 7 });
    const before = await read(MODE);
    expect(before).toMatchObject({ version: 0, value: { mode: 'AUTO_EXECUTE' } });
    expect(await write(before)).toMatchObject({ written: true, entry: { data: { old_version: 0 } } });
    expect(await modeRow()).toMatchObject({ mode: 'DISABLED', version: 1, policy_version: 'v1' });
  });

  it.each(['x', -1, 0])('whose version is %p counts as one without, and can be written', async (version) => {
    await putMode({ mode: 'AUTO_EXECUTE', version });
    const before = await read(MODE);
    expect(before.version).toBe(0);
    const { written } = await write(before);
    expect(written).toBe(version !== 1.5);
  });

  it('loses the caps of types that its new value leaves out', async () => {
    const row: ConfigRow = { kind: 'BUDGET', ...SCOPE };
    await write(await read(row), { value: { max_autonomous_per_day: 2, max_per_action_type: { A: 1 } } });
    await write(await read(row), { value: { max_autonomous_per_day: 3 } });
    expect(await read(row)).toMatchObject({ version: 2, value: { max_autonomous_per_day: 3 } });
    expect(await world.row(BUDGETS, SCOPE_PK, 'BUDGET#CONFIG')).not.toHaveProperty('max_per_action_type');
  });

  it('is read as JSON, whatever it holds', async () => {
    await putMode({ mode: new Set(['A']), version: 2 });
    expect(await read(MODE)).toMatchObject({ version: 2, value: { mode: {} } });
  });

  it.each<[string, (() => Promise<void>) | undefined, () => Promise<void>]>([
    ['somebody has made it', undefined, () => putMode({ mode: 'PROPOSE_ONLY' })],
    [
      'somebody has given it a version',
      () => putMode({ mode: 'PROPOSE_ONLY' }),
      () => putMode({ mode: 'PROPOSE_ONLY', version: 1 }),
    ],
    [
      'it has gone, which had no version',
      () => putMode({ mode: 'PROPOSE_ONLY' }),
      () => world.remove(CONFIG, SCOPE_PK, `AUTONOMY#${TYPE}`),
    ],
    [
      'its version is another',
      () => putMode({ mode: 'PROPOSE_ONLY', version: 3 }),
      () => putMode({ mode: 'PROPOSE_ONLY', version: 4 }),
    ],
    [
      'it has gone, with its version',
      () => putMode({ mode: 'PROPOSE_ONLY', version: 3 }),
      () => world.remove(CONFIG, SCOPE_PK, `AUTONOMY#${TYPE}`),
    ],
  ])('is not written, nor its entry, when %s', async (_, before, meanwhile) => {
    await before?.();
    const standing = await read(MODE);
    await meanwhile();
    const stands = await modeRow();
    expect(await write(standing)).toEqual({ written: false });
    expect([await modeRow(), await ledger()]).toEqual([stands, []]);
  });

  it('is not written when its entry cannot be', async () => {
    const before = await read(MODE);
    const sk = `ENTRY#${minute(1)}#${configEntry(before, WRITE).entryId}`;
    await world.put('LEDGER_TABLE_NAME', { pk: 'TENANT#acme', sk, was: 'there' });
    expect(await write(before)).toEqual({ written: false });
    expect(await modeRow()).toBeUndefined();
    expect(await ledger()).toEqual([{ pk: 'TENANT#acme', sk, was: 'there' }]);
  });

  it('is written by one of two that have seen the same', async () => {
    await putMode({ mode: 'PROPOSE_ONLY', version: 3 });
    const before = await read(MODE);
    const both = await Promise.all([write(before), write(before, { value: { mode: 'AUTO_EXECUTE' } })]);
    expect(both.filter(({ written }) => written)).toHaveLength(1);
    expect([(await read(MODE)).version, (await ledger()).length]).toEqual([4, 1]);
  });

  it('is not told when DynamoDB gave back a part only', async () => {
    const mock = mockClient(world.tables.documentClient);
    const UnprocessedKeys = { [world.names[CONFIG]]: { Keys: [{ pk: SCOPE_PK, sk: 'any' }] } };
    mock.on(BatchGetCommand).resolves({ UnprocessedKeys });
    const store = createAutonomyConfigStore(world.tables.documentClient, world.names);
    await expect(store.read([MODE]).finally(() => mock.restore())).rejects.toMatchObject({
      name: 'TransientError',
    });
  });
});

describe('a day of a budget', () => {
  const dayOf = (level: 'ACCOUNT' | 'TENANT') => world.runtime.configs.budgetDay(SCOPE, level, DAY);

  it('is empty when nothing was taken', async () => {
    expect(await dayOf('ACCOUNT')).toEqual({ taken: 0, settled: 0, of_types: {} });
  });

  it('tells what was taken, of which types, and what was carried out', async () => {
    const sk = `BUDGET_STATE#${DAY}`;
    await world.put(BUDGETS, { pk: SCOPE_PK, sk, total: 3, settled: 1, count_A: 2, count_B: 1, note: 'x' });
    await world.put(BUDGETS, { pk: 'TENANT#acme', sk, total: 7, count_A: 'many' });
    expect(await dayOf('ACCOUNT')).toEqual({ taken: 3, settled: 1, of_types: { A: 2, B: 1 } });
    expect(await dayOf('TENANT')).toEqual({ taken: 7, settled: 0, of_types: {} });
  });
});

describe('the history of a configuration', () => {
  const history = async (tenantId: string | undefined, limit = 10) =>
    (await world.runtime.configs.history(tenantId, limit)).map(({ data }) => data.new_version);
  const times = async (row: ConfigRow, count: number, value: object) => {
    for (let at = 1; at <= count; at += 1) await write(await read(row), { at: minute(at), value });
  };

  it('has the changes of a tenant, newest first, and nothing else of its ledger', async () => {
    await times(MODE, 3, { mode: 'DISABLED' });
    await times({ kind: 'MODE', tenant_id: 'beta' }, 1, { mode: 'DISABLED' });
    await times({ kind: 'KILL_SWITCH' }, 2, { stopped: true, disabled_action_types: [] });
    const executed = { eventType: 'ACTION_EXECUTED', entryId: 'exec', timestamp: minute(9) };
    await world.put('LEDGER_TABLE_NAME', { pk: 'TENANT#acme', sk: `ENTRY#${minute(9)}#exec`, ...executed });
    await world.put('LEDGER_TABLE_NAME', { pk: 'TENANT#acme', sk: 'ENTRY_ID#exec' });
    expect(await history('acme')).toEqual([3, 2, 1]);
    expect(await history('acme', 2)).toEqual([3, 2]);
    expect(await history('beta')).toEqual([1]);
    expect(await history(undefined)).toEqual([2, 1]);
    expect(await history('nobody')).toEqual([]);
  });
});
