import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../application/clock.ts';
import type { ToolGateway, ToolInvocation, ToolResult } from '../../application/ports.ts';
import { scopePk } from '../dynamodb/keys.ts';
import type { TableNames } from '../dynamodb/table-names.ts';

type Tables = Pick<TableNames, 'INTERNAL_NOTES_TABLE_NAME' | 'INTERNAL_TASKS_TABLE_NAME'>;

interface Kind {
  readonly object_type: 'Note' | 'Task';
  readonly table: keyof Tables;
  readonly prefix: 'NOTE#' | 'TASK#';
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['internal.create_note', { object_type: 'Note', table: 'INTERNAL_NOTES_TABLE_NAME', prefix: 'NOTE#' }],
  ['internal.create_task', { object_type: 'Task', table: 'INTERNAL_TASKS_TABLE_NAME', prefix: 'TASK#' }],
]);

const unknownTool = ({ tool_name, idempotency_key }: ToolInvocation): ToolResult => ({
  success: false,
  error_code: 'TOOL_NOT_FOUND',
  error_class: 'VALIDATION',
  error_message: `the internal connector has no tool ${tool_name}`,
  tool_run_ref: `internal/${idempotency_key}`,
});

/**
 * Writes notes and tasks to tables of the system's own. The object's id is the idempotency key: a repeated call writes the same row
 * again and makes no second one.
 */
export const createInternalConnector = (
  client: DynamoDBDocumentClient,
  tables: Tables,
  clock: Clock,
): ToolGateway => ({
  async invoke(invocation) {
    const kind = KINDS.get(invocation.tool_name);
    if (!kind) return unknownTool(invocation);
    const {
      tenant_id,
      account_id,
      action_intent_id,
      plan_id,
      step_id,
      attempt,
      idempotency_key,
      parameters,
    } = invocation;
    const Item = {
      ...{ pk: scopePk(invocation), sk: `${kind.prefix}${idempotency_key}`, object_id: idempotency_key },
      ...{ tenant_id, account_id, action_intent_id, plan_id, step_id, attempt, parameters },
      created_at: clock.now().toISOString(),
    };
    await client.send(new PutCommand({ TableName: tables[kind.table], Item }));
    const ref = { system: 'INTERNAL', object_type: kind.object_type, object_id: idempotency_key } as const;
    return { success: true, external_object_refs: [ref], tool_run_ref: `internal/${idempotency_key}` };
  },
});
