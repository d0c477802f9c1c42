import * as z from 'zod';
import type { CostGateResult } from '../domain/decision/cost-gate.ts';
import { decisionTrigger } from '../domain/decision/decision-trigger.ts';
import { checkNewPlan, newPlanFields } from './new-plan.ts';

/** `detail` of a `RUN_DECISION` event. */
export const runDecisionDetail = decisionTrigger.extend({
  /** How often the trigger was put off already; absent is never. */
  deferred_times: z.int().nonnegative().optional(),
  budget_remaining: z.number().optional(),
  action_saturation_score: z.number().min(0).optional(),
});
export type RunDecisionDetail = z.infer<typeof runDecisionDetail>;

/** An event of the bus, of which only the detail counts, or what `Invoke` was given. */
export const decisionCostGateInput = z.object({ detail: runDecisionDetail });

/** What came of a run: a plan in DRAFT, or why there is none. */
export type RunOutcome =
  | { readonly proposed: true; readonly plan_id: string }
  | { readonly proposed: false; readonly explanation: string };

export type DecisionCostGateOutput = CostGateResult & {
  readonly evaluated_at: string;
  readonly decision?: RunOutcome;
};

/** The plan that a generator proposes, with the fields that are not its to choose put in. */
export const proposedPlan = z
  .strictObject({ ...newPlanFields, expires_at: newPlanFields.expires_at.unwrap() })
  .superRefine((plan, context) =>
    checkNewPlan(plan, (path, message) => context.addIssue({ code: 'custom', path, message })),
  );
