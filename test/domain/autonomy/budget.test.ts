import { describe, expect, it } from '@jest/globals';
import {
  type BudgetFacts,
  type BudgetLimits,
  budgetDay,
  budgetLimits,
  checkBudgets,
} from '../../../src/domain/autonomy/budget.ts';

const TYPE = 'PREP_RENEWAL_BRIEF';
const facts = (limits: BudgetLimits | undefined, total = 0, of_type = total): BudgetFacts => ({
  limits,
  used: { total, of_type },
});
const NONE = facts(undefined);
const max = (max_autonomous_per_day: number, ofType?: number): BudgetLimits => ({
  max_autonomous_per_day,
  ...(ofType !== undefined && { max_per_action_type: { [TYPE]: ofType } }),
});
const inShort = (account: BudgetFacts, tenant: BudgetFacts = NONE): string => {
  const verdict = checkBudgets({ account, tenant }, TYPE);
  return verdict.ok ? 'room' : verdict.what;
};

describe('the budgets of an account and its tenant', () => {
  it.each<[string, BudgetFacts, BudgetFacts, string]>([
    ['neither is there', NONE, NONE, 'the account has no budget'],
    ['the account has room', facts(max(2), 1), NONE, 'room'],
    ['the account has none left', facts(max(2), 2), NONE, "the account's 2 a day are used up"],
    ['the account may do nothing', facts(max(0)), NONE, "the account's 0 a day are used up"],
    ['only the tenant has one, with room', NONE, facts(max(10), 9), 'the account has no budget'],
    ['both have room', facts(max(2), 1), facts(max(10), 9), 'room'],
    ['the tenant has none left', facts(max(2), 1), facts(max(10), 10), "the tenant's 10 a day are used up"],
    ['the type has none left', facts(max(9, 1), 5, 1), NONE, `the account's 1 ${TYPE} a day are used up`],
    [
      'the type has none left at the tenant',
      facts(max(9)),
      facts(max(9, 3), 4, 3),
      `the tenant's 3 ${TYPE} a day are used up`,
    ],
    ['the type has room', facts(max(9, 2), 5, 1), facts(max(9, 3), 4, 2), 'room'],
    ['more was taken than there is', facts(max(2), 5), NONE, "the account's 2 a day are used up"],
  ])('when %s', (_when, account, tenant, expected) => expect(inShort(account, tenant)).toBe(expected));

  it('are taken from together', () => {
    expect(checkBudgets({ account: facts(max(3)), tenant: facts(max(10, 4)) }, TYPE)).toEqual({
      ok: true,
      counters: [
        { level: 'ACCOUNT', max: 3 },
        { level: 'TENANT', max: 10, max_of_type: 4 },
      ],
    });
    expect(checkBudgets({ account: facts(max(3)), tenant: NONE }, TYPE)).toEqual({
      ok: true,
      counters: [{ level: 'ACCOUNT', max: 3 }],
    });
  });

  it('do not bound a type by what every object has', () => {
    const limits = { max_autonomous_per_day: 1, max_per_action_type: {} };
    expect(checkBudgets({ account: facts(limits), tenant: NONE }, 'constructor')).toMatchObject({ ok: true });
  });

  it.each([-1, 1.5, 1_000_001, '3', null])('cannot have a cap of %p', (cap) => {
    expect(budgetLimits.safeParse({ max_autonomous_per_day: cap }).success).toBe(false);
  });
});

describe('the day that an instant falls on', () => {
  it.each([
    ['2026-01-05T23:59:59.999Z', undefined, '2026-01-05'],
    ['2026-01-06T00:00:00.000Z', 'UTC', '2026-01-06'],
    ['2026-01-05T23:30:00.000Z', 'Europe/Berlin', '2026-01-06'],
    ['2026-01-05T05:00:00.000Z', 'America/Los_Angeles', '2026-01-04'],
    // Clocks go forward at 01:00 UTC: the day is an hour shorter.
    ['2026-03-29T21:59:59.999Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T22:00:00.000Z', 'Europe/Berlin', '2026-03-30'],
  ])('%s in %s is %s', (instant, zone, day) => expect(budgetDay(instant, zone)).toBe(day));

  it('is none where there is no such time zone', () => {
    expect(() => budgetDay('2026-01-05T23:30:00.000Z', 'Mars/Olympus')).toThrow(RangeError);
  });
});
