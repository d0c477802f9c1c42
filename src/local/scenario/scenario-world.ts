import { TransientError } from '../../application/errors.ts';
import type { ToolGateway, ToolInvocation } from '../../application/ports/tools.ts';
import type { ScenarioOutcome } from './scenario.ts';

interface StepAttempt {
  readonly plan_id: string;
  readonly step_id: string;
  readonly attempt: number;
}

const SUCCEEDS: ScenarioOutcome = {
  result: 'SUCCEEDED',
  error_code: 'TOOL_FAILED',
  after_minutes: 5,
};

/** What a tool does for a plan of which the scenario says nothing: its work, at once. */
const LEFT_ALONE: ScenarioOutcome = { ...SUCCEEDS, after_minutes: 0 };

/** What says how actions turn out, and for which plans. */
export interface ScenarioOutcomes {
  readonly plans: readonly { readonly plan_id: string }[];
  readonly outcomes: readonly ScenarioOutcome[];
}

/** How often a tool that fails in passing does so before it succeeds. */
const PASSING_FAULTS = 2;

const matches = (outcome: ScenarioOutcome, of: StepAttempt): boolean =>
  (outcome.plan_id ?? of.plan_id) === of.plan_id &&
  (outcome.step_id ?? of.step_id) === of.step_id &&
  (outcome.attempt ?? of.attempt) === of.attempt;

/**
 * The first outcome of the scenario that fits an attempt; success after five minutes if none does. A plan that is none of the
 * scenario's has to be named to be meant.
 */
export const outcomeOf = ({ plans, outcomes }: ScenarioOutcomes, of: StepAttempt): ScenarioOutcome => {
  const isOurs = plans.some(({ plan_id }) => plan_id === of.plan_id);
  const isMeant = (outcome: ScenarioOutcome): boolean => isOurs || outcome.plan_id !== undefined;
  const found = outcomes.find((outcome) => isMeant(outcome) && matches(outcome, of));
  return found ?? (isOurs ? SUCCEEDS : LEFT_ALONE);
};

/**
 * Tools that turn out as the scenario says; what succeeds is carried out by the real tools. How long they take is not their concern, but
 * that of whoever invokes their function.
 */
export const scenarioTools = (scenario: ScenarioOutcomes, inner: ToolGateway): ToolGateway => {
  const faults = new Map<string, number>();
  const faultOf = (key: string): number => {
    const fault = (faults.get(key) ?? 0) + 1;
    faults.set(key, fault);
    return fault;
  };
  return {
    compensate: inner.compensate,
    async invoke(invocation: ToolInvocation) {
      const { result, error_code } = outcomeOf(scenario, invocation);
      const { idempotency_key } = invocation;
      if (result === 'FAILED') {
        const error_class = 'DOWNSTREAM';
        return { success: false, error_code, error_class, tool_run_ref: `scenario/${idempotency_key}` };
      }
      if (result === 'TRANSIENT_THEN_SUCCEEDED' && faultOf(idempotency_key) <= PASSING_FAULTS) {
        throw new TransientError(`passing fault of the scenario (${error_code})`);
      }
      return inner.invoke(invocation);
    },
  };
};
