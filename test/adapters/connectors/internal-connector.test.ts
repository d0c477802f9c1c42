import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createInternalConnector } from '../../../src/adapters/connectors/internal-connector.ts';
import type { CompensationCall, Connector, ToolCall } from '../../../src/application/ports/connectors.ts';
import { toolAnswer } from '../../../src/contracts/tools.ts';
import type { ExternalObjectRef } from '../../../src/domain/execution/execution.ts';
import { type FreshTables, freshTables } from '../../support/dynamodb.ts';
import { fake } from '../../support/fakes/fake.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { minute, START } from '../../support/plan-fixtures.ts';
import { settableClock } from '../../support/settable-clock.ts';

type Table = 'INTERNAL_NOTES_TABLE_NAME' | 'INTERNAL_TASKS_TABLE_NAME';

const TABLES = ['INTERNAL_NOTES_TABLE_NAME', 'INTERNAL_TASKS_TABLE_NAME'] as const;
const CALLER = { ...SCOPE, action_intent_id: 'i1', idempotency_key: 'key1' };

const note = (more: Partial<ToolCall> = {}): ToolCall => ({
  ...{ ...CALLER, tool_name: 'internal.create_note', arguments: { content: 'Renewal is due' }, ...more },
});
const task = (more: Partial<ToolCall> = {}): ToolCall => ({
  ...{ ...CALLER, tool_name: 'internal.create_task', ...more },
  arguments: { title: 'Call them', description: 'About the renewal', ...more.arguments },
});
const ref = (object_type: string, object_id: string): ExternalObjectRef => ({
  ...{ system: 'INTERNAL', object_type, object_id },
});
const undoing = (
  external_object_refs: readonly ExternalObjectRef[],
  more: Partial<CompensationCall> = {},
): CompensationCall => ({ ...CALLER, tool_name: 'internal.create_note', external_object_refs, ...more });

const RUN = { tool_run_ref: 'internal/key1', tenant_id: 'acme' };
const succeeded = (...external_object_refs: ExternalObjectRef[]) => ({
  ...{ success: true, external_object_refs, ...RUN },
});
const refused = (error_code: string, effect = 'NONE', external_object_refs: ExternalObjectRef[] = []) => ({
  ...{ success: false, error_class: 'VALIDATION', error_code, effect, transient: false, ...RUN },
  external_object_refs,
});

let tables: FreshTables;
let connector: Connector;
const clock = settableClock();
const missingTables = { INTERNAL_NOTES_TABLE_NAME: 'none', INTERNAL_TASKS_TABLE_NAME: 'none' };

const tableName = (table: Table): string => String(tables.env[table]);
const connectorOn = (names: Record<Table, string>) =>
  createInternalConnector(tables.documentClient, names, clock);

beforeEach(async () => {
  clock.set(START);
  tables = await freshTables();
  const [notes, tasks] = TABLES.map(tableName);
  connector = connectorOn({ INTERNAL_NOTES_TABLE_NAME: `${notes}`, INTERNAL_TASKS_TABLE_NAME: `${tasks}` });
});
afterEach(() => tables.release());

const row = async (table: Table, sk: string, pk = SCOPE_PK) => {
  const request = { TableName: tableName(table), Key: { pk, sk }, ConsistentRead: true };
  return (await tables.documentClient.send(new GetCommand(request))).Item;
};
const keys = async (): Promise<string[]> => {
  const scans = TABLES.map((table) =>
    tables.documentClient.send(new ScanCommand({ TableName: tableName(table), ConsistentRead: true })),
  );
  return (await Promise.all(scans)).flatMap(({ Items = [] }) => Items.map(({ sk }) => String(sk))).sort();
};

describe('the internal connector', () => {
  it('goes by the id of its tools, and leaves nothing to complain of to itself', async () => {
    expect(connector.id).toBe('internal');
    expect(await connector.validate(note())).toBeUndefined();
  });

  it('writes a note, and names it', async () => {
    const answer = await connector.execute(note());
    expect(answer).toEqual(succeeded(ref('Note', 'key1')));
    expect(toolAnswer.parse(answer)).toEqual(answer);
    expect(await row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1')).toEqual({
      ...{ pk: SCOPE_PK, sk: 'NOTE#key1', note_id: 'key1', content: 'Renewal is due' },
      ...{ ...SCOPE, action_intent_id: 'i1', created_at: START, created_by: 'cc-native' },
    });
    expect(await keys()).toEqual(['NOTE#key1']);
  });

  it.each([
    ['with its description', 'About the renewal'],
    ['without a description', undefined],
  ])('writes a task %s, and names it', async (_what, description) => {
    const answer = await connector.execute(task({ arguments: { description } }));
    expect(answer).toEqual(succeeded(ref('Task', 'key1')));
    expect(await row('INTERNAL_TASKS_TABLE_NAME', 'TASK#key1')).toEqual({
      ...{ pk: SCOPE_PK, sk: 'TASK#key1', task_id: 'key1', title: 'Call them' },
      ...(description && { description }),
      ...{ ...SCOPE, action_intent_id: 'i1', created_at: START, created_by: 'cc-native' },
    });
    expect(await keys()).toEqual(['TASK#key1']);
  });

  it.each([
    ['note', note(), 'INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1'],
    ['task', task(), 'INTERNAL_TASKS_TABLE_NAME', 'TASK#key1'],
    ['bare task', task({ arguments: { description: undefined } }), 'INTERNAL_TASKS_TABLE_NAME', 'TASK#key1'],
  ] as const)('finds the %s of an earlier call, and leaves it as it is', async (_what, call, table, sk) => {
    const first = await connector.execute(call);
    const before = await row(table, sk);
    clock.set(minute(5));
    expect(await connector.execute(call)).toEqual(first);
    expect(await row(table, sk)).toEqual(before);
  });

  it('makes one row of a hundred calls at once, and gives them one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => connector.execute(note())));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual(succeeded(ref('Note', 'key1')));
    expect(await keys()).toEqual(['NOTE#key1']);
  });

  it.each([
    ['another note', note(), note({ arguments: { content: 'Something else' } })],
    ['the same note of another action', note(), note({ action_intent_id: 'i2' })],
    ['another title', task(), task({ arguments: { title: 'Write to them' } })],
    ['another description', task(), task({ arguments: { description: 'About nothing' } })],
    ['no description', task(), task({ arguments: { description: undefined } })],
    ['a first description', task({ arguments: { description: undefined } }), task()],
  ])('refuses %s under a key that is taken, and leaves the row as it is', async (_what, first, second) => {
    await connector.execute(first);
    const rows = () =>
      Promise.all([
        row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1'),
        row('INTERNAL_TASKS_TABLE_NAME', 'TASK#key1'),
      ]);
    const before = await rows();
    const answer = await connector.execute(second);
    expect(answer).toMatchObject(refused('IDEMPOTENCY_COLLISION'));
    expect(answer).toMatchObject({ error_message: expect.stringContaining('"key1"') });
    expect(toolAnswer.parse(answer)).toEqual(answer);
    expect(await rows()).toEqual(before);
  });

  it('claims no row that DynamoDB does not show', async () => {
    const taken = new ConditionalCheckFailedException({ message: 'taken', $metadata: {} });
    const client = fake<DynamoDBDocumentClient>('DynamoDBDocumentClient', {
      send: () => Promise.reject(taken),
    });
    const answer = await createInternalConnector(client, missingTables, clock).execute(note());
    expect(answer).toMatchObject(refused('IDEMPOTENCY_COLLISION'));
  });

  it('keeps the rows of accounts apart, whatever their keys', async () => {
    await connector.execute(note());
    const other = note({ account_id: 'a2', arguments: { content: 'Of another account' } });
    expect(await connector.execute(other)).toMatchObject({ success: true });
    expect(await row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1')).toMatchObject({ content: 'Renewal is due' });
    expect(await row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1', 'TENANT#acme#ACCOUNT#a2')).toMatchObject({
      ...{ content: 'Of another account', account_id: 'a2' },
    });
  });

  it('says so when it has no such tool, and writes nothing', async () => {
    const answer = await connector.execute(note({ tool_name: 'internal.delete_all' }));
    expect(answer).toMatchObject(refused('TOOL_NOT_FOUND'));
    expect(answer).toMatchObject({ error_message: expect.stringContaining('internal.delete_all') });
    expect(await keys()).toEqual([]);
  });

  it('throws on what DynamoDB throws', async () => {
    const broken = connectorOn(missingTables);
    const missing = expect.objectContaining({ name: 'ResourceNotFoundException' });
    await expect(broken.execute(note())).rejects.toEqual(missing);
    await expect(broken.compensate(undoing([ref('Note', 'key1')]))).rejects.toEqual(missing);
  });
});

describe('undoing what the internal connector did', () => {
  it.each([
    ['note', note(), 'Note'],
    ['task', task(), 'Task'],
  ])('deletes the %s that the ref names, and no other', async (_what, call, objectType) => {
    await connector.execute(call);
    await connector.execute(note({ idempotency_key: 'key2' }));
    await connector.execute(note({ account_id: 'a2' }));
    const answer = await connector.compensate(undoing([ref(objectType, 'key1')]));
    expect(answer).toEqual(succeeded(ref(objectType, 'key1')));
    expect(await keys()).toEqual(['NOTE#key1', 'NOTE#key2']);
    expect(await row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1')).toBeUndefined();
  });

  it('deletes all that the refs name', async () => {
    await connector.execute(note());
    await connector.execute(task());
    const refs = [ref('Note', 'key1'), ref('Task', 'key1')];
    expect(await connector.compensate(undoing(refs))).toEqual(succeeded(...refs));
    expect(await keys()).toEqual([]);
  });

  it('counts what is gone already as undone', async () => {
    expect(await connector.compensate(undoing([ref('Note', 'key1')]))).toEqual(
      succeeded(ref('Note', 'key1')),
    );
    await connector.execute(note());
    const twice = [undoing([ref('Note', 'key1')]), undoing([ref('Note', 'key1')])];
    const [first, second] = await Promise.all(twice.map((call) => connector.compensate(call)));
    expect(second).toEqual(first);
    expect(first).toEqual(succeeded(ref('Note', 'key1')));
  });

  it('lets the action be carried out again', async () => {
    await connector.execute(note());
    await connector.compensate(undoing([ref('Note', 'key1')]));
    expect(await connector.execute(note())).toEqual(succeeded(ref('Note', 'key1')));
    expect(await keys()).toEqual(['NOTE#key1']);
  });

  it('does not touch the row of another action, and says which', async () => {
    await connector.execute(note({ action_intent_id: 'i2' }));
    const before = await row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1');
    const answer = await connector.compensate(undoing([ref('Note', 'key1')]));
    expect(answer).toMatchObject(refused('OBJECT_OF_ANOTHER_ACTION'));
    expect(answer).toMatchObject({ error_message: 'not made by i1: INTERNAL Note "key1"' });
    expect(toolAnswer.parse(answer)).toEqual(answer);
    expect(await row('INTERNAL_NOTES_TABLE_NAME', 'NOTE#key1')).toEqual(before);
  });

  it('names what it has undone when it could not undo the rest', async () => {
    await connector.execute(note());
    await connector.execute(note({ idempotency_key: 'key2', action_intent_id: 'i2' }));
    const answer = await connector.compensate(undoing([ref('Note', 'key2'), ref('Note', 'key1')]));
    expect(answer).toMatchObject(refused('OBJECT_OF_ANOTHER_ACTION', 'PARTIAL', [ref('Note', 'key1')]));
    expect(await keys()).toEqual(['NOTE#key2']);
  });

  it.each([
    ['another system', { ...ref('Note', 'key1'), system: 'CRM' as const }],
    ['an unknown kind', ref('Event', 'key1')],
  ])('touches nothing of %s', async (_what, stranger) => {
    await connector.execute(note());
    expect(await connector.compensate(undoing([stranger]))).toMatchObject(
      refused('OBJECT_OF_ANOTHER_ACTION'),
    );
    expect(await keys()).toEqual(['NOTE#key1']);
  });
});
