import type { CloseCycleOutput, Cycle, Totals } from '../contracts/plan-cycle.ts';
import { addResults, type PageResults } from './cycle-totals.ts';
import type { Log } from './ports/observability.ts';
import type { CycleLease } from './ports/plans.ts';

export interface CloseCycleDeps {
  readonly lease: CycleLease;
  readonly log: Log;
}

/** Failures that a failed execution's cause names; the rest are in its logs. Keeps the cause below its 32 KiB. */
const MAX_FAILURES_IN_SUMMARY = 50;

const summaryOf = ({ plans: _plans, failures, ...counts }: Totals, error: string | null): string =>
  JSON.stringify({
    ...counts,
    ...(error !== null && { error }),
    failures: failures.slice(0, MAX_FAILURES_IN_SUMMARY),
  });

/** Ends a cycle: adds up, logs the counts, and gives the lease back. A cycle with failures has not succeeded. */
export const closeCycle = async (
  { lease, log }: CloseCycleDeps,
  input: PageResults & { cycle: Cycle; error: string | null },
): Promise<CloseCycleOutput> => {
  const { cycle, error } = input;
  const totals = addResults(input);
  const summary = summaryOf(totals, error);
  const succeeded = totals.failed === 0 && error === null;
  const { plans: _plans, ...logged } = totals;
  log[succeeded ? 'info' : 'error']('plan cycle closed', {
    cycle_id: cycle.cycle_id,
    dry_run: cycle.dry_run,
    ...logged,
  });
  if (cycle.fencing_token !== null) await lease.releaseIfHeld(cycle.cycle_id, cycle.fencing_token);
  return { at: cycle.as_of ?? cycle.opened_at, dry_run: cycle.dry_run, succeeded, summary, ...totals };
};
