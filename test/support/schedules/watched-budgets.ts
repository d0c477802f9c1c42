import { budgetPk } from '../../../src/adapters/dynamodb/budget-writes.ts';
import type { BudgetLevel } from '../../../src/domain/autonomy/budget.ts';
import type { LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import { effectsOf, type PlanEffect } from '../../../src/domain/plan/effects.ts';
import { evolve } from '../../../src/domain/plan/evolve.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';

interface Move {
  readonly level: BudgetLevel;
  readonly day: string;
  readonly by: 1 | -1;
  /** What it must not go above. */
  readonly cap: number;
}

const movesOf = (effect: PlanEffect): Move[] => {
  if (effect.kind === 'SPEND_BUDGET')
    return effect.counters.map(({ level, max }) => ({ level, day: effect.day, by: 1, cap: max }));
  if (effect.kind !== 'REFUND_BUDGET') return [];
  return effect.levels.map((level) => ({ level, day: effect.day, by: -1, cap: Number.POSITIVE_INFINITY }));
};

/** Follows what approvals take from the budgets of accounts and tenants, entry by entry as they are committed. */
export class WatchedBudgets {
  /** By budget and day. */
  readonly #taken = new Map<string, number>();
  readonly #plans = new Map<string, { plan: Plan | undefined; seen: number }>();

  /** A plan's ledger after a commit; tells which approvals in it went above a cap. */
  committed(planId: string, entries: readonly LedgerEntry[]): string[] {
    let { plan, seen } = this.#plans.get(planId) ?? { plan: undefined, seen: 0 };
    const violations: string[] = [];
    for (const event of entries.slice(seen) as readonly PlanEvent[]) {
      const after = evolve(plan, event) as Plan;
      for (const move of effectsOf(plan, after, [event]).flatMap(movesOf))
        violations.push(...this.#move(after, move));
      plan = after;
    }
    seen = entries.length;
    this.#plans.set(planId, { plan, seen });
    return violations;
  }

  #move(plan: Plan, { level, day, by, cap }: Move): string[] {
    const budget = `${budgetPk(plan, level)} ${day}`;
    const taken = (this.#taken.get(budget) ?? 0) + by;
    this.#taken.set(budget, taken);
    return taken > cap ? [`${budget}: ${taken} actions by policy, of ${cap}`] : [];
  }
}
