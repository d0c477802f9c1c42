import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Clock } from '../../application/clock.ts';
import type { CompensationCall, Connector, ToolCall } from '../../application/ports/connectors.ts';
import type { ToolAnswer, ToolFailure } from '../../contracts/tools.ts';
import type { ExternalObjectRef } from '../../domain/execution/execution.ts';
import { scopePk } from '../dynamodb/keys.ts';
import type { TableNames } from '../dynamodb/table-names.ts';

type Tables = Pick<TableNames, 'INTERNAL_NOTES_TABLE_NAME' | 'INTERNAL_TASKS_TABLE_NAME'>;
type Row = Readonly<Record<string, unknown>>;
type Call = Omit<ToolCall, 'arguments'>;

interface Kind {
  readonly tool_name: string;
  readonly object_type: 'Note' | 'Task';
  readonly table: keyof Tables;
  readonly prefix: 'NOTE#' | 'TASK#';
  readonly id: 'note_id' | 'task_id';
  /** Arguments that the row keeps. */
  readonly content: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    ...{ tool_name: 'internal.create_note', object_type: 'Note', table: 'INTERNAL_NOTES_TABLE_NAME' },
    ...{ prefix: 'NOTE#', id: 'note_id', content: ['content'] },
  },
  {
    ...{ tool_name: 'internal.create_task', object_type: 'Task', table: 'INTERNAL_TASKS_TABLE_NAME' },
    ...{ prefix: 'TASK#', id: 'task_id', content: ['title', 'description'] },
  },
];

/** A repeated call must not write over what the first one wrote, nor over what people have made of it since. */
const NOT_WRITTEN_YET = 'attribute_not_exists(pk)';
/** An action undoes its own rows only; one that is gone is undone. */
const GONE_OR_OURS = 'attribute_not_exists(pk) OR action_intent_id = :action_intent_id';

const run = ({ tenant_id, idempotency_key }: Call) => ({
  ...{ tool_run_ref: `internal/${idempotency_key}`, tenant_id },
});

const refused = (
  call: Call,
  {
    error_code,
    error_message,
    undone = [],
  }: Pick<ToolFailure, 'error_code' | 'error_message'> & {
    readonly undone?: readonly ExternalObjectRef[];
  },
): ToolAnswer => ({
  ...{ ...run(call), success: false, error_class: 'VALIDATION', error_code, error_message, transient: false },
  effect: undone.length > 0 ? 'PARTIAL' : 'NONE',
  external_object_refs: [...undone],
});

const done = (call: Call, refs: readonly ExternalObjectRef[]): ToolAnswer => ({
  ...{ ...run(call), success: true, external_object_refs: [...refs] },
});

const rowOf = (kind: Kind, call: ToolCall, now: Date) => {
  const { tenant_id, account_id, action_intent_id, idempotency_key } = call;
  return {
    ...{ pk: scopePk(call), sk: `${kind.prefix}${idempotency_key}`, [kind.id]: idempotency_key },
    ...Object.fromEntries(kind.content.map((name) => [name, call.arguments[name]])),
    ...{ tenant_id, account_id, action_intent_id, created_at: now.toISOString(), created_by: 'cc-native' },
  };
};

const refText = ({ system, object_type, object_id }: ExternalObjectRef): string =>
  `${system} ${object_type} "${object_id}"`;

/**
 * Writes notes and tasks to tables of the system's own. The object's id is the idempotency key: a repeated call finds the first
 * one's row. What DynamoDB throws is thrown on.
 */
export const createInternalConnector = (
  client: DynamoDBDocumentClient,
  tables: Tables,
  clock: Clock,
): Connector => {
  /** The row that stands there already, undefined when this one was written. */
  const putOnce = async (table: keyof Tables, Item: Row): Promise<Row | undefined> => {
    try {
      await client.send(
        new PutCommand({
          ...{ TableName: tables[table], Item, ConditionExpression: NOT_WRITTEN_YET },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return unmarshall(error.Item ?? {});
      throw error;
    }
  };

  /** Whether the object is gone; false when another action has made it. */
  const deleteIfOurs = async (kind: Kind, call: CompensationCall, objectId: string): Promise<boolean> => {
    try {
      await client.send(
        new DeleteCommand({
          TableName: tables[kind.table],
          Key: { pk: scopePk(call), sk: `${kind.prefix}${objectId}` },
          ConditionExpression: GONE_OR_OURS,
          ExpressionAttributeValues: { ':action_intent_id': call.action_intent_id },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const undo = async (call: CompensationCall, ref: ExternalObjectRef): Promise<boolean> => {
    const kind = KINDS.find(({ object_type }) => object_type === ref.object_type);
    return ref.system === 'INTERNAL' && !!kind && deleteIfOurs(kind, call, ref.object_id);
  };

  return {
    id: 'internal',
    validate: async () => undefined,
    async execute(call) {
      const { tool_name, idempotency_key } = call;
      const kind = KINDS.find((known) => known.tool_name === tool_name);
      if (!kind) {
        const error_message = `the internal connector has no tool ${tool_name}`;
        return refused(call, { error_code: 'TOOL_NOT_FOUND', error_message });
      }
      const row: Row = rowOf(kind, call, clock.now());
      const stored = (await putOnce(kind.table, row)) ?? row;
      if ([...kind.content, 'action_intent_id'].some((name) => stored[name] !== row[name])) {
        const error_message = `idempotency_key: "${idempotency_key}": stands for another ${kind.object_type}`;
        return refused(call, { error_code: 'IDEMPOTENCY_COLLISION', error_message });
      }
      return done(call, [{ system: 'INTERNAL', object_type: kind.object_type, object_id: idempotency_key }]);
    },
    async compensate(call) {
      const refs = call.external_object_refs;
      const gone = await Promise.all(refs.map((ref) => undo(call, ref)));
      const left = refs.filter((_, index) => !gone[index]);
      if (left.length === 0) return done(call, refs);
      const error_message = `not made by ${call.action_intent_id}: ${left.map(refText).join(', ')}`;
      const undone = refs.filter((_, index) => gone[index]);
      return refused(call, { error_code: 'OBJECT_OF_ANOTHER_ACTION', error_message, undone });
    },
  };
};
