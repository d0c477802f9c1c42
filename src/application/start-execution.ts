import type { ExecutionState } from '../contracts/execute-action.ts';
import {
  EXECUTION_GRACE_SECONDS,
  EXECUTION_TIMEOUT_SECONDS,
  type ReplayOf,
} from '../domain/execution/execution.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import type { Clock } from './clock.ts';
import { ExecutionAlreadyInProgressError, IntentNotApprovedError } from './errors.ts';
import { requireIntent } from './intent-in-flight.ts';
import type { ActionApproved } from './ports/events.ts';
import type { ExecutionStore, IntentStore, StartResult } from './ports/executions.ts';

export interface StartExecutionDeps {
  readonly clock: Clock;
  readonly intents: IntentStore;
  readonly executions: ExecutionStore;
}

export interface StartExecutionInput {
  readonly execution_id: string;
  readonly input: {
    readonly detail: { readonly data: ActionApproved };
    readonly replay?: ReplayOf | undefined;
  };
}

const taken = (id: string, replay: ReplayOf | undefined): ExecutionAlreadyInProgressError =>
  new ExecutionAlreadyInProgressError(
    replay
      ? `action intent ${id} has no execution that has come to an end`
      : `another execution has action intent ${id}`,
  );

/**
 * Takes an approved intent for this execution, so that no other runs it. A redelivered start of the same execution passes. Whether the
 * intent has lapsed is asked after this, so that the answer is recorded.
 *
 * @throws IntentNotFoundError when the event names an intent that its tenant and account do not have.
 * @throws IntentNotApprovedError when the intent is not, or no longer, approved.
 * @throws ExecutionAlreadyInProgressError when another execution has, or had, it; for a replay: when none has come to an end.
 */
export const startExecution = async (
  { clock, intents, executions }: StartExecutionDeps,
  { execution_id, input: { detail, replay } }: StartExecutionInput,
): Promise<ExecutionState> => {
  const { approval_source, auto_executed, action_intent_id: id, ...scope } = detail.data;
  const intent = await requireIntent(intents, scope, id);
  if (intent.status !== 'APPROVED')
    throw new IntentNotApprovedError(`action intent ${id} is ${intent.status}, not APPROVED`);
  const now = clock.now().toISOString();
  const deadline_at = secondsAfter(now, EXECUTION_TIMEOUT_SECONDS + EXECUTION_GRACE_SECONDS);
  const begin = { intent, owner: execution_id, now, deadline_at };
  const start: StartResult = replay
    ? await executions.startReplay(begin, replay)
    : await executions.startIfFree(begin);
  if (!start.started) throw taken(id, replay);
  const { tenant_id, account_id, plan_id, step_id, attempt, action_type, registry_version, trace_id } =
    intent;
  const { attempt_count, started_at } = start.execution;
  return {
    ...{ execution_id, action_intent_id: id, tenant_id, account_id, plan_id, step_id, attempt, action_type },
    ...{ approval_source, auto_executed, registry_version, trace_id, attempt_count, started_at },
    ...(replay && { replay }),
  };
};
