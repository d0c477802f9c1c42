import * as z from 'zod';

const cap = z.int().nonnegative().max(1_000_000);

/** How much may be done without a person in a day, in actions. */
export const budgetLimits = z.object({
  max_autonomous_per_day: cap,
  /** By action type; a type that is not named is bounded by the day's cap alone. */
  max_per_action_type: z.record(z.string(), cap).optional(),
});
export type BudgetLimits = z.infer<typeof budgetLimits>;

export const BUDGET_LEVELS = ['ACCOUNT', 'TENANT'] as const;
export type BudgetLevel = (typeof BUDGET_LEVELS)[number];

/** One counter that an approval takes from, and the caps it must stay below. */
export const budgetCounter = z.strictObject({
  level: z.enum(BUDGET_LEVELS),
  max: cap,
  max_of_type: cap.optional(),
});
export type BudgetCounter = z.infer<typeof budgetCounter>;

/** What an approval by policy takes from the budgets of a day, YYYY-MM-DD in the tenant's time zone. */
export const budgetSpend = z.strictObject({ day: z.string(), counters: z.array(budgetCounter) });
export type BudgetSpend = z.infer<typeof budgetSpend>;

/** Actions that were approved on a day and not given back: those under way and those that were carried out. */
export interface BudgetUse {
  readonly total: number;
  readonly of_type: number;
}

export interface BudgetFacts {
  /** Undefined when the level has no budget row. */
  readonly limits: BudgetLimits | undefined;
  readonly used: BudgetUse;
}

export type Budgets = { readonly [level in Lowercase<BudgetLevel>]: BudgetFacts };

/** By time zone: to make one takes sixty times as long as to ask it. */
const calendars = new Map<string, Intl.DateTimeFormat>();

const calendarOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = calendars.get(timeZone);
  if (known) return known;
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  calendars.set(timeZone, calendar);
  return calendar;
};

/**
 * The calendar day that an instant falls on, YYYY-MM-DD.
 *
 * @param timeZone IANA name, such as Europe/Berlin.
 * @throws RangeError when there is no such time zone.
 */
export const budgetDay = (instant: string, timeZone = 'UTC'): string =>
  calendarOf(timeZone).format(new Date(instant));

export type BudgetVerdict =
  | { readonly ok: true; readonly counters: readonly BudgetCounter[] }
  /** What stands in the way, in words. */
  | { readonly ok: false; readonly what: string };

const counterOf = (level: BudgetLevel, limits: BudgetLimits, actionType: string): BudgetCounter => {
  const { max_autonomous_per_day: max, max_per_action_type: ofType = {} } = limits;
  const max_of_type = Object.hasOwn(ofType, actionType) ? ofType[actionType] : undefined;
  return { level, max, ...(max_of_type !== undefined && { max_of_type }) };
};

const exceeded = (
  { level, max, max_of_type }: BudgetCounter,
  { total, of_type }: BudgetUse,
  type: string,
) => {
  const whose = `${level.toLowerCase()}'s`;
  if (total >= max) return [`the ${whose} ${max} a day are used up`];
  return max_of_type !== undefined && of_type >= max_of_type
    ? [`the ${whose} ${max_of_type} ${type} a day are used up`]
    : [];
};

/**
 * Whether the budgets of account and tenant leave room for one more action, and which counters it takes from. An account without a row
 * has no budget; a tenant's row, where there is one, bounds all of its accounts together.
 */
export const checkBudgets = ({ account, tenant }: Budgets, actionType: string): BudgetVerdict => {
  if (!account.limits) return { ok: false, what: 'the account has no budget' };
  const ofAccount = counterOf('ACCOUNT', account.limits, actionType);
  const ofTenant = tenant.limits && counterOf('TENANT', tenant.limits, actionType);
  const [what] = [
    ...exceeded(ofAccount, account.used, actionType),
    ...(ofTenant ? exceeded(ofTenant, tenant.used, actionType) : []),
  ];
  if (what !== undefined) return { ok: false, what };
  return { ok: true, counters: ofTenant ? [ofAccount, ofTenant] : [ofAccount] };
};
