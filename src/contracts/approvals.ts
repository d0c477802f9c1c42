import * as z from 'zod';
import { identifier, instant } from '../domain/identifiers.ts';

/** What a page's token says: after which attempt of which tenant or account the page begins. */
export const approvalsToken = z.strictObject({
  tenant_id: identifier,
  account_id: identifier.optional(),
  blocked: z.boolean(),
  deadline: instant,
  plan_id: identifier,
  step_id: identifier,
});
