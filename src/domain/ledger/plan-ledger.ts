import * as z from 'zod';
import { instant } from '../identifiers.ts';
import { evolve } from '../plan/evolve.ts';
import { actor, type Plan } from '../plan/plan.ts';
import type { PlanEvent } from '../plan/plan-event.ts';
import { canonicalHash } from './canonical-json.ts';

/** `prev_hash` of a plan's first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** One entry of a plan's append-only, hash-chained ledger; `seq` counts from 1 without gaps. */
export const ledgerEntry = z.strictObject({
  plan_id: z.string(),
  tenant_id: z.string(),
  account_id: z.string(),
  seq: z.int().positive(),
  event_type: z.string(),
  timestamp: instant,
  actor,
  data: z.record(z.string(), z.json()),
  prev_hash: z.string(),
  hash: z.string(),
});
export type LedgerEntry = Omit<z.infer<typeof ledgerEntry>, 'event_type' | 'data'> &
  Pick<PlanEvent, 'event_type' | 'data'>;

const hashOf = ({
  hash: _hash,
  ...content
}: LedgerEntry | (Omit<LedgerEntry, 'hash'> & { hash?: string })): string => canonicalHash(content);

/** A plan after some events, and the entries that take its ledger there. */
export interface Appended {
  readonly plan: Plan;
  readonly entries: readonly LedgerEntry[];
}

const appendOne = (before: Plan | undefined, event: PlanEvent): { plan: Plan; entry: LedgerEntry } => {
  const body = evolve(before, event);
  const { plan_id, tenant_id, account_id } = body;
  const seq = (before?.version ?? 0) + 1;
  const prev_hash = before?.head_hash ?? GENESIS_HASH;
  const content = { plan_id, tenant_id, account_id, seq, ...event, prev_hash };
  const hash = hashOf(content);
  return { plan: { ...body, version: seq, head_hash: hash }, entry: { ...content, hash } as LedgerEntry };
};

/** Chains events to the end of a plan's ledger and folds them into the plan. */
export const append = (before: Plan | undefined, events: readonly PlanEvent[]): Appended => {
  let plan = before;
  const entries: LedgerEntry[] = [];
  for (const event of events) {
    const step = appendOne(plan, event);
    plan = step.plan;
    entries.push(step.entry);
  }
  if (!plan) throw new TypeError('no events to append to a plan that does not exist');
  return { plan, entries };
};

/** The plan that a ledger tells of. */
export const fold = (entries: readonly LedgerEntry[]): Plan | undefined => {
  let plan: Plan | undefined;
  for (const { seq, hash, event_type, timestamp, actor: by, data } of entries) {
    const body = evolve(plan, { event_type, timestamp, actor: by, data } as PlanEvent);
    plan = { ...body, version: seq, head_hash: hash };
  }
  return plan;
};

/**
 * What is wrong with a ledger, in words: gaps in `seq`, broken links, entries whose content does not fit their hash.
 * Empty when it is whole.
 */
export const tamperings = (entries: readonly LedgerEntry[]): string[] =>
  entries.flatMap((entry, index) => {
    const previous = entries[index - 1];
    const found: string[] = [];
    if (entry.seq !== index + 1) found.push(`entry ${index + 1} has seq ${entry.seq}`);
    if (entry.prev_hash !== (previous?.hash ?? GENESIS_HASH))
      found.push(`entry ${entry.seq} does not follow ${index}`);
    if (entry.hash !== hashOf(entry)) found.push(`entry ${entry.seq} does not fit its hash`);
    return found;
  });
