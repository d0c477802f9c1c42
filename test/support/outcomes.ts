import type { ActionOutcome } from '../../src/domain/execution/execution.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { minute } from './plan-fixtures.ts';

/** How the first attempt at the first step ended. */
export const newOutcome = (more: Partial<ActionOutcome> = {}): ActionOutcome => ({
  action_intent_id: actionIntentId('p1', 's1', 1),
  ...{ tenant_id: 'acme', account_id: 'a1', plan_id: 'p1', step_id: 's1', attempt: 1 },
  status: 'SUCCEEDED',
  external_object_refs: [{ system: 'INTERNAL', object_type: 'Note', object_id: 'n1' }],
  attempt_count: 1,
  tool_name: 'internal.create_note',
  tool_run_ref: 'internal/n1',
  registry_version: 1,
  compensation_status: 'NONE',
  approval_source: 'HUMAN',
  auto_executed: false,
  started_at: minute(5),
  completed_at: minute(6),
  trace_id: 't1',
  ...more,
});
