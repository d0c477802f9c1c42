import type { ApplyStepOutcomeOutput } from '../contracts/execute-action.ts';
import type { ActionOutcome } from '../domain/execution/execution.ts';
import { changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import type { PlanStore } from './ports/plans.ts';
import { stepOutcome } from './step-outcome.ts';

export interface ApplyStepOutcomeDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
}

/**
 * Tells the plan how an attempt ended: the step's status, and the plan's end or pause if that follows. Applying the same outcome again
 * changes nothing; a terminal plan records it and stays what it is.
 */
export const applyStepOutcome = async (
  { clock, plans }: ApplyStepOutcomeDeps,
  { outcome }: { outcome: ActionOutcome },
): Promise<ApplyStepOutcomeOutput> => {
  const { step_id, attempt, action_intent_id } = outcome;
  const result = await changePlan(plans, {
    key: outcome,
    now: clock.now().toISOString(),
    actor: { kind: 'system', id: `execute-action ${action_intent_id}` },
    command: () => ({
      ...{ type: 'APPLY_OUTCOME', step_id, attempt, outcome: stepOutcome(outcome) },
      replay: outcome.replay !== undefined,
    }),
  });
  const plan_status = result.plan?.plan_status ?? 'NONE';
  if (!result.ok) return { applied: false, plan_status, effect: result.message };
  const applied = result.events.length > 0;
  return { applied, plan_status, effect: result.events.map(({ event_type }) => event_type).join(', ') };
};
