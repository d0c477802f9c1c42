import * as z from 'zod';
import { ERROR_CLASSES } from '../domain/execution/error-class.ts';
import { externalObjectRef } from '../domain/execution/execution.ts';
import { identifier, jsonObject } from '../domain/identifiers.ts';

/** Systems that tools act on; each has an adapter function of its own. */
export const CONNECTORS = ['internal', 'crm', 'webhook'] as const;
export type ConnectorId = (typeof CONNECTORS)[number];

/** What every tool is told besides its own arguments. */
const envelope = {
  tenant_id: identifier,
  account_id: identifier,
  action_intent_id: z.string().min(1),
  /** The same for every try at the same action, so that a repeated call converges on one effect. */
  idempotency_key: z.string().min(1),
};

const line = z.string().min(1).max(255);
const text = z.string().max(32_000);

export interface ToolDefinition {
  /** `<connector>.<action>`. */
  readonly name: string;
  readonly connector: ConnectorId;
  readonly description: string;
  readonly arguments: z.ZodObject;
  /** Whether another call under the same key converges on the first one's effect by itself, so that it may be repeated when nobody knows what became of it. */
  readonly repeatable: boolean;
}

/** Undoes what a tool has done, as far as `external_object_refs` name it. */
const compensation = (connector: ConnectorId): ToolDefinition => ({
  name: `${connector}.compensate`,
  connector,
  description: `Undo what a tool of the ${connector} connector did`,
  repeatable: true,
  arguments: z.strictObject({
    ...envelope,
    tool_name: z.string().min(1),
    external_object_refs: z.array(externalObjectRef).min(1),
  }),
});

/** Every tool there is: what the gateway lists, what the adapters take, and what the registry may map to. */
export const TOOLS: readonly ToolDefinition[] = [
  {
    name: 'internal.create_note',
    connector: 'internal',
    description: 'Write a note to the account',
    repeatable: true,
    arguments: z.strictObject({ ...envelope, content: z.string().min(1).max(200_000) }),
  },
  {
    name: 'internal.create_task',
    connector: 'internal',
    description: 'Create a task for the account team',
    repeatable: true,
    arguments: z.strictObject({ ...envelope, title: line, description: text.optional() }),
  },
  {
    name: 'crm.create_event',
    connector: 'crm',
    description: 'Create a calendar event in the CRM',
    repeatable: true,
    arguments: z.strictObject({
      ...envelope,
      subject: line,
      description: text.optional(),
      /** Default: a day after the call. */
      start_at: z.iso.datetime().optional(),
      duration_minutes: z.int().min(1).max(1440).optional(),
    }),
  },
  {
    name: 'crm.create_case',
    connector: 'crm',
    description: 'Open a case in the CRM, with a task to follow it up if one is named',
    repeatable: true,
    arguments: z.strictObject({
      ...envelope,
      subject: line,
      description: text.optional(),
      priority: z.enum(['Low', 'Medium', 'High']).optional(),
      follow_up_subject: line.optional(),
    }),
  },
  {
    name: 'crm.create_task',
    connector: 'crm',
    description: 'Create a task in the CRM',
    repeatable: true,
    arguments: z.strictObject({
      ...envelope,
      title: line,
      description: text.optional(),
      priority: z.enum(['Low', 'Normal', 'High']).optional(),
    }),
  },
  {
    name: 'webhook.send',
    connector: 'webhook',
    description: 'Send a signed request to the address that the tenant has allowed',
    repeatable: false,
    arguments: z.strictObject({ ...envelope, event_type: line, payload: jsonObject.optional() }),
  },
  ...CONNECTORS.map(compensation),
];

export const findTool = (name: string): ToolDefinition | undefined =>
  TOOLS.find((tool) => tool.name === name);

/** The tool by which what a tool did is undone. */
export const compensationTool = ({ connector }: Pick<ToolDefinition, 'connector'>): string =>
  `${connector}.compensate`;

const answered = {
  /** The adapter's own name for this run, for finding it in its logs. */
  tool_run_ref: z.string().min(1),
  /** Whose action the adapter carried out; must be the tenant that asked. */
  tenant_id: identifier,
};

/** What the adapters answer, over the gateway, as JSON. */
export const toolAnswer = z.discriminatedUnion('success', [
  z.strictObject({
    ...answered,
    success: z.literal(true),
    /** What the tool made or changed; a compensation names what it has undone. */
    external_object_refs: z.array(externalObjectRef).min(1),
  }),
  z.strictObject({
    ...answered,
    success: z.literal(false),
    error_class: z.enum(ERROR_CLASSES),
    error_code: z.string().min(1),
    error_message: z.string().optional(),
    /** Trying again under the same key is safe, and likely to help. */
    transient: z.boolean(),
    /** NONE: nothing was done. PARTIAL: only what the refs name. UNKNOWN: nobody can tell. */
    effect: z.enum(['NONE', 'PARTIAL', 'UNKNOWN']),
    external_object_refs: z.array(externalObjectRef),
  }),
]);
export type ToolAnswer = z.infer<typeof toolAnswer>;
export type ToolFailure = Extract<ToolAnswer, { success: false }>;
