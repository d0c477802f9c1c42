import * as z from 'zod';
import { identifier } from '../identifiers.ts';

/** A request for a decision on an account. The key says which request it is, however often it is made. */
export const decisionTrigger = z.strictObject({
  tenant_id: identifier,
  account_id: identifier,
  /** Any text: a type that there is not is an answer, not an error. */
  trigger_type: z.string().min(1).max(64),
  idempotency_key: z.string().regex(/^[\x21-\x7e]{1,256}$/, {
    error: 'must be 1 to 256 visible ASCII characters without white space',
  }),
});
export type DecisionTrigger = z.infer<typeof decisionTrigger>;
