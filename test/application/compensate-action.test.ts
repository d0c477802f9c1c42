import { describe, expect, it } from '@jest/globals';
import { compensateAction } from '../../src/application/compensate-action.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { CompensationInvocation, ToolGateway, ToolResult } from '../../src/application/ports/tools.ts';
import { newCall, newExecutionState } from '../support/executions.ts';
import { fake } from '../support/fakes/fake.ts';
import { INTENT } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';

const REF = { system: 'CRM', object_type: 'Case', object_id: '500-1' } as const;
const UNDONE: ToolResult = { success: true, external_object_refs: [REF], tool_run_ref: 'r1' };
const REFUSED: ToolResult = {
  ...{ success: false, error_code: 'ENTITY_IS_LOCKED', error_class: 'DOWNSTREAM', tool_run_ref: 'r1' },
};

const compensate = async (answer: () => Promise<ToolResult>) => {
  const calls: CompensationInvocation[] = [];
  const tools = fake<ToolGateway>('ToolGateway', {
    compensate: (invocation) => {
      calls.push(invocation);
      return answer();
    },
  });
  const done = compensateAction(
    { tools },
    {
      execution: newExecutionState(),
      call: newCall({ tool_name: 'crm.create_case' }),
      external_object_refs: [REF],
    },
  );
  return { done, calls };
};

describe('undoing what a tool did', () => {
  it('asks for what it has left to be undone, under the key of the call', async () => {
    const { done, calls } = await compensate(async () => UNDONE);
    expect(await done).toEqual({ status: 'COMPLETED' });
    expect(calls).toEqual([
      {
        ...{ ...SCOPE, action_intent_id: INTENT, plan_id: 'p1', step_id: 's1', attempt: 1 },
        ...{ tool_name: 'crm.create_case', idempotency_key: 'k1', external_object_refs: [REF] },
      },
    ]);
  });

  it.each<[string, ToolResult, string]>([
    [
      'its message',
      { ...REFUSED, error_message: 'somebody edits it' },
      'ENTITY_IS_LOCKED: somebody edits it',
    ],
    ['its class when it has none', REFUSED, 'ENTITY_IS_LOCKED: DOWNSTREAM'],
  ])('that is refused is FAILED, for the code and %s', async (_what, answer, error) => {
    const { done } = await compensate(async () => answer);
    expect(await done).toEqual({ status: 'FAILED', error });
  });

  it('lets an error through as it is, so that it can be tried again', async () => {
    const error = new TransientError('busy');
    const { done } = await compensate(() => Promise.reject(error));
    await expect(done).rejects.toBe(error);
  });
});
