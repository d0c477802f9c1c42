import { describe, expect, it } from '@jest/globals';
import {
  type ConfigChange,
  type ConfigRow,
  configChange,
  needsNoVersion,
  rowName,
  rowOf,
  saysAlready,
  typesNamedBy,
  valueAfter,
} from '../../../src/domain/autonomy/config-change.ts';

const TYPES = Array.from({ length: 101 }, (_, index) => `TYPE_${index}`);
const STOP_ALL: ConfigChange = { kind: 'KILL_SWITCH', turn: 'STOP', scope: 'ALL' };
const STOP: ConfigChange = { kind: 'KILL_SWITCH', turn: 'STOP', scope: 'TENANT' };
const START: ConfigChange = { ...STOP, turn: 'START' };
const MODE: ConfigChange = { kind: 'MODE', mode: 'DISABLED' };
const LIST: ConfigChange = { kind: 'ALLOWLIST', action_types: ['B', 'A', 'B'] };
const BUDGET: ConfigChange = { kind: 'BUDGET', limits: { max_autonomous_per_day: 3 } };
const CAPPED: ConfigChange = {
  kind: 'BUDGET',
  limits: { max_autonomous_per_day: 3, max_per_action_type: { A: 1 } },
};

const complaintsAbout = (change: unknown): string[] =>
  (configChange.safeParse(change).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('a change of the configuration', () => {
  it.each<[string, unknown, RegExp]>([
    ['an unknown kind', { kind: 'PLAN' }, /^kind: /],
    ['an unknown mode', { ...MODE, mode: 'YOLO' }, /^mode: .*DISABLED/],
    ['an account that is no identifier', { ...MODE, account_id: 'a#1' }, /^account_id: must start/],
    [
      'a type that is called as the default is',
      { ...MODE, action_type: 'DEFAULT' },
      /^action_type: is a res/,
    ],
    ['too many types', { ...LIST, action_types: TYPES }, /^action_types: has more than 100 action types$/],
    ['types that are no identifiers', { ...LIST, action_types: ['A B'] }, /^action_types\.0: must start/],
    [
      'a negative cap',
      { ...BUDGET, limits: { max_autonomous_per_day: -1 } },
      /^limits\.max_autonomous_per_day: /,
    ],
    [
      'a negative cap of a type',
      { ...BUDGET, limits: { max_autonomous_per_day: 1, max_per_action_type: { A: -1 } } },
      /^limits\.max_per_action_type\.A: /,
    ],
    [
      'caps of too many types',
      {
        ...BUDGET,
        limits: {
          max_autonomous_per_day: 1,
          max_per_action_type: Object.fromEntries(TYPES.map((type) => [type, 1])),
        },
      },
      /^limits\.max_per_action_type: has more than 100 action types$/,
    ],
    [
      'other limits',
      { ...BUDGET, limits: { max_autonomous_per_day: 1, per_hour: 1 } },
      /^limits: .*per_hour/,
    ],
    ['other fields', { ...MODE, pk: 'TENANT#beta' }, /^: .*pk/],
    ['an empty list of types to stop', { ...STOP, action_types: [] }, /^action_types: names no action type$/],
    ['types for all tenants', { ...STOP_ALL, action_types: ['A'] }, /^action_types: the switch of all/],
    ['a tenant for all tenants', { ...STOP_ALL, tenant_id: 'acme' }, /^tenant_id: the switch of all/],
  ])('with %s does not fit', (_, change, complaint) => {
    expect(complaintsAbout(change)).toEqual([expect.stringMatching(complaint)]);
  });

  it.each([STOP_ALL, STOP, START, MODE, LIST, BUDGET, CAPPED])('fits: %j', (change) => {
    expect(configChange.parse(change)).toEqual(change);
  });

  it.each<[ConfigChange, ConfigRow, string]>([
    [MODE, { kind: 'MODE', tenant_id: 'acme' }, 'mode of tenant acme, default'],
    [
      { ...MODE, account_id: 'a1', action_type: 'A' },
      { kind: 'MODE', tenant_id: 'acme', account_id: 'a1', action_type: 'A' },
      'mode of account a1 of tenant acme, A',
    ],
    [LIST, { kind: 'ALLOWLIST', tenant_id: 'acme' }, 'allowlist of tenant acme'],
    [
      { ...BUDGET, account_id: 'a1' },
      { kind: 'BUDGET', tenant_id: 'acme', account_id: 'a1' },
      'budget of account a1 of tenant acme',
    ],
    [STOP, { kind: 'KILL_SWITCH', tenant_id: 'acme' }, 'kill switch of tenant acme'],
    [STOP_ALL, { kind: 'KILL_SWITCH' }, 'kill switch of all tenants'],
  ])('is of a row of the tenant that asks: %j', (change, row, name) => {
    expect(rowOf({ ...change, ...(change.kind === 'MODE' && { tenant_id: 'beta' }) }, 'acme')).toEqual(row);
    expect(rowName(row)).toBe(name);
  });

  it.each<[ConfigChange, object | undefined, object]>([
    [MODE, { mode: 'AUTO_EXECUTE' }, { mode: 'DISABLED' }],
    [LIST, undefined, { action_types: ['A', 'B'] }],
    [BUDGET, { max_autonomous_per_day: 1, max_per_action_type: { A: 1 } }, { max_autonomous_per_day: 3 }],
    [CAPPED, undefined, { max_autonomous_per_day: 3, max_per_action_type: { A: 1 } }],
    [STOP_ALL, undefined, { stopped: true, disabled_action_types: [] }],
    [
      STOP,
      { stopped: false, disabled_action_types: ['B', 'A'] },
      { stopped: true, disabled_action_types: ['A', 'B'] },
    ],
    [START, { stopped: true }, { stopped: false, disabled_action_types: [] }],
    [
      { ...STOP, action_types: ['A', 'B'] },
      { stopped: false, disabled_action_types: ['B', 'C'] },
      { stopped: false, disabled_action_types: ['A', 'B', 'C'] },
    ],
    [
      { ...START, action_types: ['A', 'B'] },
      { stopped: true, disabled_action_types: ['B', 'C'] },
      { stopped: true, disabled_action_types: ['C'] },
    ],
    // What cannot be read stops everything, and one more type does not let the rest go.
    [{ ...STOP, action_types: ['A'] }, { stopped: 'no' }, { stopped: true, disabled_action_types: ['A'] }],
  ])('%j of %j leaves %j', (change, standing, value) => {
    expect(valueAfter(change, standing as never)).toEqual(value);
  });

  it.each<[ConfigRow['kind'], object | undefined, object, boolean]>([
    ['MODE', undefined, { mode: 'DISABLED' }, false],
    ['MODE', { mode: 'DISABLED' }, { mode: 'DISABLED' }, true],
    ['MODE', { mode: 'AUTO_EXECUTE' }, { mode: 'DISABLED' }, false],
    ['ALLOWLIST', { action_types: ['B', 'A'] }, { action_types: ['A', 'B'] }, true],
    ['ALLOWLIST', { action_types: 'A' }, { action_types: ['A'] }, false],
    ['KILL_SWITCH', { stopped: true }, { disabled_action_types: [], stopped: true }, true],
    ['KILL_SWITCH', { stopped: 'no' }, { disabled_action_types: [], stopped: true }, false],
  ])('of a %s from %j to %j says nothing new: %s', (kind, value, wanted, already) => {
    const standing = { row: { kind }, version: 1, value: value as never };
    expect(saysAlready(standing, wanted as never)).toBe(already);
  });

  it.each<[ConfigChange, string[], boolean]>([
    [MODE, [], false],
    [{ ...MODE, action_type: 'A' }, ['A'], false],
    [{ kind: 'ALLOWLIST', action_types: ['A'] }, ['A'], false],
    [BUDGET, [], false],
    [CAPPED, ['A'], false],
    [STOP_ALL, [], true],
    [{ ...STOP, action_types: ['A'] }, ['A'], true],
    [START, [], false],
  ])('%j names the types %j and may be made unseen: %s', (change, types, unseen) => {
    expect(typesNamedBy(change)).toEqual(types);
    expect(needsNoVersion(change)).toBe(unseen);
  });
});
