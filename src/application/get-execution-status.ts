import { type ExecutionStatus, executionStatus } from '../domain/execution/execution-status.ts';
import type { Clock } from './clock.ts';
import type { ExecutionStore, IntentStore } from './ports/executions.ts';
import type { Scope } from './ports/scope.ts';

export interface GetExecutionStatusDeps {
  readonly clock: Clock;
  readonly intents: IntentStore;
  readonly executions: Pick<ExecutionStore, 'get' | 'outcomes'>;
}

/** Where an intent of an account stands; undefined when the account has none of that id. */
export const getExecutionStatus = async (
  { clock, intents, executions }: GetExecutionStatusDeps,
  { action_intent_id: id, ...scope }: Scope & { readonly action_intent_id: string },
): Promise<ExecutionStatus | undefined> => {
  // An attempt that is seen to have ended has its outcome; read the other way round, it might be missing.
  const attempt = await executions.get(scope, id);
  const [intent, outcomes] = await Promise.all([intents.get(scope, id), executions.outcomes(scope, id)]);
  return executionStatus({ intent, attempt, outcomes, now: clock.now().toISOString() });
};
