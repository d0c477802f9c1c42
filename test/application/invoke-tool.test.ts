import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../src/application/errors.ts';
import { invokeTool } from '../../src/application/invoke-tool.ts';
import type { ToolGateway, ToolInvocation, ToolResult } from '../../src/application/ports.ts';
import type { ExecutionState } from '../../src/contracts/execute-action.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';

const stateOf = (action_type: string): ExecutionState => ({
  ...{ ...SCOPE, execution_id: 'one', action_intent_id: 'i1', plan_id: 'p1', step_id: 's1', attempt: 1 },
  ...{ action_type, parameters: { topic: 'renewal' }, approval_source: 'HUMAN', auto_executed: false },
  ...{ attempt_count: 1, registry_version: 1, started_at: minute(5), trace_id: 't1' },
});
const REF = { system: 'INTERNAL', object_type: 'Note', object_id: 'i1' } as const;
const SUCCESS: ToolResult = { success: true, external_object_refs: [REF], tool_run_ref: 'r1' };

const invoke = async (action_type: string, answer: () => Promise<ToolResult> = async () => SUCCESS) => {
  const calls: ToolInvocation[] = [];
  const tools = fake<ToolGateway>('ToolGateway', {
    invoke: (invocation) => {
      calls.push(invocation);
      return answer();
    },
  });
  const result = await invokeTool({ tools }, { execution: stateOf(action_type) });
  return { calls, result };
};

describe('invoking the tool of an action', () => {
  it.each([
    ['PREP_RENEWAL_BRIEF', 'internal.create_note'],
    ['REQUEST_RENEWAL_MEETING', 'internal.create_task'],
    ['ESCALATE_SUPPORT_RISK', 'internal.create_task'],
  ])('%s calls %s once, under the key of its intent', async (action_type, tool_name) => {
    const { calls, result } = await invoke(action_type);
    expect(calls).toEqual([
      {
        ...{ ...SCOPE, action_intent_id: 'i1', plan_id: 'p1', step_id: 's1', attempt: 1, tool_name },
        ...{ parameters: { topic: 'renewal' }, idempotency_key: 'i1' },
      },
    ]);
    expect(result).toEqual({ ...SUCCESS, tool_name });
  });

  it('hands on a business failure as a result', async () => {
    const failure = {
      success: false,
      error_code: 'NO',
      error_class: 'BUSINESS',
      tool_run_ref: 'r1',
    } as const;
    const { result } = await invoke('PREP_RENEWAL_BRIEF', async () => failure);
    expect(result).toEqual({ ...failure, tool_name: 'internal.create_note' });
  });

  it('lets an error through that is worth another try', async () => {
    const invoked = invoke('PREP_RENEWAL_BRIEF', () => Promise.reject(new TransientError('busy')));
    await expect(invoked).rejects.toThrow(TransientError);
  });

  it('calls nothing for an action type that has no tool', async () => {
    const { calls, result } = await invoke('SEND_GIFT');
    expect(calls).toEqual([]);
    expect(result).toMatchObject({ success: false, error_code: 'TOOL_MAPPING_NOT_FOUND' });
  });
});
