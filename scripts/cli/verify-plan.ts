import { type LedgerEntry, tamperings } from '../../src/domain/ledger/plan-ledger.ts';
import { ledgerViolations, rowViolations } from '../../src/domain/ledger/violations.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';

const foldProblems = (plan: Plan | undefined, entries: readonly LedgerEntry[]): string[] => {
  try {
    const ofRow = plan ? rowViolations(plan, entries) : ['the ledger has no plan row'];
    return [...ledgerViolations(entries), ...ofRow];
  } catch (error) {
    return [`the ledger cannot be replayed: ${(error as Error).message}`];
  }
};

/**
 * What is wrong with a plan's ledger, in words; empty when it is whole, keeps the rules, and the plan row is what it tells. A chain that is
 * broken is not replayed: what it tells means nothing.
 */
export const ledgerProblems = (plan: Plan | undefined, entries: readonly LedgerEntry[]): string[] => {
  const broken = tamperings(entries);
  return broken.length > 0 ? broken : foldProblems(plan, entries);
};
