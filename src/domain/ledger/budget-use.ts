import type { BudgetCounter } from '../autonomy/budget.ts';
import { effectsOf, type PlanEffect } from '../plan/effects.ts';
import { evolve } from '../plan/evolve.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanEvent } from '../plan/plan-event.ts';
import type { LedgerEntry } from './plan-ledger.ts';

/** What was taken from an account's budget of a day. */
export interface BudgetUse {
  readonly tenant_id: string;
  readonly account_id: string;
  /** YYYY-MM-DD in the tenant's time zone. */
  readonly day: string;
  /** Actions that the policy approved, less those that were given back. */
  readonly taken: number;
  /** Of these, those that were carried out; the others are still under way. */
  readonly settled: number;
  /** What there was for the day when the last of them was approved. */
  readonly max: number;
}

type BudgetEffect = Extract<PlanEffect, { readonly day: string }>;

const CHANGES: Readonly<Record<BudgetEffect['kind'], { readonly taken: number; readonly settled: number }>> =
  {
    SPEND_BUDGET: { taken: 1, settled: 0 },
    REFUND_BUDGET: { taken: -1, settled: 0 },
    SETTLE_BUDGET: { taken: 0, settled: 1 },
  };

const isOfBudget = (effect: PlanEffect): effect is BudgetEffect => effect.kind in CHANGES;

const capOf = (effect: BudgetEffect, before: number): number =>
  effect.kind === 'SPEND_BUDGET' ? (effect.counters[0] as BudgetCounter).max : before;

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

/** What the ledgers of plans say of the budgets of accounts, by tenant, account and day. */
export const budgetUse = (ledgers: readonly (readonly LedgerEntry[])[]): BudgetUse[] => {
  const used = new Map<string, BudgetUse>();
  for (const entries of ledgers) {
    let plan: Plan | undefined;
    for (const event of entries as readonly PlanEvent[]) {
      const after = evolve(plan, event) as Plan;
      for (const effect of effectsOf(plan, after, [event]).filter(isOfBudget)) {
        const { tenant_id, account_id } = after;
        const { day } = effect;
        const key = `${tenant_id}/${account_id}/${day}`;
        const before = used.get(key) ?? { taken: 0, settled: 0, max: 0 };
        const change = CHANGES[effect.kind];
        const [taken, settled] = [before.taken + change.taken, before.settled + change.settled];
        used.set(key, { tenant_id, account_id, day, taken, settled, max: capOf(effect, before.max) });
      }
      plan = after;
    }
  }
  return [...used].sort(([a], [b]) => compare(a, b)).map(([, use]) => use);
};
