import { describe, expect, it } from '@jest/globals';
import type { ToolInvocation } from '../../../src/application/ports.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { minute, START } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const call = (tool_name: string, more: Partial<ToolInvocation> = {}): ToolInvocation => ({
  ...{ ...SCOPE, action_intent_id: 'i1', plan_id: 'p1', step_id: 's1', attempt: 1, tool_name },
  ...{ parameters: { topic: 'renewal' }, idempotency_key: 'key1', ...more },
});
const contentOf = ({ idempotency_key: _key, tool_name: _tool, ...content }: ToolInvocation) => content;

describe('the internal connector', () => {
  it.each([
    ['internal.create_note', 'INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1', 'Note'],
    ['internal.create_task', 'INTERNAL_TASKS_TABLE_NAME', 'TASK#key1', 'Task'],
  ] as const)('writes what %s asks for, and names it', async (tool, table, sk, object_type) => {
    const result = await world.runtime.tools.invoke(call(tool));
    expect(result).toEqual({
      success: true,
      external_object_refs: [{ system: 'INTERNAL', object_type, object_id: 'key1' }],
      tool_run_ref: 'internal/key1',
    });
    expect(await world.row(table, SCOPE_PK, sk)).toEqual({
      ...{ pk: SCOPE_PK, sk, object_id: 'key1', created_at: START },
      ...contentOf(call(tool)),
    });
  });

  it('writes one row however often it is called with the same key', async () => {
    const first = await world.runtime.tools.invoke(call('internal.create_note'));
    world.clock.set(minute(5));
    expect(await world.runtime.tools.invoke(call('internal.create_note'))).toEqual(first);
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
  });

  it('says so when it has no such tool, and writes nothing', async () => {
    const before = await world.everything();
    expect(await world.runtime.tools.invoke(call('crm.delete_all'))).toMatchObject({
      ...{ success: false, error_code: 'TOOL_NOT_FOUND', error_class: 'VALIDATION' },
      error_message: expect.stringContaining('crm.delete_all'),
    });
    expect(await world.everything()).toEqual(before);
  });
});
