import type { BudgetCounter, BudgetLevel, BudgetLimits } from './budget.ts';
import type { Candidate } from './candidate-policy.ts';
import type { RecordedDecision, Verdict } from './recorded-decision.ts';

/** A recorded decision, and what a candidate policy would have said. */
export interface Judged {
  readonly decision: RecordedDecision;
  readonly would: Verdict;
}

/** Actions that counted against a cap at the end of the day; without a cap, `max` is null. */
export interface Spent {
  readonly spent: number;
  readonly max: number | null;
}

/** What was taken from the budget of a day, and what would have been, less what was given back. */
export interface DaySpending {
  readonly tenant_id: string;
  /** Null: the budget of the tenant, which bounds its accounts together. */
  readonly account_id: string | null;
  /** YYYY-MM-DD in the tenant's time zone. */
  readonly day: string;
  readonly was: Spent;
  readonly would: Spent;
  readonly types: readonly { readonly action_type: string; readonly was: Spent; readonly would: Spent }[];
}

const counterOf = ({ spend }: RecordedDecision, level: BudgetLevel): BudgetCounter | undefined =>
  spend?.counters.find((counter) => counter.level === level);

const stays = ({ decision }: Judged): boolean => decision.given_back_at === undefined;

/** What a tenant's accounts took counts for the tenant too, whether or not its budget bounded them. */
const wasSpent = (
  judged: readonly Judged[],
  level: BudgetLevel,
  maxOf: (counter: BudgetCounter) => number | undefined,
): Spent => {
  const counters = judged.map(({ decision }) => counterOf(decision, level));
  const last = counters.findLast((counter) => counter !== undefined);
  const spent = judged.filter((one) => one.decision.spend && stays(one)).length;
  return { spent, max: (last && maxOf(last)) ?? null };
};

const wouldSpend = (judged: readonly Judged[], max: number | undefined): Spent => ({
  spent: judged.filter((one) => one.would.result === 'AUTO_EXECUTED' && stays(one)).length,
  max: max ?? null,
});

const capOfType = (limits: BudgetLimits | undefined, type: string): number | undefined =>
  new Map(Object.entries(limits?.max_per_action_type ?? {})).get(type);

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

const typesOf = (judged: readonly Judged[], level: BudgetLevel, limits: BudgetLimits | undefined) =>
  [...Map.groupBy(judged, ({ decision }) => decision.action_type)]
    .sort(([a], [b]) => compare(a, b))
    .map(([action_type, of]) => ({
      action_type,
      was: wasSpent(of, level, ({ max_of_type }) => max_of_type),
      would: wouldSpend(of, capOfType(limits, action_type)),
    }));

const spendingAt =
  (level: BudgetLevel, candidate: Candidate) =>
  (judged: readonly Judged[]): DaySpending[] => {
    const { tenant_id, account_id, day } = (judged[0] as Judged).decision;
    const { account, tenant } = candidate.limits({ tenant_id, account_id });
    const limits = level === 'ACCOUNT' ? account : tenant;
    const was = wasSpent(judged, level, ({ max }) => max);
    if (level === 'TENANT' && limits === undefined && was.max === null) return [];
    const would = wouldSpend(judged, limits?.max_autonomous_per_day);
    const types = typesOf(judged, level, limits);
    return [{ tenant_id, account_id: level === 'ACCOUNT' ? account_id : null, day, was, would, types }];
  };

/**
 * The budgets of which anything was taken, or would have been, by tenant, day and account; a tenant's own comes after its accounts', and only
 * where it had one or would have one.
 *
 * @param judged in the order of their instants, so that the cap shown is the last that was in force on the day.
 */
export const daySpending = (judged: readonly Judged[], candidate: Candidate): DaySpending[] => {
  const taking = judged.filter(({ decision, would }) => decision.spend || would.result === 'AUTO_EXECUTED');
  const byAccount = Map.groupBy(
    taking,
    ({ decision: { tenant_id, day, account_id } }) => `${tenant_id}/${day}/${account_id}`,
  );
  // Sorts after every account id.
  const byTenant = Map.groupBy(taking, ({ decision: { tenant_id, day } }) => `${tenant_id}/${day}/~`);
  return [
    ...[...byAccount].map(([key, of]) => [key, spendingAt('ACCOUNT', candidate)(of)] as const),
    ...[...byTenant].map(([key, of]) => [key, spendingAt('TENANT', candidate)(of)] as const),
  ]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([, rows]) => rows);
};
