import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import {
  type ChangeConfigurationDeps,
  type ChangeConfigurationInput,
  changeConfiguration,
} from '../../src/application/change-configuration.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { ActionTypeRegistry, AutonomyConfigStore } from '../../src/application/ports/configuration.ts';
import type { ConfigChange } from '../../src/domain/autonomy/config-change.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import { fake } from '../support/fakes/fake.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const CONFIG = 'AUTONOMY_CONFIG_TABLE_NAME';
const SWITCHES = 'KILL_SWITCHES_TABLE_NAME';
const TYPE = 'PREP_RENEWAL_BRIEF';
const BEN = { id: 'ben', tenant_id: 'acme' };
const OPERATOR = { id: 'olga', tenant_id: undefined, may_stop_all: true };
const mode = (to: 'DISABLED' | 'PROPOSE_ONLY' | 'AUTO_EXECUTE'): ConfigChange => ({ kind: 'MODE', mode: to });
const turn = (to: 'STOP' | 'START', more: object = {}): ConfigChange => ({
  ...{ kind: 'KILL_SWITCH', turn: to, scope: 'TENANT' },
  ...more,
});
const WHY = { reason: 'an incident' };

const change = (input: Partial<ChangeConfigurationInput>, more: Partial<ChangeConfigurationDeps> = {}) => {
  const { clock, configs, tenants, registry } = world.runtime;
  const given = { caller: BEN, change: mode('DISABLED'), ...input };
  return changeConfiguration({ clock, configs, tenants, registry, ...more }, given);
};
const history = (tenant = 'acme') => world.runtime.configs.history(tenant, 50);
const versions = async (tenant?: string) => (await history(tenant)).map(({ data }) => data.new_version);
const tenantMode = () => world.row(CONFIG, 'TENANT#acme', 'AUTONOMY#DEFAULT');
const ownSwitch = () => world.row(SWITCHES, 'TENANT#acme', 'SWITCH');

/** The store, in which something happens right before each of the first writes. */
const withMeanwhile = (...happenings: (() => Promise<unknown>)[]): AutonomyConfigStore => {
  const { configs } = world.runtime;
  return {
    ...configs,
    writeIfUnchanged: async (...write) => {
      await happenings.shift()?.();
      return configs.writeIfUnchanged(...write);
    },
  };
};

beforeEach(async () => {
  world.clock.set(minute(3));
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'beta', status: 'active' });
});

describe('a change of the configuration', () => {
  it('is written at the version that was seen, with its entry', async () => {
    expect(await change({ if_match: 0 })).toEqual({
      ...{ ok: true, row: { kind: 'MODE', tenant_id: 'acme' }, changed: true, version: 1 },
      ...{ value: { mode: 'DISABLED' }, old_value: null, warnings: [] },
    });
    await change({ change: mode('AUTO_EXECUTE'), if_match: 1, reason: ' a trial ' });
    expect(await tenantMode()).toMatchObject({ mode: 'AUTO_EXECUTE', version: 2, updated_by: 'ben' });
    expect((await history()).map(({ data }) => data)).toEqual([
      {
        ...{ config: 'MODE', old_value: { mode: 'DISABLED' }, new_value: { mode: 'AUTO_EXECUTE' } },
        ...{ old_version: 1, new_version: 2, changed_by: 'ben', reason: 'a trial' },
      },
      {
        ...{ config: 'MODE', old_value: null, new_value: { mode: 'DISABLED' } },
        ...{ old_version: 0, new_version: 1, changed_by: 'ben' },
      },
    ]);
  });

  it('counts a row that was seeded as version 0, with what it says as the old value', async () => {
    await world.put(CONFIG, { pk: 'TENANT#acme', sk: 'AUTONOMY#DEFAULT', mode: 'PROPOSE_ONLY' });
    const old_value = { mode: 'PROPOSE_ONLY' };
    expect(await change({ if_match: 0 })).toMatchObject({ ok: true, version: 1, old_value });
    expect((await history())[0]?.data).toMatchObject({ old_value, old_version: 0 });
  });

  it('is refused when another version stands, and told which', async () => {
    await change({ if_match: 0 });
    expect(await change({ change: mode('AUTO_EXECUTE'), if_match: 0 })).toEqual({
      ...{ ok: false, code: 'VERSION_CONFLICT', version: 1, value: { mode: 'DISABLED' } },
      message:
        'version 0 is not what there is; mode of tenant acme, default: version 1 is {"mode":"DISABLED"}',
    });
    expect(await versions()).toEqual([1]);
  });

  it('is refused without the version that was seen, which is told', async () => {
    expect(await change({})).toEqual({
      ...{ ok: false, code: 'IF_MATCH_REQUIRED', version: 0, value: null },
      message: 'say which version was seen; mode of tenant acme, default: there is no row yet (version 0)',
    });
    expect(await tenantMode()).toBeUndefined();
  });

  it('is one of two that saw the same, and the other is told of it', async () => {
    const results = await Promise.all(
      (['DISABLED', 'AUTO_EXECUTE'] as const).map((to) => change({ change: mode(to), if_match: 0 })),
    );
    const [won] = results.filter(({ ok }) => ok);
    const [lost] = results.filter(({ ok }) => !ok);
    expect(lost).toMatchObject({
      code: 'VERSION_CONFLICT',
      version: 1,
      value: (won as { value: object }).value,
    });
    expect(await versions()).toEqual([1]);
  });

  it('of which the answer was lost is not made twice', async () => {
    const { configs } = world.runtime;
    const lossy: AutonomyConfigStore = {
      ...configs,
      writeIfUnchanged: async (...write) => {
        await configs.writeIfUnchanged(...write);
        throw new TransientError('the answer was lost');
      },
    };
    await expect(change({ if_match: 0 }, { configs: lossy })).rejects.toThrow('the answer was lost');
    expect(await change({ if_match: 0 })).toMatchObject({ ok: true, changed: false, version: 1 });
    expect(await versions()).toEqual([1]);
  });

  it('to what stands already writes nothing', async () => {
    await world.put(CONFIG, { pk: 'TENANT#acme', sk: 'ALLOWLIST#AUTO_EXEC', action_types: [TYPE, 'A'] });
    const before = await world.everything();
    const same: ConfigChange = { kind: 'ALLOWLIST', action_types: ['A', TYPE] };
    expect(await change({ change: same, if_match: 0 })).toMatchObject({
      ok: true,
      changed: false,
      version: 0,
    });
    expect(await world.everything()).toEqual(before);
  });

  it('is given up for now when others keep changing the row', async () => {
    let at = 0;
    const busy: AutonomyConfigStore = {
      ...world.runtime.configs,
      writeIfUnchanged: async () => {
        at += 1;
        return { written: false };
      },
    };
    await expect(change({ if_match: 0 }, { configs: busy })).rejects.toMatchObject({
      ...{ name: 'TransientError' },
      message: 'mode of tenant acme, default was changed by others 10 times in a row',
    });
    expect(at).toBe(10);
  });

  it.each<[Partial<ChangeConfigurationInput>, RegExp]>([
    [{ change: { ...mode('DISABLED'), mode: 'YOLO' } as never }, /^change\.mode: "YOLO": /],
    [
      { change: { kind: 'BUDGET', limits: { max_autonomous_per_day: -3 } } },
      /^change\.limits\.max_autonomous_per_day: -3: /,
    ],
    [{ if_match: -1 }, /^if_match: -1: /],
    [{ reason: ' ' }, /^reason: " ": must say why$/],
    [{ reason: 'x'.repeat(2001) }, /^reason: .*: has more than 2000 characters$/],
    [{ change: turn('STOP') }, /^reason: undefined: must say why a kill switch is turned$/],
  ])('%j does not fit, and nothing is written', async (input, message) => {
    const before = await world.everything();
    await expect(change({ if_match: 0, ...input })).rejects.toMatchObject({
      ...{ name: 'ValidationError', message: expect.stringMatching(message) },
    });
    expect(await world.everything()).toEqual(before);
  });
});

describe('the tenant whose configuration is changed', () => {
  it.each<[string, Partial<ChangeConfigurationInput>, string]>([
    ['another than the caller', { change: { ...mode('DISABLED'), tenant_id: 'beta' } }, 'OTHER_TENANT'],
    ['another, to stop it', { change: turn('STOP', { tenant_id: 'beta' }), ...WHY }, 'OTHER_TENANT'],
    ['none', { caller: OPERATOR }, 'NO_TENANT'],
    ['unknown', { caller: { id: 'ben', tenant_id: 'acmee' } }, 'UNKNOWN_TENANT'],
    ['every one', { change: turn('STOP', { scope: 'ALL' }), ...WHY }, 'MAY_NOT_STOP_ALL'],
    ['every one, to start them', { change: turn('START', { scope: 'ALL' }), ...WHY }, 'MAY_NOT_STOP_ALL'],
  ])('may not be %s', async (_, input, code) => {
    const before = await world.everything();
    expect(await change({ if_match: 0, ...input })).toMatchObject({ ok: false, code });
    expect(await world.everything()).toEqual(before);
  });

  it('is the caller, whether the change names it or not', async () => {
    const named = { ...mode('DISABLED'), tenant_id: 'acme' };
    expect(await change({ change: named, if_match: 0 })).toMatchObject({ ok: true });
    expect(await change({ caller: { id: 'bea', tenant_id: 'beta' }, if_match: 0 })).toMatchObject({
      ok: true,
    });
    const of = await Promise.all(['acme', 'beta'].map(history));
    expect(of.map((entries) => entries.map(({ tenantId }) => tenantId))).toEqual([['acme'], ['beta']]);
  });
});

describe('a kill switch', () => {
  it('is thrown without a version, and let go at the version that was seen only', async () => {
    expect(await change({ change: turn('STOP'), ...WHY })).toMatchObject({ ok: true, version: 1 });
    const again = { change: turn('START'), reason: 'it is over' };
    expect(await change(again)).toMatchObject({ ok: false, code: 'IF_MATCH_REQUIRED', version: 1 });
    expect(await change({ ...again, if_match: 0 })).toMatchObject({ code: 'VERSION_CONFLICT', version: 1 });
    expect(await change({ ...again, if_match: 1 })).toMatchObject({ ok: true, version: 2 });
    expect((await history()).map(({ eventType, data }) => [eventType, data.reason])).toEqual([
      ['KILL_SWITCH_CHANGED', 'it is over'],
      ['KILL_SWITCH_CHANGED', 'an incident'],
    ]);
  });

  it('is thrown at the version that was seen, if one is named', async () => {
    expect(await change({ change: turn('STOP'), if_match: 3, ...WHY })).toMatchObject({
      code: 'VERSION_CONFLICT',
    });
  });

  it('of all tenants is thrown by who may, and stands in a ledger of its own', async () => {
    const all = turn('STOP', { scope: 'ALL' });
    expect(await change({ caller: OPERATOR, change: all, ...WHY })).toMatchObject({ ok: true });
    expect(await world.runtime.killSwitches.check('beta', TYPE)).toEqual({
      stopped_by: 'the global kill switch',
    });
    const global = await world.runtime.configs.history(undefined, 9);
    expect(global).toMatchObject([{ data: { changed_by: 'olga', ...WHY } }]);
    expect(await history()).toEqual([]);
  });

  it('is thrown against whatever stands, also when that changes meanwhile', async () => {
    const types = (type: string) => turn('STOP', { action_types: [type] });
    const configs = withMeanwhile(
      () => change({ change: types('A'), ...WHY }),
      () => change({ change: types('B'), ...WHY }),
    );
    expect(await change({ change: turn('STOP'), ...WHY }, { configs })).toMatchObject({
      ...{ ok: true, version: 3, value: { stopped: true, disabled_action_types: ['A', 'B'] } },
      old_value: { stopped: false, disabled_action_types: ['A', 'B'] },
    });
    expect(await ownSwitch()).toMatchObject({ stopped: true, disabled_action_types: ['A', 'B'] });
    expect(await versions()).toEqual([3, 2, 1]);
  });

  it('that is thrown while another is just letting it go stays thrown', async () => {
    await change({ change: turn('STOP', { action_types: [TYPE] }), ...WHY });
    const letGo = turn('START', { action_types: [TYPE] });
    const configs = withMeanwhile(() => change({ change: turn('STOP'), ...WHY }));
    expect(await change({ change: letGo, if_match: 1, reason: 'over' }, { configs })).toMatchObject({
      ...{ ok: false, code: 'VERSION_CONFLICT', version: 2 },
      value: { stopped: true, disabled_action_types: [TYPE] },
    });
    expect(await ownSwitch()).toMatchObject({ stopped: true, disabled_action_types: [TYPE] });
  });

  it('that cannot be read can be thrown and let go', async () => {
    await world.put(SWITCHES, { pk: 'TENANT#acme', sk: 'SWITCH', stopped: 'perhaps', version: 'one' });
    expect(await change({ change: turn('STOP'), ...WHY })).toMatchObject({
      ...{ ok: true, changed: true, version: 1, old_value: { stopped: 'perhaps' } },
    });
    await change({ change: turn('START'), if_match: 1, ...WHY });
    expect((await world.runtime.killSwitches.check('acme', TYPE)).stopped_by).toBeUndefined();
  });
});

describe('action types that nobody has registered', () => {
  const stop: ConfigChange = turn('STOP', { action_types: [TYPE, 'MISSPELT'] });

  it('are named, and the change is made', async () => {
    const registry = createActionTypeRegistry(world.tables.documentClient, world.names);
    await registry.seed(DEFAULT_ACTION_TYPES, minute(1));
    expect(await change({ change: stop, ...WHY })).toMatchObject({
      ...{ ok: true, changed: true, warnings: ['action type MISSPELT is not registered'] },
    });
  });

  it('do not hold up a stop when the registry cannot be read', async () => {
    const latest = () => Promise.reject(new TransientError('throttled'));
    const registry = fake<ActionTypeRegistry>('ActionTypeRegistry', { latest });
    expect(await change({ change: stop, ...WHY }, { registry })).toMatchObject({
      ...{ ok: true, changed: true },
      warnings: ['whether the action types are registered could not be told: throttled'],
    });
  });
});
