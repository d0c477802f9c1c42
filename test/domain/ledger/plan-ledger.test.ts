import { describe, expect, it } from '@jest/globals';
import {
  append,
  fold,
  GENESIS_HASH,
  type LedgerEntry,
  ledgerEntry,
  tamperings,
} from '../../../src/domain/ledger/plan-ledger.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  fail,
  planIn,
  requireApproval,
  start,
  story,
  succeed,
  toStatus,
} from '../../support/plan-fixtures.ts';

const told = [
  ...toStatus('ACTIVE', { constraints: { tone: 'friendly' } }),
  start('s1', 3),
  requireApproval('s1', 4),
  approveIntent('s1', 5),
  fail('s1', 6),
  start('s1', 10, 1),
  autoApprove('s1', 11, 2),
  succeed('s1', 12, 2),
];
const { plan, entries } = story(told);
const replaced = (index: number, change: Partial<LedgerEntry>): LedgerEntry[] =>
  entries.map((entry, at) => (at === index ? ({ ...entry, ...change } as LedgerEntry) : entry));

describe('a ledger', () => {
  it('counts its entries from 1 without gaps and chains each to the one before', () => {
    expect(entries.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
    expect(entries.map(({ prev_hash }) => prev_hash)).toEqual([
      GENESIS_HASH,
      ...entries.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it('ends where the plan stands', () => {
    expect(plan).toMatchObject({ version: entries.length, head_hash: entries.at(-1)?.hash });
  });

  it('holds entries of one shape, each with the plan, tenant and account it belongs to', () => {
    for (const entry of entries) expect(ledgerEntry.parse(entry)).toEqual(entry);
    expect(entries[3]).toMatchObject({ plan_id: 'p1', tenant_id: 'acme', account_id: 'a1' });
  });

  it('folds into the plan, and at every earlier entry into the plan as it was', () => {
    expect(fold(entries)).toEqual(plan);
    for (const [index] of told.entries()) {
      expect(fold(entries.slice(0, index + 1))).toEqual(story(told.slice(0, index + 1)).plan);
    }
  });

  it('folds into no plan when it is empty', () => expect(fold([])).toBeUndefined());

  it('folds into the same plan after it was stored as JSON', () => {
    const stored = JSON.parse(JSON.stringify(entries)) as LedgerEntry[];
    expect(fold(stored)).toEqual(plan);
    expect(tamperings(stored)).toEqual([]);
  });

  it('takes no change when there is nothing to append', () => {
    expect(append(plan, [])).toEqual({ plan, entries: [] });
    expect(() => append(undefined, [])).toThrow(TypeError);
  });
});

describe('a tampering', () => {
  const changes: Partial<LedgerEntry>[] = [
    { plan_id: 'p2' },
    { tenant_id: 'globex' },
    { account_id: 'a2' },
    { seq: 99 },
    { event_type: 'PLAN_ABORTED' },
    { timestamp: '2026-01-05T09:00:00.001Z' },
    { actor: { kind: 'human', id: 'mallory' } },
    { data: { plan_id: 'p1', reason: 'forged' } },
    { prev_hash: 'f'.repeat(64) },
    { hash: 'f'.repeat(64) },
  ];
  const everyField = entries.flatMap((_, index) => changes.map((change) => [index + 1, change] as const));

  it.each(everyField)('of entry %i with %j is found', (seq, change) => {
    expect(tamperings(replaced(seq - 1, change))).not.toEqual([]);
  });

  it('deep in the data of an entry is found', () => {
    const copy = structuredClone(entries) as LedgerEntry[];
    Object.assign((copy[0] as { data: { constraints: object } }).data.constraints, { tone: 'stern' });
    expect(tamperings(copy)).toEqual(['entry 1 does not fit its hash']);
  });

  it('by an entry more, an entry less or a change of order is found', () => {
    const [first, second, ...rest] = entries as [LedgerEntry, LedgerEntry, ...LedgerEntry[]];
    expect(tamperings([first, ...rest])).not.toEqual([]);
    expect(tamperings([second, ...rest])).not.toEqual([]);
    expect(tamperings([second, first, ...rest])).not.toEqual([]);
    expect(tamperings([first, first, second, ...rest])).not.toEqual([]);
  });

  it('says in words what is wrong', () => {
    expect(tamperings(replaced(1, { seq: 7 }))).toEqual([
      'entry 2 has seq 7',
      'entry 7 does not fit its hash',
    ]);
    expect(tamperings(replaced(1, { prev_hash: 'x' }))).toEqual([
      'entry 2 does not follow 1',
      'entry 2 does not fit its hash',
    ]);
  });

  it('is not found where there is none', () => {
    expect(tamperings(entries)).toEqual([]);
    expect(tamperings([])).toEqual([]);
    expect(
      tamperings(story([[{ type: 'PAUSE_PLAN', reason: 'x' }, at(20, ben)]], { plan, entries }).entries),
    ).toEqual([]);
  });
});

describe('two plans with the same history', () => {
  it('have the same hashes, and another id changes them all', () => {
    expect(story(told).entries).toEqual(entries);
    expect(planIn('DRAFT', { plan_id: 'p2' }).head_hash).not.toBe(planIn('DRAFT').head_hash);
  });
});
