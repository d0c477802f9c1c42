import * as z from 'zod';
import { identifier, instant } from '../identifiers.ts';
import { RISK_LEVELS } from '../policy/risk.ts';

export const COMPENSATION_STRATEGIES = ['NONE', 'MANUAL', 'AUTOMATIC'] as const;
export type CompensationStrategy = (typeof COMPENSATION_STRATEGIES)[number];

const mappedParameter = z.strictObject({
  /** Name of the tool's argument. */
  toolParam: z.string().min(1),
  transform: z.enum(['PASSTHROUGH', 'UPPERCASE', 'LOWERCASE']).default('PASSTHROUGH'),
  required: z.boolean(),
  /** Stands in when the action does not say. */
  default: z.json().optional(),
});

/** One version of how an action type is carried out; a version never changes. */
export const actionTypeEntry = z.strictObject({
  action_type: z.string().min(1),
  registry_version: z.int().positive(),
  /** Whose mapping it is; absent: everybody's who has none of their own. */
  tenant_id: identifier.optional(),
  tool_name: z.string().min(1),
  tool_schema_version: z.string().min(1),
  required_scopes: z.array(z.string()),
  risk_class: z.enum(RISK_LEVELS),
  compensation_strategy: z.enum(COMPENSATION_STRATEGIES),
  /** By the action's own parameter; parameters that are not named here are dropped. */
  parameter_mapping: z.record(z.string(), mappedParameter),
  created_at: instant,
  /** From then on no new intent is made with it. */
  deprecated_at: instant.optional(),
});
export type ActionTypeEntry = z.infer<typeof actionTypeEntry>;
export type NewActionTypeEntry = Omit<ActionTypeEntry, 'registry_version' | 'created_at'>;
