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

type Edges = Map<string, readonly string[]>;

/** Removes what no longer waits for anything that is left, until everything left does. */
const peel = (edges: Edges): void => {
  const free = () =>
    [...edges].filter(([, others]) => others.every((id) => !edges.has(id))).map(([id]) => id);
  for (let ready = free(); ready.length > 0; ready = free()) for (const id of ready) edges.delete(id);
};

/** Steps that depend, however indirectly, on themselves. Those that merely wait for one of them are not among them. */
export const stepsInCycles = (steps: readonly OrderedStep[]): string[] => {
  const waiting: Edges = new Map(steps.map(({ step_id, dependencies }) => [step_id, dependencies]));
  peel(waiting);
  const dependents: Edges = new Map(
    [...waiting.keys()].map((id) => [
      id,
      [...waiting].filter(([, needs]) => needs.includes(id)).map(([other]) => other),
    ]),
  );
  peel(dependents);
  return [...dependents.keys()];
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
