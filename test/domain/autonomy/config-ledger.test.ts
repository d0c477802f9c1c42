import { describe, expect, it } from '@jest/globals';
import type { ConfigRow } from '../../../src/domain/autonomy/config-change.ts';
import { configEntry, configLedgerEntry } from '../../../src/domain/autonomy/config-ledger.ts';
import { minute } from '../../support/plan-fixtures.ts';

const WRITE = { value: { mode: 'DISABLED' }, by: 'ben', at: minute(3) };
const MODE: ConfigRow = { kind: 'MODE', tenant_id: 'acme', account_id: 'a1', action_type: 'A' };

const idOf = (row: ConfigRow, version = 0) => configEntry({ row, version, value: undefined }, WRITE).entryId;

describe('the ledger of a configuration', () => {
  it('keeps who changed which row, when and why, and what it said before and says now', () => {
    const before = { row: MODE, version: 3, value: { mode: 'AUTO_EXECUTE' } };
    expect(configEntry(before, { ...WRITE, reason: 'an audit' })).toEqual({
      ...{
        entryId: 'config/MODE/account/a1/type/A/v000004',
        traceId: 'config/MODE/account/a1/type/A/v000004',
      },
      ...{ eventType: 'CONFIG_CHANGED', timestamp: minute(3), tenantId: 'acme', accountId: 'a1' },
      data: {
        ...{ config: 'MODE', account_id: 'a1', action_type: 'A' },
        ...{ old_value: { mode: 'AUTO_EXECUTE' }, new_value: { mode: 'DISABLED' } },
        ...{ old_version: 3, new_version: 4, changed_by: 'ben', reason: 'an audit' },
      },
    });
  });

  it('keeps of the kill switch of all tenants that it is of none, and that there was no row', () => {
    const value = { stopped: true, disabled_action_types: [] };
    const before = { row: { kind: 'KILL_SWITCH' } as const, version: 0, value: undefined };
    const entry = configEntry(before, { ...WRITE, value, reason: 'an incident' });
    expect(entry).toEqual({
      ...{ entryId: 'config/KILL_SWITCH/v000001', traceId: 'config/KILL_SWITCH/v000001' },
      ...{ eventType: 'KILL_SWITCH_CHANGED', timestamp: minute(3) },
      data: {
        ...{ config: 'KILL_SWITCH', old_value: null, new_value: value, old_version: 0, new_version: 1 },
        ...{ changed_by: 'ben', reason: 'an incident' },
      },
    });
    expect(configLedgerEntry.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it('names an entry by row and version, so that no two changes share one and a retry has the same', () => {
    const rows: ConfigRow[] = [
      MODE,
      { kind: 'MODE', tenant_id: 'acme', action_type: 'A' },
      { kind: 'MODE', tenant_id: 'acme', account_id: 'a1' },
      { kind: 'MODE', tenant_id: 'acme' },
      { kind: 'BUDGET', tenant_id: 'acme', account_id: 'a1' },
      { kind: 'ALLOWLIST', tenant_id: 'acme', account_id: 'a1' },
    ];
    const ids = rows.flatMap((row) => [idOf(row), idOf(row, 1)]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(rows.flatMap((row) => [idOf(row), idOf(row, 1)])).toEqual(ids);
  });
});
