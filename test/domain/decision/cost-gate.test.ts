import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CostGateInput,
  type DecisionRunState,
  evaluateCostGate,
  MAX_DEFERRAL_SECONDS,
  MAX_DEFERRALS,
} from '../../../src/domain/decision/cost-gate.ts';
import { limitsOf, TRIGGER_TYPES } from '../../../src/domain/decision/trigger-registry.ts';
import { secondsAfter } from '../../../src/domain/identifiers.ts';

const NOW = '2026-01-05T09:30:00.000Z';
const NEXT_HOUR = '2026-01-05T10:00:00.000Z';
const ago = (seconds: number) => secondsAfter(NOW, -seconds);
const ahead = (seconds: number) => secondsAfter(NOW, seconds);

const NOTHING_RAN: DecisionRunState = { account_runs_this_hour: 0, tenant_runs_this_hour: 0 };

const evaluate = (state: Partial<DecisionRunState> = {}, input: Partial<CostGateInput> = {}) =>
  evaluateCostGate(
    { trigger_type: 'SIGNAL_ARRIVED', now: NOW, deferred_times: 0, ...input },
    { ...NOTHING_RAN, ...state },
  );

describe('a trigger is allowed', () => {
  it('when nothing ran before', () => {
    expect(evaluate()).toEqual({
      ...{ result: 'ALLOW', reason: 'WITHIN_LIMITS' },
      explanation: 'Nothing stands in the way of a run of SIGNAL_ARRIVED for the account',
    });
  });

  it.each([
    ['its cooldown is over to the millisecond', { last_allowed_at: ago(300) }, {}],
    ['one more run fits into the hour', { account_runs_this_hour: 11, tenant_runs_this_hour: 299 }, {}],
    ['some budget is left', {}, { budget_remaining: 0.01 }],
    ['actions still count for something', {}, { action_saturation_score: 0.99 }],
    [
      'it was put off as often as may be, and nothing is in its way now',
      {},
      { deferred_times: MAX_DEFERRALS },
    ],
  ])('when %s', (_, state, input) => {
    expect(evaluate(state, input).result).toBe('ALLOW');
  });
});

describe('a trigger comes to nothing', () => {
  it.each([
    [
      'UNKNOWN_TRIGGER_TYPE',
      {},
      { trigger_type: 'FULL_MOON' },
      /no trigger type "FULL_MOON"; there are SIGNAL/,
    ],
    ['BUDGET_EXHAUSTED', {}, { budget_remaining: 0 }, /left of the budget \(0\)/],
    ['BUDGET_EXHAUSTED', {}, { budget_remaining: -3 }, /left of the budget \(-3\)/],
    ['MARGINAL_VALUE_LOW', {}, { action_saturation_score: 1 }, /saturation is 1/],
    ['BUDGET_EXHAUSTED', { last_allowed_at: ago(1) }, { budget_remaining: 0 }, /budget/],
    [
      'DEFERRED_TOO_OFTEN',
      { last_allowed_at: ago(1) },
      { deferred_times: MAX_DEFERRALS },
      /put off 5 times already/,
    ],
    [
      'COOLDOWN',
      { last_allowed_at: ago(3 * 86_400) },
      { trigger_type: 'TIME_RITUAL_WEEKLY_REVIEW' },
      /2026-01-09T09:30:00.000Z is more than 86400 s ahead/,
    ],
  ])('%s: %j %j', (reason, state, input, explanation) => {
    expect(evaluate(state, input)).toEqual({
      ...{ result: 'SKIP', reason, explanation: expect.stringMatching(explanation) },
    });
  });

  const waiting = (seconds: number) => ({ since: ago(seconds), until: ahead(200) });

  it('when another waits that came just before it', () => {
    expect(evaluate({ last_allowed_at: ago(100), waiting: waiting(59) })).toEqual({
      ...{ result: 'SKIP', reason: 'DEBOUNCE' },
      explanation: `Another SIGNAL_ARRIVED of the account came less than 60 s ago and waits until ${ahead(200)}; its run covers this one`,
    });
  });

  it.each([
    ['the other came too long ago', { waiting: waiting(60) }, {}],
    ['the other waits no longer', { waiting: { since: ago(10), until: NOW } }, {}],
    ['it is the other, come back', { waiting: waiting(10) }, { deferred_times: 1 }],
    ['its type knows no debounce', { waiting: waiting(0) }, { trigger_type: 'TIME_RITUAL_DAILY_BRIEF' }],
  ])('but not when %s', (_, state, input) => {
    expect(evaluate({ last_allowed_at: ago(100), ...state }, input).result).toBe('DEFER');
  });
});

describe('a trigger has to wait', () => {
  it.each([
    ['COOLDOWN', { last_allowed_at: ago(100) }, ahead(200), 200],
    ['COOLDOWN', { last_allowed_at: ago(299.5) }, ahead(1), 1],
    ['ACCOUNT_HOURLY_LIMIT', { account_runs_this_hour: 12 }, NEXT_HOUR, 1800],
    ['TENANT_HOURLY_LIMIT', { tenant_runs_this_hour: 300 }, NEXT_HOUR, 1800],
    ['COOLDOWN', { last_allowed_at: ago(100), account_runs_this_hour: 12 }, NEXT_HOUR, 1800],
  ])('for %s: %j until %s', (reason, state, defer_until, retry_after_seconds) => {
    expect(evaluate(state)).toEqual({
      ...{ result: 'DEFER', reason, defer_until, retry_after_seconds, explanation: expect.any(String) },
    });
  });

  it.each([
    [
      'COOLDOWN',
      { last_allowed_at: ago(100) },
      /The last run of SIGNAL_ARRIVED .* at .*, and 300 s must lie/,
    ],
    [
      'ACCOUNT_HOURLY_LIMIT',
      { account_runs_this_hour: 12 },
      /The account has had 12 runs .* and 12 are the most/,
    ],
    [
      'TENANT_HOURLY_LIMIT',
      { tenant_runs_this_hour: 301 },
      /The tenant has had 301 runs .* 300 are the most/,
    ],
  ])('and is told why, for %s', (_, state, explanation) => {
    expect(evaluate(state).explanation).toMatch(explanation);
  });

  it('a whole day at the most', () => {
    const daily = { trigger_type: 'TIME_RITUAL_DAILY_BRIEF' };
    expect(evaluate({ last_allowed_at: NOW }, daily)).toMatchObject({
      ...{ result: 'DEFER', retry_after_seconds: MAX_DEFERRAL_SECONDS },
    });
  });
});

const seconds = (max: number) => fc.double({ min: 0, max, noNaN: true });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const inputs = fc.record({
  trigger_type: fc.constantFrom(...TRIGGER_TYPES),
  now: seconds(86_400).map((past) => secondsAfter(NOW, past)),
  deferred_times: fc.nat({ max: 8 }),
  budget_remaining: optional(fc.double({ min: -1, max: 5, noNaN: true })),
  action_saturation_score: optional(fc.double({ min: 0, max: 1, noNaN: true })),
});
const states = fc.record({
  last_allowed_at: optional(seconds(8 * 86_400).map(ago)),
  waiting: optional(
    fc.tuple(seconds(300), seconds(86_400)).map(([s, u]) => ({ since: ago(s), until: ahead(u) })),
  ),
  account_runs_this_hour: fc.nat({ max: 14 }),
  tenant_runs_this_hour: fc.nat({ max: 310 }),
});

describe('whatever ran before', () => {
  it('a run that is allowed is within every limit of its type', () => {
    fc.assert(
      fc.property(inputs, states, (input, state) => {
        if (evaluateCostGate(input, state).result !== 'ALLOW') return;
        const limits = limitsOf(input.trigger_type);
        expect(state.account_runs_this_hour).toBeLessThan(limits?.max_per_account_per_hour ?? 0);
        expect(state.tenant_runs_this_hour).toBeLessThan(limits?.max_per_tenant_per_hour ?? 0);
        const cooled =
          state.last_allowed_at && secondsAfter(state.last_allowed_at, limits?.cooldown_seconds ?? 0);
        expect(cooled === undefined || cooled <= input.now).toBe(true);
      }),
    );
  });

  it('a trigger is put off to a whole second ahead, within a day, and not more often than may be', () => {
    fc.assert(
      fc.property(inputs, states, (input, state) => {
        const result = evaluateCostGate(input, state);
        if (result.result !== 'DEFER') return;
        expect(result.defer_until.endsWith('.000Z')).toBe(true);
        expect(result.defer_until > input.now).toBe(true);
        expect(result.retry_after_seconds).toBeGreaterThanOrEqual(1);
        expect(result.retry_after_seconds).toBeLessThanOrEqual(MAX_DEFERRAL_SECONDS);
        expect(secondsAfter(input.now, result.retry_after_seconds) >= result.defer_until).toBe(true);
        expect(input.deferred_times).toBeLessThan(MAX_DEFERRALS);
      }),
    );
  });

  it('a trigger that comes back when it was told to, and nothing ran meanwhile, is allowed', () => {
    fc.assert(
      fc.property(inputs, states, (input, state) => {
        const result = evaluateCostGate(input, state);
        if (result.result !== 'DEFER') return;
        const anotherHour = result.defer_until.slice(0, 13) !== input.now.slice(0, 13);
        const back = {
          ...input,
          now: result.defer_until,
          deferred_times: input.deferred_times + 1,
        };
        const later = anotherHour ? { ...state, account_runs_this_hour: 0, tenant_runs_this_hour: 0 } : state;
        expect(evaluateCostGate(back, later).result).toBe('ALLOW');
      }),
    );
  });

  it('everything is explained', () => {
    fc.assert(
      fc.property(inputs, states, (input, state) => {
        expect(evaluateCostGate(input, state).explanation).toMatch(/^[A-Z].{20,}[^.]$/);
      }),
    );
  });
});
