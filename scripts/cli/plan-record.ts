import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { LedgerEntry } from '../../src/domain/ledger/plan-ledger.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { ledgerProblems } from './verify-plan.ts';

/** A commit between the two reads looks like a broken ledger; it does not keep happening. */
const MAX_READS = 3;

/** A plan's row and ledger, as far as they can be read, and what is wrong with them. */
export interface PlanRecord {
  readonly plan: Plan | undefined;
  readonly entries: readonly LedgerEntry[];
  readonly problems: readonly string[];
}

const rowOrProblem = async (
  plans: PlanStore,
  { tenant_id, account_id, plan_id }: LedgerEntry,
): Promise<{ plan?: Plan | undefined; problem?: string }> => {
  try {
    return { plan: await plans.get({ tenant_id, account_id, plan_id }) };
  } catch (error) {
    if ((error as Error).name === 'StoredRowInvalidError') return { problem: (error as Error).message };
    throw error;
  }
};

const readOnce = async (plans: PlanStore, planId: string): Promise<PlanRecord | undefined> => {
  const entries = await plans.ledger(planId);
  const [first] = entries;
  if (!first) return undefined;
  const { plan, problem } = await rowOrProblem(plans, first);
  return { plan, entries, problems: problem === undefined ? ledgerProblems(plan, entries) : [problem] };
};

const unreadable = (error: Error): PlanRecord => {
  if (error.name !== 'StoredRowInvalidError') throw error;
  return { plan: undefined, entries: [], problems: [error.message] };
};

/** Reads a plan by its id alone, from its ledger; undefined when there is none. */
export const readPlan = async (plans: PlanStore, planId: string): Promise<PlanRecord | undefined> => {
  let record: PlanRecord | undefined;
  for (let read = 0; read < MAX_READS; read += 1) {
    record = await readOnce(plans, planId).catch(unreadable);
    if (!record || record.problems.length === 0) return record;
  }
  return record;
};
