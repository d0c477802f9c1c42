import {
  activeLockSk,
  eventSk,
  planPk,
  scopePk,
  stepAttemptSk,
  stepMetaSk,
} from '../../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../../src/adapters/dynamodb/table-names.ts';
import type { PlanKey } from '../../../src/application/ports/plans.ts';
import { canonicalHash } from '../../../src/domain/ledger/canonical-json.ts';
import { GENESIS_HASH, type LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import { ledgerViolations, rowViolations } from '../../../src/domain/ledger/violations.ts';
import { evolve } from '../../../src/domain/plan/evolve.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';
import type { WrittenKey } from './observed-writes.ts';
import type { Key, RawTables, Row } from './raw-table-reader.ts';

/** A plan with what stands beside it, read together while nobody writes. */
export interface PlanRows {
  readonly plan: Plan;
  /** Since when the due index lists it; undefined when it does not. */
  readonly dueAt: string | undefined;
  readonly entries: readonly LedgerEntry[];
  /** Those at the end of them that were read just now. */
  readonly newEntries: readonly LedgerEntry[];
  /** What the entries tell. */
  readonly folded: Plan | undefined;
  readonly lockedBy: string | undefined;
  /** META and ATTEMPT rows of its steps, by sort key. */
  readonly attempts: ReadonlyMap<string, Row>;
}

const STORAGE = ['pk', 'sk', 'due_shard', 'due_sk'];

const content = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !STORAGE.includes(name)));

export const dueAtOf = ({ due_sk }: Row): string | undefined =>
  due_sk === undefined ? undefined : String(due_sk).split('#', 1)[0];

export type WatchedKey = PlanKey & { readonly plan_type: string; readonly steps: readonly string[] };

/** META of each step, its newest attempt, and the one that would follow. */
const attemptKeys = ({ plan_id, steps }: WatchedKey, known: PlanRows | undefined): Key[] =>
  steps.flatMap((step) => {
    const last = known?.plan.steps.find(({ step_id }) => step_id === step)?.last_attempt ?? 0;
    const keys = [
      stepMetaSk(step),
      stepAttemptSk(step, Math.max(last, 1)),
      stepAttemptSk(step, Math.max(last, 1) + 1),
    ];
    return keys.map((sk) => ({ pk: planPk(plan_id), sk }));
  });

const folded = (plan: PlanRows['folded'], entries: readonly LedgerEntry[]): PlanRows['folded'] =>
  entries.reduce<PlanRows['folded']>((before, { seq, hash, event_type, timestamp, actor, data }) => {
    const after = evolve(before, { event_type, timestamp, actor, data } as PlanEvent);
    return { ...after, version: seq, head_hash: hash };
  }, plan);

const bySortKey = (one: Row, other: Row): number => (String(one.sk) < String(other.sk) ? -1 : 1);

type Rows = Readonly<Record<string, readonly Row[]>>;

/** Puts together what was read of a plan, on top of what was known of it before. */
const planRows = (
  names: TableNames,
  key: WatchedKey,
  rows: Rows,
  before: Partial<Pick<PlanRows, 'entries' | 'folded' | 'attempts'>>,
): PlanRows | undefined => {
  const found = new Map((rows[names.REVENUE_PLANS_TABLE_NAME] ?? []).map((row) => [row.sk, row]));
  const row = found.get(planPk(key.plan_id));
  if (!row) return undefined;
  const newer = (rows[names.PLAN_LEDGER_TABLE_NAME] ?? []).toSorted(bySortKey);
  const newEntries = newer.map((entry) => content(entry) as unknown as LedgerEntry);
  const attempts = rows[names.PLAN_STEP_EXECUTION_TABLE_NAME] ?? [];
  return {
    plan: content(row) as Plan,
    dueAt: dueAtOf(row),
    entries: [...(before.entries ?? []), ...newEntries],
    newEntries,
    folded: folded(before.folded, newEntries),
    lockedBy: found.get(activeLockSk(key.plan_type))?.plan_id as string | undefined,
    attempts: new Map([
      ...(before.attempts ?? []),
      ...attempts.map((attempt) => [String(attempt.sk), attempt] as const),
    ]),
  };
};

const planKeys = (key: WatchedKey): Key[] =>
  [planPk(key.plan_id), activeLockSk(key.plan_type)].map((sk) => ({ pk: scopePk(key), sk }));

/** Reads what a call has written of a plan; the rest is as it was known, since nobody else writes. */
export const readWritten = async (
  raw: RawTables,
  names: TableNames,
  key: WatchedKey,
  { known, written }: { readonly known: PlanRows | undefined; readonly written: readonly WrittenKey[] },
): Promise<PlanRows | undefined> => {
  const keysIn = (table: string): Record<string, Key[]> => {
    const keys = written.filter((of) => of.table === table && of.key.pk === planPk(key.plan_id));
    return keys.length > 0 ? { [table]: keys.map((of) => of.key) } : {};
  };
  const rows = await raw.rows({
    [names.REVENUE_PLANS_TABLE_NAME]: planKeys(key),
    ...keysIn(names.PLAN_STEP_EXECUTION_TABLE_NAME),
    ...keysIn(names.PLAN_LEDGER_TABLE_NAME),
  });
  return planRows(names, key, rows, known ?? {});
};

/** Reads a plan and everything beside it again, from the first entry of its ledger on. */
export const readWhole = async (
  raw: RawTables,
  names: TableNames,
  key: WatchedKey,
  known: PlanRows | undefined,
): Promise<PlanRows | undefined> => {
  const rows = await raw.rows({
    [names.REVENUE_PLANS_TABLE_NAME]: planKeys(key),
    [names.PLAN_STEP_EXECUTION_TABLE_NAME]: attemptKeys(key, known),
  });
  const ledger = await raw.after(names.PLAN_LEDGER_TABLE_NAME, planPk(key.plan_id), eventSk(0));
  return planRows(names, key, { ...rows, [names.PLAN_LEDGER_TABLE_NAME]: ledger }, {});
};

/** What newer entries do to the chain. */
const chainViolations = ({ entries, newEntries }: PlanRows): string[] =>
  newEntries.flatMap((entry, index) => {
    const place = entries.length - newEntries.length + index;
    const { hash, ...said } = entry;
    const follows = entry.prev_hash === (entries[place - 1]?.hash ?? GENESIS_HASH);
    return entry.seq === place + 1 && follows && hash === canonicalHash(said)
      ? []
      : [`entry ${place + 1} of the ledger does not follow the one before, or its hash is wrong`];
  });

const foldViolations = ({ plan, folded: told }: PlanRows): string[] =>
  canonicalHash(plan) === canonicalHash(told) ? [] : ['the row is not the fold of its ledger'];

const lockViolations = ({ plan, lockedBy }: PlanRows): string[] => {
  const isHolder = lockedBy === plan.plan_id;
  if (isHolder === (plan.plan_status === 'ACTIVE')) return [];
  return [`is ${plan.plan_status}, and the lock is held by ${lockedBy ?? 'nobody'}`];
};

const stepViolations = ({ plan, attempts }: PlanRows): string[] =>
  plan.steps.flatMap(({ step_id, in_flight, last_attempt }) => {
    const meta = attempts.get(stepMetaSk(step_id));
    const attempt = last_attempt && attempts.get(stepAttemptSk(step_id, last_attempt));
    const [made, flying] = [meta?.next_attempt, meta?.in_flight_attempt];
    const isOpen = attempt !== undefined && attempt !== 0 && attempt.status === 'STARTED';
    return [
      ...(made === last_attempt ? [] : [`step ${step_id}: META counts ${made}, the plan ${last_attempt}`]),
      ...(flying === in_flight?.attempt
        ? []
        : [`step ${step_id}: META has ${flying} in flight, the plan ${in_flight?.attempt}`]),
      ...(isOpen === (in_flight !== undefined)
        ? []
        : [`step ${step_id}: attempt ${last_attempt} is open: ${isOpen}`]),
    ];
  });

const named = ({ plan }: PlanRows, found: readonly string[]): string[] =>
  found.map((what) => `plan ${plan.plan_id}: ${what}`);

/** What is wrong with a plan after a write: what that write can have changed, in words. */
export const planViolations = (rows: PlanRows): string[] =>
  named(rows, [
    ...chainViolations(rows),
    ...foldViolations(rows),
    ...lockViolations(rows),
    ...stepViolations(rows),
  ]);

/** Everything that is wrong with a plan that was read as a whole. */
export const wholePlanViolations = (rows: PlanRows): string[] => [
  ...planViolations(rows),
  ...named(rows, [...ledgerViolations(rows.entries), ...rowViolations(rows.plan, rows.entries)]),
];
