import { describe, expect, it } from '@jest/globals';
import { handler as crm } from '../../functions/adapters/crm.ts';
import { handler as internal } from '../../functions/adapters/internal.ts';
import { handler as webhook } from '../../functions/adapters/webhook.ts';
import { ConfigurationError } from '../../src/application/errors.ts';
import { toolAnswer } from '../../src/contracts/tools.ts';
import { type AdapterContext, adapter } from '../../src/runtime/adapter.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { START } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const ADAPTERS = [
  ['internal', internal],
  ['crm', crm],
  ['webhook', webhook],
] as const;

/** What the gateway tells of a call of a tool. */
const named = (bedrockAgentCoreToolName: string, awsRequestId = 'request-1'): AdapterContext => ({
  ...{ clientContext: { custom: { bedrockAgentCoreToolName } }, awsRequestId },
});
const ENVELOPE = { ...SCOPE, action_intent_id: 'i1', idempotency_key: 'k1' };
const NOTE = { ...ENVELOPE, content: 'Prepare the renewal brief' };
const REFUSED = {
  ...{ success: false, error_class: 'VALIDATION', transient: false, effect: 'NONE' },
  external_object_refs: [],
};

/** Calls the adapter of the internal connector with no more variables than it declares. */
const call = async (event: unknown, context: AdapterContext = named('internal___internal.create_note')) =>
  toolAnswer.parse(await internal.with(world.runtimeWith(internal.environment))(event, context));

describe('an adapter that has no such tool', () => {
  it.each<[string, AdapterContext]>([
    ['a tool that there is not', named('internal___internal.delete_note')],
    ['a tool of another connector', named('crm___crm.create_task')],
    ['a tool of another connector behind its own name', named('internal___crm.create_task')],
    ['no name at all', named('')],
    ['a context without a name', { clientContext: { custom: {} } }],
    ['a client context that is empty', { clientContext: {} }],
    ['a context without a client context', {}],
  ])('refuses %s, and does nothing', async (_what, context) => {
    expect(await call(NOTE, context)).toEqual({
      ...{ ...REFUSED, error_code: 'TOOL_NOT_FOUND', tenant_id: 'acme', tool_run_ref: 'refused/k1' },
      error_message: expect.stringMatching(/^the internal adapter has no tool /),
    });
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
  });
});

describe('an adapter refuses arguments that do not fit', () => {
  it.each<[string, object, RegExp]>([
    ['is missing', { content: undefined }, /^content: /],
    ['is empty', { content: '' }, /^content: /],
    ['is of another type', { content: { secret: 'swordfish' } }, /^content: /],
    ['is not known', { api_key: 'swordfish' }, /^api_key: /],
    ['of the envelope does not fit', { account_id: 'a#1' }, /^account_id: /],
  ])('one that %s, which it names without its value', async (_what, more, message) => {
    const answer = await call({ ...NOTE, ...more });
    expect(answer).toEqual({
      ...{ ...REFUSED, error_code: 'VALIDATION_FAILED', tenant_id: 'acme', tool_run_ref: 'refused/k1' },
      error_message: expect.stringMatching(message),
    });
    expect(JSON.stringify(answer)).not.toContain('swordfish');
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
  });

  it.each([[null], ['text'], [[]], [undefined]])('none at all: %j', async (event) => {
    const answer = await internal.with(world.runtime)(event, named('internal___internal.create_note'));
    expect(answer).toMatchObject({ ...REFUSED, error_code: 'VALIDATION_FAILED' });
  });
});

describe('an adapter whose variable is missing', () => {
  const required = ADAPTERS.flatMap(([name, handler]) =>
    handler.environment.map((variable) => [name, variable, handler] as const),
  );

  it.each(required)('%s: fails before any work, and names %s', async (_name, variable, handler) => {
    const others = Object.keys(world.environment).filter((name) => name !== variable);
    const called = handler.with(world.runtimeWith(others))(NOTE, named('internal___internal.create_note'));
    await expect(called).rejects.toThrow(ConfigurationError);
    await expect(called).rejects.toThrow(`Missing env ${variable}`);
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
  });

  it.each(ADAPTERS)('%s takes its variables from the process on Lambda', async (_name, handler) => {
    await expect(handler(NOTE, named('any'))).rejects.toThrow(`Missing env ${handler.environment[0]}`);
  });
});

describe('an adapter serves a call', () => {
  const made = (object_type: string) => ({
    ...{ success: true, tenant_id: 'acme', tool_run_ref: 'internal/k1' },
    external_object_refs: [{ system: 'INTERNAL', object_type, object_id: 'k1' }],
  });
  const row = { ...ENVELOPE, pk: SCOPE_PK, created_at: START, created_by: 'cc-native' };
  const { idempotency_key: _key, ...written } = row;

  it('of a note: twice is once', async () => {
    expect(await call(NOTE)).toEqual(made('Note'));
    expect(await call(NOTE, named('internal___internal.create_note', 'request-2'))).toEqual(made('Note'));
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([
      { ...written, sk: 'NOTE#k1', note_id: 'k1', content: 'Prepare the renewal brief' },
    ]);
  });

  it('of a task: twice is once', async () => {
    const task = { ...ENVELOPE, title: 'Call them', description: 'about the renewal' };
    expect(await call(task, named('internal___internal.create_task'))).toEqual(made('Task'));
    expect(await call(task, named('internal___internal.create_task'))).toEqual(made('Task'));
    expect(await world.rows('INTERNAL_TASKS_TABLE_NAME')).toEqual([
      { ...written, sk: 'TASK#k1', task_id: 'k1', title: 'Call them', description: 'about the renewal' },
    ]);
  });

  it('by the name of the tool alone, too', async () => {
    expect(await call(NOTE, named('internal.create_note'))).toEqual(made('Note'));
  });

  it.each([
    ['request-1', named('internal.create_note')],
    ['local', { clientContext: { custom: { bedrockAgentCoreToolName: 'internal.create_note' } } }],
  ])('in the name of the request: %s', async (owner, context) => {
    await call(NOTE, context);
    expect(await world.rows('EXTERNAL_WRITE_DEDUPE_TABLE_NAME')).toMatchObject([{ state: 'SETTLED', owner }]);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('inside the guard of its connector when it has one: %p', async (guarded, rows) => {
    const guardable = adapter({ connector: 'internal', guarded, environment: [] });
    const answer = await guardable.with(world.runtime)(NOTE, named('internal.create_note'));
    expect(answer).toEqual(made('Note'));
    expect(await world.rows('RESILIENCE_TABLE_NAME')).toHaveLength(rows);
  });

  it('whose key stands for the action of another tenant with a refusal', async () => {
    await call(NOTE);
    expect(await call({ ...NOTE, tenant_id: 'other' })).toMatchObject({ ...REFUSED, tenant_id: 'other' });
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
  });

  it('that undoes what an earlier one did: twice is once, and the action may be carried out again', async () => {
    const { external_object_refs } = await call(NOTE);
    const undo = { ...ENVELOPE, tool_name: 'internal.create_note', external_object_refs };
    const context = named('internal___internal.compensate');
    expect(await call(undo, context)).toEqual(made('Note'));
    expect(await call(undo, context)).toEqual(made('Note'));
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toEqual([]);
    expect(await call(NOTE, named('internal.create_note', 'request-2'))).toEqual(made('Note'));
    expect(await world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
  });
});
