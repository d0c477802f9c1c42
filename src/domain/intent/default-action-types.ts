import { riskTier } from '../policy/risk.ts';
import type { ActionTypeEntry, NewActionTypeEntry } from './action-type-registry.ts';

type Mapping = ActionTypeEntry['parameter_mapping'];
type Mapped = Mapping[string];

const optional = (toolParam: string): Mapped => ({ toolParam, transform: 'PASSTHROUGH', required: false });

const required = (toolParam: string): Mapped => ({ ...optional(toolParam), required: true });

const withDefault = (toolParam: string, standIn: Exclude<Mapped['default'], undefined>): Mapped => ({
  ...optional(toolParam),
  default: standIn,
});

const IN_THE_CRM = { tool_schema_version: 'v1.0', required_scopes: ['salesforce_api'] };
const IN_HOUSE = { tool_schema_version: 'v1.0', required_scopes: [] };

/** How every tenant's actions are carried out, unless it has a mapping of its own. */
export const DEFAULT_ACTION_TYPES: readonly NewActionTypeEntry[] = [
  {
    action_type: 'REQUEST_RENEWAL_MEETING',
    tool_name: 'crm.create_event',
    ...IN_THE_CRM,
    risk_class: riskTier('REQUEST_RENEWAL_MEETING'),
    compensation_strategy: 'AUTOMATIC',
    parameter_mapping: {
      subject: withDefault('subject', 'Renewal meeting'),
      description: optional('description'),
      start_at: optional('start_at'),
      duration_minutes: withDefault('duration_minutes', 30),
    },
  },
  {
    action_type: 'PREP_RENEWAL_BRIEF',
    tool_name: 'internal.create_note',
    ...IN_HOUSE,
    risk_class: riskTier('PREP_RENEWAL_BRIEF'),
    compensation_strategy: 'AUTOMATIC',
    parameter_mapping: { content: withDefault('content', 'Prepare the renewal brief') },
  },
  {
    action_type: 'ESCALATE_SUPPORT_RISK',
    tool_name: 'crm.create_case',
    ...IN_THE_CRM,
    risk_class: riskTier('ESCALATE_SUPPORT_RISK'),
    compensation_strategy: 'AUTOMATIC',
    parameter_mapping: {
      subject: withDefault('subject', 'Support risk escalated'),
      description: optional('description'),
      priority: withDefault('priority', 'High'),
      follow_up_subject: optional('follow_up_subject'),
    },
  },
  {
    action_type: 'CREATE_INTERNAL_NOTE',
    tool_name: 'internal.create_note',
    ...IN_HOUSE,
    risk_class: 'MINIMAL',
    compensation_strategy: 'AUTOMATIC',
    parameter_mapping: { content: required('content') },
  },
  {
    action_type: 'CREATE_INTERNAL_TASK',
    tool_name: 'internal.create_task',
    ...IN_HOUSE,
    risk_class: 'MINIMAL',
    compensation_strategy: 'AUTOMATIC',
    parameter_mapping: { title: required('title'), description: optional('description') },
  },
  {
    action_type: 'CREATE_CRM_TASK',
    tool_name: 'crm.create_task',
    ...IN_THE_CRM,
    risk_class: 'LOW',
    compensation_strategy: 'MANUAL',
    parameter_mapping: {
      title: required('title'),
      priority: optional('priority'),
      description: optional('description'),
    },
  },
];
