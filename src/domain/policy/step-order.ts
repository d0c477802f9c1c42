import type { PlanTypeConfig } from '../plan/plan-type-config.ts';
import type { PolicyReason } from './policy-reason.ts';

interface OrderedStep {
  readonly step_id: string;
  readonly action_type: string;
  readonly sequence?: number | undefined;
  readonly dependencies: readonly string[];
}

const violation = (subject: string, message: string): PolicyReason => ({
  code: 'STEP_ORDER_VIOLATION',
  subject,
  message,
});

const disallowed = (
  steps: readonly OrderedStep[],
  { allowed_step_action_types }: PlanTypeConfig,
): PolicyReason[] =>
  steps
    .filter(({ action_type }) => !allowed_step_action_types.includes(action_type))
    .map(({ step_id, action_type }) => violation(step_id, `Disallowed step action_type: ${action_type}`));

const unknownDependencies = (steps: readonly OrderedStep[]): PolicyReason[] => {
  const known = new Set(steps.map(({ step_id }) => step_id));
  return steps.flatMap(({ step_id, dependencies }) =>
    dependencies
      .filter((dependency) => !known.has(dependency))
      .map((dependency) => violation(step_id, `Depends on ${dependency}, which is no step of the plan`)),
  );
};

/** Steps that can never start because they depend, however indirectly, on themselves. Unknown dependencies do not count. */
export const stepsInCycles = (steps: readonly OrderedStep[]): string[] => {
  const known = new Set(steps.map(({ step_id }) => step_id));
  const waiting = new Map(
    steps.map((step) => [step.step_id, step.dependencies.filter((id) => known.has(id))]),
  );
  const free = () =>
    [...waiting].filter(([, needs]) => needs.every((id) => !waiting.has(id))).map(([id]) => id);
  for (let ready = free(); ready.length > 0; ready = free()) for (const id of ready) waiting.delete(id);
  return [...waiting.keys()];
};

const cycles = (steps: readonly OrderedStep[]): PolicyReason[] =>
  stepsInCycles(steps).map((stepId) =>
    violation(stepId, 'Depends on itself through a cycle of dependencies'),
  );

const outOfSequence = (
  steps: readonly OrderedStep[],
  { default_sequence }: PlanTypeConfig,
): PolicyReason[] => {
  const placed = steps.flatMap(({ step_id, action_type, sequence }) => {
    const place = default_sequence.indexOf(action_type);
    return sequence === undefined || place < 0 ? [] : [{ step_id, action_type, sequence, place }];
  });
  return placed.flatMap((step) => {
    const earlier = placed.find((other) => other.sequence < step.sequence && other.place > step.place);
    return earlier
      ? [
          violation(
            step.step_id,
            `${step.action_type} must not come after ${earlier.action_type} (${earlier.step_id})`,
          ),
        ]
      : [];
  });
};

/** Everything that is wrong with a plan's steps: types that are not allowed, dependencies, cycles, relative order. */
export const stepOrderReasons = (steps: readonly OrderedStep[], config: PlanTypeConfig): PolicyReason[] => [
  ...disallowed(steps, config),
  ...unknownDependencies(steps),
  ...cycles(steps),
  ...outOfSequence(steps, config),
];
