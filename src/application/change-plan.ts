import { append } from '../domain/ledger/plan-ledger.ts';
import type { PlanCommand, Refusal } from '../domain/plan/command.ts';
import { decide } from '../domain/plan/decide.ts';
import { effectsOf } from '../domain/plan/effects.ts';
import { dueAt } from '../domain/plan/next-move.ts';
import type { Actor, Plan } from '../domain/plan/plan.ts';
import type { PlanEvent } from '../domain/plan/plan-event.ts';
import { TransientError } from './errors.ts';
import type { LostTo, PlanKey, PlanStore } from './ports/plans.ts';

/** How often a writer that lost re-reads and decides again before it gives up for now. */
const MAX_DECISIONS = 5;

export interface PlanChange {
  readonly key: PlanKey;
  /** ISO-8601 instant to decide by, and to date the entries with. */
  readonly now: string;
  readonly actor: Actor;
  /** The instant from which the plan's next look is reckoned; default `now`. */
  readonly dueFrom?: string;
  /** The command, built anew from fresh facts for every decision. */
  command(plan: Plan | undefined): PlanCommand | Promise<PlanCommand>;
  /** Decide, but write nothing. */
  readonly dryRun?: boolean;
  /** What losing to one of these means to the caller, so that deciding again is pointless. */
  readonly stopWhenLostTo?: readonly LostTo[];
}

export type ChangeResult =
  | { readonly ok: true; readonly plan: Plan; readonly events: readonly PlanEvent[] }
  | (Refusal & { readonly plan: Plan | undefined })
  | {
      readonly ok: false;
      readonly code: 'LOST';
      readonly lost_to: LostTo;
      readonly message: string;
      readonly plan: Plan;
    };

const commit = async (
  plans: PlanStore,
  change: PlanChange,
  before: Plan | undefined,
  events: readonly PlanEvent[],
) => {
  const { plan, entries } = append(before, events);
  const effects = effectsOf(before, plan, events);
  const due_at = dueAt(plan, change.dueFrom ?? change.now);
  const result = await plans.commitIfUnchanged({ before, plan, entries, effects, due_at });
  return { plan, result };
};

const lost = (plan: Plan, lost_to: LostTo): ChangeResult => ({
  ok: false,
  code: 'LOST',
  lost_to,
  message: `plan ${plan.plan_id}: another writer was first (${lost_to})`,
  plan,
});

const decideOnce = async (plans: PlanStore, change: PlanChange): Promise<ChangeResult | undefined> => {
  const before = await plans.get(change.key);
  const decision = decide(before, await change.command(before), { now: change.now, actor: change.actor });
  const done = (plan: Plan): ChangeResult =>
    decision.ok ? { ok: true, plan, events: decision.events } : { ...decision, plan };
  if (!before && !decision.ok) return { ...decision, plan: undefined };
  if (before && (decision.events.length === 0 || change.dryRun)) return done(before);
  const { plan, result } = await commit(plans, change, before, decision.events);
  if (result.committed) return done(plan);
  return change.stopWhenLostTo?.includes(result.lost_to) ? lost(plan, result.lost_to) : undefined;
};

/**
 * The one way in which a plan changes: read it, decide, append to its ledger, commit all of it in one transaction. A writer that
 * lost re-reads and decides again, a bounded number of times.
 *
 * @throws TransientError when others kept changing the plan.
 */
export const changePlan = async (plans: PlanStore, change: PlanChange): Promise<ChangeResult> => {
  for (let decision = 0; decision < MAX_DECISIONS; decision += 1) {
    const result = await decideOnce(plans, change);
    if (result) return result;
  }
  throw new TransientError(
    `plan ${change.key.plan_id} was changed by others ${MAX_DECISIONS} times in a row`,
  );
};
