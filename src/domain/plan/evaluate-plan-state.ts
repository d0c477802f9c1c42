import { type CompletionReason, isSettled, type PlanStep } from './plan.ts';
import { getPlanTypeConfig } from './plan-type-config.ts';

export interface PlanStateInput {
  readonly plan: {
    readonly plan_type: string;
    readonly steps: readonly Pick<PlanStep, 'status'>[];
    readonly expires_at?: string | undefined;
  };
  /** The instant to judge by, ISO-8601 UTC. */
  readonly now: string;
  /** Types of the signals known of the plan's account since the plan began. */
  readonly signals?: readonly string[] | undefined;
}

export type PlanStateVerdict =
  | { readonly action: 'EXPIRE'; readonly expired_at: string }
  | { readonly action: 'COMPLETE'; readonly completion_reason: CompletionReason }
  | { readonly action: 'NO_CHANGE' };

const objectiveMet = ({ plan, signals = [] }: PlanStateInput): boolean => {
  const named = getPlanTypeConfig(plan.plan_type)?.objective_met_signals ?? [];
  return named.some((signal) => signals.includes(signal));
};

/**
 * Whether a plan has come to its end: expiry first, then its objective, then its steps. A plan without steps is never
 * done by having none. Deterministic; reads nothing but its input.
 */
export const evaluatePlanState = (input: PlanStateInput): PlanStateVerdict => {
  const { plan, now } = input;
  if (plan.expires_at !== undefined && now >= plan.expires_at) return { action: 'EXPIRE', expired_at: now };
  if (objectiveMet(input)) return { action: 'COMPLETE', completion_reason: 'objective_met' };
  if (plan.steps.length > 0 && plan.steps.every(isSettled)) {
    return { action: 'COMPLETE', completion_reason: 'all_steps_done' };
  }
  return { action: 'NO_CHANGE' };
};
