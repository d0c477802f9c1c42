import { createHash } from 'node:crypto';
import type { DecisionTrigger } from './decision-trigger.ts';

const LENGTH = 40;

/** SHA-256 over what makes a trigger the same trigger, in lower-case hex, cut to 40 characters. */
export const triggerHash = (
  { tenant_id, account_id, trigger_type, idempotency_key }: DecisionTrigger,
  ...more: readonly (string | number)[]
): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant_id, account_id, trigger_type, idempotency_key, ...more]))
    .digest('hex')
    .slice(0, LENGTH);

/** The id of the plan that comes of a trigger: a repeat finds the plan of the first. */
export const decisionPlanId = (trigger: DecisionTrigger): string => `decision-${triggerHash(trigger)}`;
