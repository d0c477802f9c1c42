import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { Plan, PlanStep } from '../../src/domain/plan/plan.ts';
import { EXIT_VIOLATION } from '../../src/local/terminal/command-line.ts';
import { type PlanRecord, readPlan } from './plan-record.ts';
import { planNotFound } from './refusal.ts';
import type { ToolAnswer } from './run-tool.ts';
import { showText } from './show-text.ts';
import { waitOfPlan, waitOfStep } from './waits.ts';

const stepWait = (plan: Plan, step: PlanStep) => ({
  step_id: step.step_id,
  waits_for: waitOfStep(plan, step) ?? null,
});

const documentOf = ({ plan, entries, problems }: PlanRecord) => ({
  plan: plan ?? null,
  waits: plan
    ? { plan: waitOfPlan(plan) ?? null, steps: plan.steps.map((step) => stepWait(plan, step)) }
    : null,
  ledger: entries,
  verification: { ok: problems.length === 0, problems },
});

/** Shows a plan, what its steps wait for, and its ledger, and checks the ledger's chain. Exit code 3 when it is broken. */
export const showPlan = async (
  { plans }: { readonly plans: PlanStore },
  planId: string,
): Promise<ToolAnswer> => {
  const record = await readPlan(plans, planId);
  if (!record) return planNotFound(planId);
  const isWhole = record.problems.length === 0;
  return {
    exitCode: isWhole ? 0 : EXIT_VIOLATION,
    document: documentOf(record),
    text: showText(planId, record),
    ...(!isWhole && { complaint: `plan ${planId}: the ledger is broken: ${record.problems.join('; ')}` }),
  };
};
