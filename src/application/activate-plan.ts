import type { ActivatePlanOutput, Cycle, PlanItem } from '../contracts/plan-cycle.ts';
import { append } from '../domain/ledger/plan-ledger.ts';
import { dueAt, nextMove } from '../domain/plan/next-move.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { PlanEvent } from '../domain/plan/plan-event.ts';
import { activationFacts } from './activation-facts.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { cycleChange } from './cycle-time.ts';
import type { TenantStore } from './ports/configuration.ts';
import type { PlanStore } from './ports/plans.ts';

export interface ActivatePlanDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly tenants: TenantStore;
}

/** What a dry run can say of the look that would follow the activation. */
const firstMove = (plan: Plan, events: readonly PlanEvent[], now: string): string => {
  const move = nextMove(append(plan, events).plan, now);
  return move.kind === 'DISPATCH' ? `, then start step ${move.step.step_id}` : '';
};

const refused = (result: ChangeResult & { ok: false }) => ({
  activated: false,
  expired: false,
  effect: `not activated: ${result.message}`,
});

const describe = (
  { plan, events }: ChangeResult & { ok: true },
  item: PlanItem,
  now: string,
  dryRun: boolean,
): Omit<ActivatePlanOutput, 'advance'> => {
  const expired = events.some(({ event_type }) => event_type === 'PLAN_EXPIRED');
  if (!dryRun) return { activated: !expired, expired, effect: expired ? 'expired' : 'activated' };
  const then = !expired && item.advance_when_active ? firstMove(plan, events, now) : '';
  return { activated: !expired, expired, effect: `would ${expired ? 'expire' : 'activate'}${then}` };
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
  const { now, dueFrom, actor } = cycleChange(cycle, deps.clock);
  const result = await changePlan(deps.plans, {
    key: item,
    now,
    dueFrom,
    actor,
    dryRun: cycle.dry_run,
    command: async (plan) => ({ type: 'ACTIVATE_PLAN', facts: await activationFacts(deps, plan) }),
  });
  if (!cycle.dry_run && isUnrecordedRefusal(result) && result.plan) {
    await deps.plans.postponeIfUnchanged(result.plan, dueAt(result.plan, dueFrom));
  }
  const output = result.ok ? describe(result, item, now, cycle.dry_run) : refused(result);
  return { ...output, advance: output.activated && item.advance_when_active && !cycle.dry_run };
};
