import { executionIdempotencyKey } from '../../../src/domain/intent/idempotency-key.ts';

/** How the schedules' actions are carried out: all by tools of the internal connector, so that their effects are rows. */
const ACTIONS = {
  PREP_RENEWAL_BRIEF: {
    tool_name: 'internal.create_note',
    arguments: { content: 'Prepare the renewal brief' },
    prefix: 'NOTE#',
  },
  ESCALATE_SUPPORT_RISK: {
    tool_name: 'internal.create_task',
    arguments: { title: 'Support risk escalated' },
    prefix: 'TASK#',
  },
} as const;

const CREATED_AT = '2026-01-01T00:00:00.000Z';

/** Rows of the registry, of version 1. */
export const registryRows = (): Record<string, unknown>[] =>
  Object.entries(ACTIONS).map(([action_type, { tool_name, arguments: args }]) => ({
    ...{ pk: `ACTION_TYPE#${action_type}`, sk: 'REGISTRY_VERSION#000001', action_type, registry_version: 1 },
    ...{ tool_name, tool_schema_version: 'v1.0', required_scopes: [], risk_class: 'LOW' },
    compensation_strategy: 'AUTOMATIC',
    parameter_mapping: Object.fromEntries(
      Object.entries(args).map(([toolParam, value]) => [
        toolParam,
        { toolParam, transform: 'PASSTHROUGH', required: true, default: value },
      ]),
    ),
    created_at: CREATED_AT,
  }));

/** What people make of the actions that wait for them. */
export const editedParameters = (actionType: string): Record<string, string> => ({
  [actionType === 'PREP_RENEWAL_BRIEF' ? 'content' : 'title']: 'As a person has it',
});

/** Sort key of the row that an intent's action makes, with the parameters that people have given it. */
export const effectSk = (
  of: { readonly tenant_id: string; readonly action_type: string; readonly action_intent_id: string },
  parameters: Readonly<Record<string, unknown>> = {},
): string => {
  const { tool_name, arguments: defaults, prefix } = ACTIONS[of.action_type as keyof typeof ACTIONS];
  const args = { ...defaults, ...parameters };
  return `${prefix}${executionIdempotencyKey({ ...of, tool_name, arguments: args, registry_version: 1 })}`;
};
