import * as z from 'zod';
import { identifier } from '../identifiers.ts';
import { AUTONOMY_MODES } from './autonomy-mode.ts';
import { budgetLimits } from './budget.ts';

export const actionType = z.string().min(1).max(100);

/** What may run by itself for a tenant or one of its accounts, as files say it: scenarios, and policies that are only tried. */
export const autonomyRow = z.strictObject({
  tenant_id: identifier,
  /** Absent: for all accounts of the tenant; a budget then bounds all of them together, each within its own. */
  account_id: identifier.optional(),
  allowlist: z.array(actionType).default([]),
  /** By action type, or DEFAULT. */
  modes: z.record(actionType, z.enum(AUTONOMY_MODES)).default({}),
  budget: budgetLimits.strict().optional(),
});
export type AutonomyRow = z.infer<typeof autonomyRow>;
