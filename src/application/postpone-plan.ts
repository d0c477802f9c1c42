import type { Cycle, PlanItem } from '../contracts/plan-cycle.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import type { Clock } from './clock.ts';
import type { Log } from './ports/observability.ts';
import type { PlanStore } from './ports/plans.ts';

/** How long a plan that could not be looked at waits for the next try, so that it starves no other, in seconds. */
export const FAILED_PLAN_RETRY_SECONDS = 60;

export interface PostponePlanDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly log: Log;
}

/**
 * Names a plan whose look failed, and moves it behind those that wait for theirs: K plans that fail again and again must not keep the
 * others of their tenant from being looked at. Nothing of the plan itself changes.
 */
export const postponePlan = async (
  { clock, plans, log }: PostponePlanDeps,
  {
    cycle,
    plan,
    error,
  }: { cycle: Cycle; plan: PlanItem; error: { Error: string; Cause?: string | undefined } },
): Promise<{ postponed: boolean }> => {
  const { tenant_id, account_id, plan_id } = plan;
  log.error('plan failed in a cycle', { cycle_id: cycle.cycle_id, tenant_id, account_id, plan_id, ...error });
  if (cycle.dry_run) return { postponed: false };
  await plans.postponeIfListed(plan, secondsAfter(clock.now().toISOString(), FAILED_PLAN_RETRY_SECONDS));
  return { postponed: true };
};
