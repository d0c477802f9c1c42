import { canonicalHash } from '../ledger/canonical-json.ts';
import type { Plan } from './plan.ts';

/** What an approval is bound to: objective, steps and constraints, without anything that happens to them later. */
export const contentHash = ({
  objective,
  constraints,
  steps,
}: Pick<Plan, 'objective' | 'constraints' | 'steps'>): string =>
  canonicalHash({
    objective,
    constraints,
    steps: steps.map((step) => ({
      ...{ step_id: step.step_id, action_type: step.action_type, sequence: step.sequence },
      ...{ dependencies: step.dependencies, constraints: step.constraints },
      ...{ risk_estimate: step.risk_estimate, confidence_score: step.confidence_score },
    })),
  });
