import type { CloseCycleOutput } from '../../../src/contracts/plan-cycle.ts';
import type { ExecutionRecord } from '../../../src/local/step-functions/executions/execution.ts';

/** What CloseCycle answered: the output of a cycle that succeeded. */
export const outputOf = ({ output, status, cause }: ExecutionRecord): CloseCycleOutput => {
  if (output === undefined) throw new Error(`the cycle is ${status}: ${cause}`);
  return JSON.parse(output);
};

type Summary = Omit<CloseCycleOutput, 'plans' | 'summary' | 'at' | 'succeeded' | 'dry_run'> & {
  error?: string;
};

/** What a cycle that ended PlanCycleFailed says in its cause. */
export const failureOf = ({ error, cause = '{}' }: ExecutionRecord): Summary => {
  if (error !== 'PlanCycleFailed') throw new Error(`the cycle ended with ${error}: ${cause}`);
  return JSON.parse(cause);
};

/** The numbers of a cycle, whether it succeeded or not. */
export const counts = (cycle: ExecutionRecord) => {
  const of: Summary = cycle.status === 'SUCCEEDED' ? outputOf(cycle) : failureOf(cycle);
  const { tenants, activated, stepsStarted, completed, expired, failed } = of;
  return { tenants, activated, stepsStarted, completed, expired, failed };
};
