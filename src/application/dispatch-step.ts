import type { Cycle, DispatchStepOutput, PlanItem } from '../contracts/plan-cycle.ts';
import { findStep, type Plan } from '../domain/plan/plan.ts';
import type { PlanEvent } from '../domain/plan/plan-event.ts';
import { changePlan } from './change-plan.ts';
import type { Clock } from './clock.ts';
import { cycleChange } from './cycle-time.ts';
import type { ActionTypeRegistry } from './ports/configuration.ts';
import type { PlanStore, StepAttemptStore } from './ports/plans.ts';

export interface DispatchStepDeps {
  readonly clock: Clock;
  readonly plans: PlanStore;
  readonly attempts: StepAttemptStore;
  readonly registry: ActionTypeRegistry;
}

const unclaimed = (effect: string): DispatchStepOutput => ({
  claimed: false,
  action_intent_id: null,
  effect,
});

const describe = (stepId: string, events: readonly PlanEvent[]): DispatchStepOutput => {
  const [first] = events;
  if (first?.event_type === 'STEP_STARTED') {
    const { action_intent_id, attempt } = first.data;
    return { claimed: true, action_intent_id, effect: `started step ${stepId} (attempt ${attempt})` };
  }
  if (first?.event_type === 'STEP_FAILED')
    return unclaimed(`step ${stepId} failed: ${first.data.reason}; plan paused`);
  return unclaimed('expired');
};

/** The version that the attempt will pin. An action type without any fails when it is executed, and the plan learns of it. */
const registryEntry = async (registry: ActionTypeRegistry, plan: Plan | undefined, stepId: string) => {
  const step = plan && findStep(plan, stepId);
  return step && registry.latest(plan.tenant_id, step.action_type);
};

/**
 * Starts a step's next attempt: counter, attempt row, intent, ledger entry and plan in one transaction. Whoever loses that
 * transaction has not claimed the step. A step without attempts left fails instead, and its plan is paused.
 */
export const dispatchStep = async (
  deps: DispatchStepDeps,
  { cycle, plan: item, step_id }: { cycle: Cycle; plan: PlanItem; step_id: string },
): Promise<DispatchStepOutput> => {
  const result = await changePlan(deps.plans, {
    ...cycleChange(cycle, deps.clock),
    key: item,
    stopWhenLostTo: ['ATTEMPT', 'INTENT'],
    command: async (plan) => {
      const [attempts_made, entry] = await Promise.all([
        deps.attempts.attemptsMade(item.plan_id, step_id),
        registryEntry(deps.registry, plan, step_id),
      ]);
      return { type: 'START_STEP', step_id, attempts_made, registry_version: entry?.registry_version };
    },
  });
  return result.ok ? describe(step_id, result.events) : unclaimed(result.message);
};
