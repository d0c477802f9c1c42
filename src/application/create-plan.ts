import type { NewPlan } from '../domain/plan/plan-event.ts';
import { type ChangeResult, changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import type { PlanStore } from './ports.ts';

/** Stores a new plan in DRAFT, with PLAN_CREATED as the first entry of its ledger. */
export const createPlan = async (
  { clock, plans }: { readonly clock: Clock; readonly plans: PlanStore },
  { plan, by, trigger }: { plan: NewPlan; by: string; trigger: string },
): Promise<ChangeResult> =>
  changePlan(plans, {
    key: plan,
    now: clock.now().toISOString(),
    actor: { kind: 'human', id: by },
    command: () => ({ type: 'CREATE_PLAN', plan, trigger }),
  });
