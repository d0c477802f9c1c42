import type { Clock } from '../../application/clock.ts';
import type { LambdaInvocation } from '../step-functions/engine/lambda-invocation.ts';
import type { Scenario } from './scenario.ts';
import { outcomeOf } from './scenario-world.ts';

const MINUTE_MS = 60_000;

interface StepPayload {
  readonly execution: { readonly plan_id: string; readonly step_id: string; readonly attempt: number };
}

export interface ScenarioInvocations {
  readonly scenario: Pick<Scenario, 'outcomes'>;
  readonly clock: Clock;
  /** Ends an execution from outside, as if it had never been. */
  lose(executionArn: string): void;
}

/**
 * Makes a tool take as long as the scenario says, before its function runs; one that is to get lost takes its execution with it. All
 * other invocations go ahead at once.
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
    await clock.sleep(after_minutes * MINUTE_MS, signal);
    if (result !== 'LOST') return invoke();
    lose(invocation.executionArn);
    return null;
  };
