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

/** Most entries that one commit of a schedule adds to a ledger, and one more. */
const NEXT_ENTRIES = [1, 2, 3, 4, 5];

/** Entries of a ledger after those that are known, found by their keys: with the plan, in one call. */
const nextEntryKeys = (pk: string, known: number): Key[] =>
  NEXT_ENTRIES.map((next) => ({ pk, sk: eventSk(known + next) }));

const bySortKey = (one: Row, other: Row): number => (String(one.sk) < String(other.sk) ? -1 : 1);

/** Reads a plan again: its ledger from the entries on that are known, or from the start. */
export const readPlan = async (
  raw: RawTables,
  names: TableNames,
  key: WatchedKey,
  { known, whole = false }: { readonly known: PlanRows | undefined; readonly whole?: boolean },
): Promise<PlanRows | undefined> => {
  const [pk, plan, lock] = [planPk(key.plan_id), planPk(key.plan_id), activeLockSk(key.plan_type)];
  const entriesBefore = whole ? [] : (known?.entries ?? []);
  const rows = await raw.rows({
    [names.REVENUE_PLANS_TABLE_NAME]: [plan, lock].map((sk) => ({ pk: scopePk(key), sk })),
    [names.PLAN_STEP_EXECUTION_TABLE_NAME]: attemptKeys(key, known),
    [names.PLAN_LEDGER_TABLE_NAME]: nextEntryKeys(pk, entriesBefore.length),
  });
  const next = rows[names.PLAN_LEDGER_TABLE_NAME] ?? [];
  const isAll = !whole && next.length < NEXT_ENTRIES.length;
  const newer = isAll
    ? next.toSorted(bySortKey)
    : await raw.after(names.PLAN_LEDGER_TABLE_NAME, pk, eventSk(entriesBefore.length));
  const found = new Map((rows[names.REVENUE_PLANS_TABLE_NAME] ?? []).map((row) => [row.sk, row]));
  const row = found.get(plan);
  if (!row) return undefined;
  const attempts = rows[names.PLAN_STEP_EXECUTION_TABLE_NAME] ?? [];
  const newEntries = newer.map((entry) => content(entry) as unknown as LedgerEntry);
  return {
    plan: content(row) as Plan,
    dueAt: dueAtOf(row),
    entries: [...entriesBefore, ...newEntries],
    newEntries,
    folded: folded(whole ? undefined : known?.folded, newEntries),
    lockedBy: found.get(lock)?.plan_id as string | undefined,
    attempts: new Map(attempts.map((attempt) => [String(attempt.sk), attempt])),
  };
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
