import type { ExecutionState } from '../contracts/execute-action.ts';
import { EXECUTION_GRACE_SECONDS, EXECUTION_TIMEOUT_SECONDS } from '../domain/execution/execution.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import type { Clock } from './clock.ts';
import { ExecutionAlreadyInProgressError, IntentNotApprovedError } from './errors.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { ActionApproved, ExecutionStore, IntentStore } from './ports.ts';

export interface StartExecutionDeps {
  readonly clock: Clock;
  readonly intents: IntentStore;
  readonly executions: ExecutionStore;
}

/**
 * Takes an approved intent for this execution, so that no other runs it. A redelivered start of the same execution passes.
 *
 * @throws IntentNotFoundError when the event names an intent that its tenant and account do not have.
 * @throws IntentNotApprovedError when the intent is not, or no longer, approved, or has lapsed.
 * @throws ExecutionAlreadyInProgressError when another execution has, or had, it.
 */
export const startExecution = async (
  { clock, intents, executions }: StartExecutionDeps,
  { execution_id, input }: { execution_id: string; input: { detail: { data: ActionApproved } } },
): Promise<ExecutionState> => {
  const { approval_source, auto_executed, action_intent_id: id, ...scope } = input.detail.data;
  const intent = await requireIntent(intents, scope, id);
  const now = clock.now().toISOString();
  const deadline = secondsAfter(now, EXECUTION_TIMEOUT_SECONDS + EXECUTION_GRACE_SECONDS);
  const start = await executions.startIfFree(intent, execution_id, now, deadline);
  if (!start.started) {
    if (start.reason === 'TAKEN')
      throw new ExecutionAlreadyInProgressError(`another execution has action intent ${id}`);
    throw new IntentNotApprovedError(
      `action intent ${id} is not approved, or has lapsed at ${intent.expires_at}`,
    );
  }
  const {
    tenant_id,
    account_id,
    plan_id,
    step_id,
    attempt,
    action_type,
    parameters,
    registry_version,
    trace_id,
  } = intent;
  return {
    ...{
      execution_id,
      action_intent_id: id,
      tenant_id,
      account_id,
      plan_id,
      step_id,
      attempt,
      action_type,
      parameters,
    },
    ...{ approval_source, auto_executed, registry_version, trace_id },
    attempt_count: start.execution.attempt_count,
    started_at: start.execution.started_at,
  };
};
