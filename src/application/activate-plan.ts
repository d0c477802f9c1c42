import type { ActivatePlanOutput, Cycle, PlanItem } from '../contracts/plan-cycle.ts';
import { dueAt } from '../domain/plan/next-move.ts';
import { activationFacts } from './activation-facts.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { cycleActor, cycleNow } from './cycle-time.ts';
import type { PlanStore, TenantStore } from './ports.ts';

export interface ActivatePlanDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly tenants: TenantStore;
}

const describe = (result: ChangeResult, dryRun: boolean): Omit<ActivatePlanOutput, 'advance'> => {
  if (!result.ok) return { activated: false, expired: false, effect: `not activated: ${result.message}` };
  const expired = result.events.some(({ event_type }) => event_type === 'PLAN_EXPIRED');
  const done = expired ? 'expire' : 'activate';
  const effect = dryRun ? `would ${done}` : expired ? 'expired' : 'activated';
  return { activated: !expired, expired, effect };
};

const isUnrecordedRefusal = (result: ChangeResult): boolean =>
  !result.ok && (!('events' in result) || result.events.length === 0);

/**
 * Lets the policy gate decide whether an approved plan becomes ACTIVE. A rejection is in the ledger once per change of its reasons; the
 * plan is looked at again later, behind those that have waited longer.
 */
export const activatePlan = async (
  deps: ActivatePlanDeps,
  { cycle, plan: item }: { cycle: Cycle; plan: PlanItem },
): Promise<ActivatePlanOutput> => {
  const now = cycleNow(cycle, deps.clock);
  const result = await changePlan(deps.plans, {
    key: item,
    now,
    actor: cycleActor(cycle),
    dryRun: cycle.dry_run,
    command: async (plan) => ({ type: 'ACTIVATE_PLAN', facts: await activationFacts(deps, plan) }),
  });
  if (!cycle.dry_run && isUnrecordedRefusal(result) && result.plan) {
    await deps.plans.postponeIfUnchanged(result.plan, dueAt(result.plan, now));
  }
  const output = describe(result, cycle.dry_run);
  return { ...output, advance: output.activated && item.advance_when_active && !cycle.dry_run };
};
