import type { ExecutionRecord } from '../step-functions/executions/execution.ts';

/** What one cycle did, as it is reported. */
export interface CycleLine {
  readonly at: string;
  readonly tenants: number;
  readonly activated: number;
  readonly stepsStarted: number;
  readonly completed: number;
  readonly expired: number;
  readonly failed: number;
}

const COUNTS = ['tenants', 'activated', 'stepsStarted', 'completed', 'expired', 'failed'] as const;

const parsed = (text: string | undefined): Record<string, unknown> => {
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/**
 * The counts of a cycle's execution, be they in its output or, when it had failures, in its cause. Plans that completed when an
 * outcome arrived since the cycle before count with this one.
 *
 * @param completedBetween plans that outcomes and people completed since the last line.
 */
export const cycleLine = (record: ExecutionRecord, completedBetween: number): CycleLine => {
  const counts = parsed(record.status === 'SUCCEEDED' ? record.output : record.cause);
  const [tenants, activated, stepsStarted, completed, expired, failed] = COUNTS.map((name) =>
    Number(counts[name] ?? 0),
  );
  const broken = record.status !== 'SUCCEEDED' && counts.failed === undefined;
  return {
    at: record.startDate.toISOString(),
    tenants: tenants ?? 0,
    activated: activated ?? 0,
    stepsStarted: stepsStarted ?? 0,
    completed: (completed ?? 0) + completedBetween,
    expired: expired ?? 0,
    failed: broken ? 1 : (failed ?? 0),
  };
};
