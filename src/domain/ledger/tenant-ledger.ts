import * as z from 'zod';
import { instant } from '../identifiers.ts';

/** What every entry of a tenant's append-only ledger has, whatever it tells of. */
export const tenantLedgerEntry = z.strictObject({
  entryId: z.string(),
  timestamp: instant,
  traceId: z.string(),
  data: z.record(z.string(), z.json()),
});
