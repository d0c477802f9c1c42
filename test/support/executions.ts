import type { ExecutionState, MappedCall } from '../../src/contracts/execute-action.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { SCOPE } from './intents.ts';
import { minute } from './plan-fixtures.ts';

/** What the states of an execution of the first attempt at the first step know of it. */
export const newExecutionState = (more: Partial<ExecutionState> = {}): ExecutionState => ({
  ...{ ...SCOPE, execution_id: 'one', action_intent_id: actionIntentId('p1', 's1', 1) },
  ...{ plan_id: 'p1', step_id: 's1', attempt: 1, action_type: 'PREP_RENEWAL_BRIEF' },
  ...{ approval_source: 'HUMAN', auto_executed: false, attempt_count: 1, registry_version: 1 },
  ...{ started_at: minute(5), trace_id: 't1' },
  ...more,
});

/** The call that carries it out. */
export const newCall = (more: Partial<MappedCall> = {}): MappedCall => ({
  ...{ tool_name: 'internal.create_note', arguments: { content: 'Prepare the renewal brief' } },
  ...{ idempotency_key: 'k1', compensation_strategy: 'AUTOMATIC' },
  ...more,
});
