import {
  activeLockSk,
  eventSk,
  planPk,
  scopePk,
  stepAttemptSk,
  stepMetaSk,
} from '../../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../../src/adapters/dynamodb/table-names.ts';
import type { PlanKey } from '../../../src/application/ports.ts';
import { type LedgerEntry, tamperings } from '../../../src/domain/ledger/plan-ledger.ts';
import { ledgerViolations, rowViolations } from '../../../src/domain/ledger/violations.ts';
import { evolve } from '../../../src/domain/plan/evolve.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { Key, RawTables, Row } from './raw-table-reader.ts';

/** A plan with what stands beside it, read together while nobody writes. */
export interface PlanRows {
  readonly plan: Plan;
  /** Since when the due index lists it; undefined when it does not. */
  readonly dueAt: string | undefined;
  readonly entries: readonly LedgerEntry[];
  readonly lockedBy: string | undefined;
  /** META and ATTEMPT rows of its steps, by sort key. */
  readonly attempts: ReadonlyMap<string, Row>;
}

const STORAGE = ['pk', 'sk', 'due_shard', 'due_sk'];

const content = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !STORAGE.includes(name)));

const attemptKeys = (planId: string, steps: readonly string[], attemptsOf: (step: string) => number): Key[] =>
  steps.flatMap((step) => [
    { pk: planPk(planId), sk: stepMetaSk(step) },
    ...Array.from({ length: attemptsOf(step) }, (_, made) => ({
      pk: planPk(planId),
      sk: stepAttemptSk(step, made + 1),
    })),
  ]);

/** Reads a plan again, its ledger from the entries on that are known. */
export const readPlan = async (
  raw: RawTables,
  names: TableNames,
  key: PlanKey & { readonly plan_type: string; readonly steps: readonly string[] },
  known: readonly LedgerEntry[],
  /** Entries that tell how many attempts there may be. */
  seen: readonly LedgerEntry[] = known,
): Promise<PlanRows | undefined> => {
  const { plan_id } = key;
  const scope = scopePk(key);
  const lastAttempt = (step: string) =>
    1 +
    seen.filter(
      ({ event_type, data }) => event_type === 'STEP_STARTED' && 'step_id' in data && data.step_id === step,
    ).length;
  const [rows, newer] = await Promise.all([
    raw.rows({
      [names.REVENUE_PLANS_TABLE_NAME]: [
        { pk: scope, sk: planPk(plan_id) },
        { pk: scope, sk: activeLockSk(key.plan_type) },
      ],
      [names.PLAN_STEP_EXECUTION_TABLE_NAME]: attemptKeys(plan_id, key.steps, lastAttempt),
    }),
    raw.after(
      names.PLAN_LEDGER_TABLE_NAME,
      planPk(plan_id),
      known.length === 0 ? 'A' : eventSk(known.length),
    ),
  ]);
  const found = rows[names.REVENUE_PLANS_TABLE_NAME] ?? [];
  const row = found.find(({ sk }) => sk === planPk(plan_id));
  if (!row) return undefined;
  const lock = found.find(({ sk }) => sk === activeLockSk(key.plan_type));
  const attempts = rows[names.PLAN_STEP_EXECUTION_TABLE_NAME] ?? [];
  return {
    plan: content(row) as Plan,
    dueAt: row.due_sk === undefined ? undefined : String(row.due_sk).split('#', 1)[0],
    entries: [...known, ...newer.map((entry) => content(entry) as unknown as LedgerEntry)],
    lockedBy: lock && String(lock.plan_id),
    attempts: new Map(attempts.map((attempt) => [String(attempt.sk), attempt])),
  };
};

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

/** What is wrong with a plan as it stands in its rows, in words. */
export const planViolations = (rows: PlanRows): string[] =>
  [
    ...ledgerViolations(rows.entries),
    ...rowViolations(rows.plan, rows.entries),
    ...lockViolations(rows),
    ...stepViolations(rows),
  ].map((what) => `plan ${rows.plan.plan_id}: ${what}`);
