import type { Actor } from '../domain/plan/plan.ts';
import type { NewPlan } from '../domain/plan/plan-event.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { TransientError } from './errors.ts';
import type { PlanStore } from './ports/plans.ts';

/**
 * Stores a new plan in DRAFT, with PLAN_CREATED as the first entry of its ledger. A plan's id is its own among all tenants; one that is
 * taken is refused.
 *
 * @param change.kind what `by` is; a person where nothing is said.
 */
export const createPlan = async (
  { clock, plans }: { readonly clock: Clock; readonly plans: PlanStore },
  { plan, by, trigger, kind = 'human' }: { plan: NewPlan; by: string; trigger: string; kind?: Actor['kind'] },
): Promise<ChangeResult> => {
  const result = await changePlan(plans, {
    key: plan,
    now: clock.now().toISOString(),
    actor: { kind, id: by },
    command: () => ({ type: 'CREATE_PLAN', plan, trigger }),
    stopWhenLostTo: ['PLAN'],
  });
  if (result.ok || result.code !== 'LOST') return result;
  if (!(await plans.locate(plan.plan_id)))
    throw new TransientError(`plan ${plan.plan_id} could not be created now`);
  const message = `plan ${plan.plan_id} exists already`;
  return { ok: false, code: 'PLAN_EXISTS', message, events: [], plan: undefined };
};
