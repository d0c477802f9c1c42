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
    steps: steps.map(({ step_id, action_type, sequence, dependencies, constraints: ofStep }) => ({
      step_id,
      action_type,
      sequence,
      dependencies,
      constraints: ofStep,
    })),
  });
