import { describe, expect, it } from '@jest/globals';
import { MAX_ARGUMENT_BYTES, mapActionToTool } from '../../src/application/map-action-to-tool.ts';
import type { ActionTypeRegistry } from '../../src/application/ports/configuration.ts';
import type { IntentStore } from '../../src/application/ports/executions.ts';
import { type ExecutionState, mappedCall } from '../../src/contracts/execute-action.ts';
import type { ActionIntent } from '../../src/domain/intent/action-intent.ts';
import type { ActionTypeEntry } from '../../src/domain/intent/action-type-registry.ts';
import { newExecutionState } from '../support/executions.ts';
import { fake } from '../support/fakes/fake.ts';
import { newIntent } from '../support/intents.ts';
import { START } from '../support/plan-fixtures.ts';

const entryOf = (more: Partial<ActionTypeEntry> = {}): ActionTypeEntry => ({
  ...{ action_type: 'PREP_RENEWAL_BRIEF', registry_version: 1, tool_name: 'internal.create_note' },
  ...{ tool_schema_version: 'v1.0', required_scopes: [], risk_class: 'LOW', created_at: START },
  compensation_strategy: 'MANUAL',
  parameter_mapping: {
    topic: { toolParam: 'content', transform: 'UPPERCASE', required: true },
    audience: { toolParam: 'audience', transform: 'PASSTHROUGH', required: true, default: 'the team' },
  },
  ...more,
});

const TOPIC = { topic: 'renewal' };

const map = (
  parameters: ActionIntent['parameters'] = TOPIC,
  entries: readonly ActionTypeEntry[] = [entryOf()],
  more: Partial<ExecutionState> = {},
) => {
  const intents = fake<IntentStore>('IntentStore', {
    get: async (_scope, action_intent_id) => newIntent({ action_intent_id, parameters }),
  });
  const registry = fake<ActionTypeRegistry>('ActionTypeRegistry', {
    get: async (tenantId, actionType, version) =>
      entries.find(
        ({ action_type, registry_version, tenant_id = 'acme' }) =>
          tenant_id === tenantId && action_type === actionType && registry_version === version,
      ),
  });
  return mapActionToTool({ intents, registry }, { execution: newExecutionState(more) });
};

describe('mapping an action to its tool', () => {
  it('names the tool, its arguments by the mapping, and how it is undone', async () => {
    const call = await map();
    expect(call).toEqual({
      ...{ tool_name: 'internal.create_note', compensation_strategy: 'MANUAL' },
      arguments: { content: 'RENEWAL', audience: 'the team' },
      idempotency_key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(mappedCall.parse(call)).toEqual(call);
  });

  it('goes by the version that the intent pins, whatever came after it', async () => {
    const entries = [entryOf(), entryOf({ registry_version: 2, tool_name: 'internal.create_task' })];
    expect((await map(TOPIC, entries)).tool_name).toBe('internal.create_note');
    expect((await map(TOPIC, entries, { registry_version: 2 })).tool_name).toBe('internal.create_task');
  });

  it('gives every try, takeover and replay of an action the same key', async () => {
    const replay = { reason: 'the CRM is back', requested_by: 'ben' };
    const { idempotency_key } = await map();
    expect((await map(TOPIC, [entryOf()], { execution_id: 'two', attempt_count: 2 })).idempotency_key).toBe(
      idempotency_key,
    );
    expect((await map(TOPIC, [entryOf()], { replay, attempt_count: 3 })).idempotency_key).toBe(
      idempotency_key,
    );
  });

  it.each<[string, () => ReturnType<typeof map>]>([
    ['another action', () => map(TOPIC, [entryOf()], { action_intent_id: 'another' })],
    ['another tool', () => map(TOPIC, [entryOf({ tool_name: 'internal.create_task' })])],
    ['other arguments', () => map({ topic: 'churn' })],
    ['another version', () => map(TOPIC, [entryOf({ registry_version: 2 })], { registry_version: 2 })],
  ])('gives %s another key', async (_what, other) => {
    expect((await other()).idempotency_key).not.toBe((await map()).idempotency_key);
  });
});

describe('an action has no tool', () => {
  it.each<[string, ActionTypeEntry[], string]>([
    ['is not registered', [], 'the registry has no version 1 of action type PREP_RENEWAL_BRIEF'],
    [
      'has other versions only',
      [entryOf({ registry_version: 2 })],
      'the registry has no version 1 of action type PREP_RENEWAL_BRIEF',
    ],
    [
      'is registered by another tenant only',
      [entryOf({ tenant_id: 'other' })],
      'the registry has no version 1 of action type PREP_RENEWAL_BRIEF',
    ],
    [
      'names a tool that there is not',
      [entryOf({ tool_name: 'crm.delete_account' })],
      'version 1 of action type PREP_RENEWAL_BRIEF names tool crm.delete_account, which carries out no action',
    ],
    [
      'names a tool that only undoes',
      [entryOf({ tool_name: 'crm.compensate' })],
      'version 1 of action type PREP_RENEWAL_BRIEF names tool crm.compensate, which carries out no action',
    ],
  ])('when its type %s', async (_what, entries, message) => {
    await expect(map(TOPIC, entries)).rejects.toMatchObject({
      ...{
        name: 'ToolMappingNotFoundError',
        error_class: 'VALIDATION',
        error_code: 'TOOL_MAPPING_NOT_FOUND',
      },
      message,
    });
  });

  it('when its intent is gone', async () => {
    const intents = fake<IntentStore>('IntentStore', { get: async () => undefined });
    const registry = fake<ActionTypeRegistry>('ActionTypeRegistry', { get: async () => entryOf() });
    const mapped = mapActionToTool({ intents, registry }, { execution: newExecutionState() });
    await expect(mapped).rejects.toMatchObject({ name: 'IntentNotFoundError' });
  });
});

describe('an action does not fit its tool', () => {
  it('when it does not say what the tool needs; the error names all of that', async () => {
    const parameter_mapping = {
      ...entryOf().parameter_mapping,
      due: { toolParam: 'due', transform: 'PASSTHROUGH', required: true } as const,
    };
    await expect(map({ audience: 'all' }, [entryOf({ parameter_mapping })])).rejects.toMatchObject({
      ...{ name: 'ValidationError', error_class: 'VALIDATION', error_code: 'MISSING_REQUIRED_PARAMETER' },
      message: 'action type PREP_RENEWAL_BRIEF needs topic, due',
    });
  });

  /** Bytes of the JSON around the topic. */
  const AROUND = Buffer.byteLength(JSON.stringify({ content: '', audience: 'the team' }));

  it.each([
    ['of letters that take a byte', 'X'],
    ['of letters that take two bytes', 'É'],
  ])('when its arguments, %s, take more than 204,800 bytes, and not before', async (_what, letter) => {
    const letters = Math.floor((204_800 - AROUND) / Buffer.byteLength(letter));
    const most = await map({ topic: letter.repeat(letters) });
    const bytes = Buffer.byteLength(JSON.stringify(most.arguments));
    expect(bytes).toBeLessThanOrEqual(MAX_ARGUMENT_BYTES);
    await expect(map({ topic: letter.repeat(letters + 1) })).rejects.toMatchObject({
      ...{ name: 'ValidationError', error_class: 'VALIDATION', error_code: 'ARGUMENTS_TOO_LARGE' },
      message: expect.stringMatching(
        /^the arguments of internal\.create_note take 20480\d bytes, more than /,
      ),
    });
  });
});
