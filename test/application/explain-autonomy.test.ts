import { beforeEach, describe, expect, it } from '@jest/globals';
import { explainAutonomy } from '../../src/application/explain-autonomy.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const CONFIG = 'AUTONOMY_CONFIG_TABLE_NAME';
const BUDGETS = 'AUTONOMY_BUDGET_STATE_TABLE_NAME';
const TYPE = 'PREP_RENEWAL_BRIEF';
const TENANT_PK = 'TENANT#acme';

const explain = (action_type = TYPE) => explainAutonomy(world.runtime, { ...SCOPE, action_type });
const absent = { version: 0, value: undefined };

beforeEach(async () => {
  world.clock.set(minute(3));
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
});

describe('the autonomy of an action type, explained', () => {
  it('says what is missing where nothing is configured', async () => {
    expect(await explain()).toMatchObject({
      ...{ ...SCOPE, action_type: TYPE, now: minute(3), day: '2026-01-05', time_zone: 'UTC' },
      ...{ tenant_status: 'active', risk: 'LOW' },
      mode: { mode: 'APPROVAL_REQUIRED', decided_by: undefined, overrode: [] },
      allowlists: { counts: 'TENANT', account: absent, tenant: absent, allowed: false },
      budgets: [
        { level: 'ACCOUNT', limits: undefined, taken: 0, settled: 0, left: undefined },
        { level: 'TENANT', limits: undefined, taken: 0, settled: undefined, left: undefined },
      ],
      kill_switches: { all: absent, tenant: absent, stopped_by: undefined },
      gate: { result: 'REQUIRE_APPROVAL', reason: 'ACTION_TYPE_NOT_ALLOWLISTED' },
    });
  });

  it('names the row that decides the mode and those that it overrides, each with its version', async () => {
    await world.put(CONFIG, { pk: SCOPE_PK, sk: 'AUTONOMY#DEFAULT', mode: 'DISABLED', version: 4 });
    await world.put(CONFIG, { pk: TENANT_PK, sk: `AUTONOMY#${TYPE}`, mode: 'AUTO_EXECUTE', version: 7 });
    const { mode, modes } = await explain();
    expect(mode).toEqual({
      mode: 'AUTO_EXECUTE',
      decided_by: { level: 'tenant_type', mode: 'AUTO_EXECUTE' },
      overrode: [{ level: 'account_default', mode: 'DISABLED' }],
    });
    expect(modes.map(({ level, standing }) => [level, standing.version, standing.value?.mode])).toEqual([
      ['account_type', 0, undefined],
      ['tenant_type', 7, 'AUTO_EXECUTE'],
      ['account_default', 4, 'DISABLED'],
      ['tenant_default', 0, undefined],
    ]);
  });

  it.each<[string[] | undefined, 'ACCOUNT' | 'TENANT', boolean]>([
    [['OTHER'], 'ACCOUNT', false],
    [[TYPE], 'ACCOUNT', true],
    [[], 'TENANT', true],
    [undefined, 'TENANT', true],
  ])("says that of an account's allowlist %j the %s counts", async (own, counts, allowed) => {
    const sk = 'ALLOWLIST#AUTO_EXEC';
    if (own) await world.put(CONFIG, { pk: SCOPE_PK, sk, action_types: own });
    await world.put(CONFIG, { pk: TENANT_PK, sk, action_types: [TYPE] });
    expect((await explain()).allowlists).toMatchObject({ counts, allowed });
  });

  it('tells what is left of each budget on the day that it is for the tenant', async () => {
    const config = { name: 'Acme', timezone: 'Asia/Tokyo' };
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active', config });
    world.clock.set('2026-01-05T15:00:00.000Z');
    const sk = 'BUDGET_STATE#2026-01-06';
    const counted = { [`count_${TYPE}`]: 2 };
    await world.put(BUDGETS, { pk: SCOPE_PK, sk, total: 3, settled: 1, ...counted });
    await world.put(BUDGETS, { pk: TENANT_PK, sk, total: 9, ...counted });
    const limits = { max_autonomous_per_day: 10, max_per_action_type: { [TYPE]: 5 } };
    await world.put(BUDGETS, { pk: SCOPE_PK, sk: 'BUDGET#CONFIG', ...limits, version: 2 });
    await world.put(BUDGETS, { pk: TENANT_PK, sk: 'BUDGET#CONFIG', max_autonomous_per_day: 8 });
    expect(await explain()).toMatchObject({
      ...{ day: '2026-01-06', time_zone: 'Asia/Tokyo' },
      budgets: [
        {
          ...{ level: 'ACCOUNT', limits, taken: 3, taken_of_type: 2, settled: 1, left: 7, left_of_type: 3 },
          standing: { version: 2 },
        },
        {
          ...{ level: 'TENANT', taken: 9, taken_of_type: 2, settled: undefined },
          ...{ left: 0, left_of_type: undefined },
        },
      ],
    });
  });

  it('says what the gate would say, clause by clause', async () => {
    const gate = async (type?: string) => (await explain(type)).gate;
    const types = [TYPE, 'REQUEST_RENEWAL_MEETING'];
    await world.put(CONFIG, { pk: TENANT_PK, sk: 'ALLOWLIST#AUTO_EXEC', action_types: types });
    expect(await gate()).toMatchObject({ policy_clause: 'MODE_IS_AUTO_EXECUTE' });
    await world.put(CONFIG, { pk: TENANT_PK, sk: 'AUTONOMY#DEFAULT', mode: 'AUTO_EXECUTE' });
    expect(await gate('REQUEST_RENEWAL_MEETING')).toMatchObject({ policy_clause: 'RISK_IS_LOW' });
    expect(await gate()).toMatchObject({ policy_clause: 'BUDGET_HAS_ROOM' });
    await world.put(BUDGETS, { pk: SCOPE_PK, sk: 'BUDGET#CONFIG', max_autonomous_per_day: 1 });
    expect(await gate()).toMatchObject({ result: 'AUTO_EXECUTED' });
    await world.put('KILL_SWITCHES_TABLE_NAME', { pk: 'GLOBAL', sk: 'SWITCH', stopped: true });
    expect(await gate()).toMatchObject({ result: 'BLOCKED', reason: 'KILL_SWITCH_ENABLED' });
    expect((await explain()).kill_switches).toMatchObject({
      ...{ all: { value: { stopped: true } }, stopped_by: 'the global kill switch' },
    });
  });

  it('is not that of the name that stands for all types', async () => {
    await expect(explain('DEFAULT')).rejects.toThrow('action_type: "DEFAULT": is a reserved name');
  });

  it('says that a tenant that nobody knows is none', async () => {
    const other = { tenant_id: 'nobody', account_id: 'a1', action_type: TYPE };
    expect(await explainAutonomy(world.runtime, other)).toMatchObject({
      ...{ tenant_status: undefined, time_zone: 'UTC', gate: { reason: 'TENANT_NOT_ACTIVE' } },
    });
  });
});
