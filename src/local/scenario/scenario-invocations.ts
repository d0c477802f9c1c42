import type { Clock } from '../../application/clock.ts';
import type { LambdaInvocation } from '../step-functions/engine/lambda-invocation.ts';
import { outcomeOf, type ScenarioOutcomes } from './scenario-world.ts';

const MINUTE_MS = 60_000;

interface StepPayload {
  readonly execution: { readonly plan_id: string; readonly step_id: string; readonly attempt: number };
}

export interface ScenarioInvocations {
  readonly scenario: ScenarioOutcomes;
  readonly clock: Clock;
  /** Ends an execution from outside, as if it had never been. */
  lose(executionArn: string): void;
}

/** What came of an invocation, kept until it may be told. */
const ended = (invoke: () => Promise<unknown>): Promise<() => unknown> =>
  invoke().then(
    (answer) => () => answer,
    (error: unknown) => () => {
      throw error;
    },
  );

/**
 * Makes a tool take as long as the scenario says: it acts at once, and its answer arrives then, whatever has become of the plan
 * meanwhile. One that is to get lost takes its execution with it. The answers of all other invocations arrive at once.
 */
export const scenarioInvocations =
  ({ scenario, clock, lose }: ScenarioInvocations) =>
  async (
    invocation: LambdaInvocation,
    signal: AbortSignal,
    invoke: () => Promise<unknown>,
  ): Promise<unknown> => {
    if (invocation.stateName !== 'InvokeTool' || invocation.retryCount > 0) return invoke();
    const { execution } = invocation.payload as StepPayload;
    const { result, after_minutes } = outcomeOf(scenario, execution);
    const answer = result === 'LOST' ? undefined : await ended(invoke);
    await clock.sleep(after_minutes * MINUTE_MS, signal);
    if (answer) return answer();
    lose(invocation.executionArn);
    return null;
  };
