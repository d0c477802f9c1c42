import { describe, expect, it } from '@jest/globals';
import { type CandidatePolicy, candidatePolicy } from '../../../src/domain/autonomy/candidate-policy.ts';
import type { RecordedDecision, Verdict } from '../../../src/domain/autonomy/recorded-decision.ts';
import { addTotals, NO_DECISIONS, whatIf } from '../../../src/domain/autonomy/what-if.ts';
import { minute } from '../../support/plan-fixtures.ts';

const BRIEF = 'PREP_RENEWAL_BRIEF';
const AUTO: Verdict = {
  ...{ result: 'AUTO_EXECUTED', reason: null, policy_clause: 'AUTO_EXECUTE_ALLOWED', explanation: 'fine' },
};
const askedFor = (reason: string): Verdict => ({
  ...{ result: 'REQUIRE_APPROVAL', reason, policy_clause: null, explanation: null },
});
const blockedBy = (reason: string): Verdict => ({ ...askedFor(reason), result: 'BLOCKED' });

/** A decision on the only attempt of a plan's only step, some minutes after the first plan was created. */
const decided = (
  plan_id: string,
  minutes: number,
  was: Verdict,
  more: Partial<RecordedDecision> = {},
): RecordedDecision => ({
  ...{ tenant_id: 'acme', account_id: 'a1', plan_id, step_id: 's1', attempt: 1, action_type: BRIEF },
  ...{ risk_estimate: undefined, confidence_score: undefined, at: minute(minutes), day: '2026-01-05', was },
  spend:
    was.result === 'AUTO_EXECUTED'
      ? { day: '2026-01-05', counters: [{ level: 'ACCOUNT', max: 5 }] }
      : undefined,
  source: was.result === 'AUTO_EXECUTED' ? 'POLICY' : undefined,
  ...{ person: undefined, end: undefined, given_back_at: undefined },
  ...more,
});

const allowing = (budget: object, more: object = {}): CandidatePolicy =>
  candidatePolicy.parse({
    autonomy: [
      { tenant_id: 'acme', allowlist: [BRIEF], modes: { DEFAULT: 'AUTO_EXECUTE' } },
      { tenant_id: 'acme', account_id: 'a1', budget },
      { tenant_id: 'acme', account_id: 'a2', budget },
    ],
    ...more,
  });
const MAX_1 = { max_autonomous_per_day: 1 };
const MAX_9 = { max_autonomous_per_day: 9 };

const verdicts = (decisions: readonly RecordedDecision[], policy: CandidatePolicy): string[] =>
  whatIf(decisions, policy).differences.map(
    ({ plan_id, was, would }) =>
      `${plan_id}: ${was.result} → ${would.result}${would.reason === null ? '' : ` ${would.reason}`}`,
  );

describe('a candidate policy changes', () => {
  it('nothing that it would have decided as it was', () => {
    const both = [decided('p1', 1, AUTO), decided('p2', 2, askedFor('BUDGET_EXCEEDED'))];
    expect(whatIf(both, allowing(MAX_1))).toMatchObject({
      ...{ differences: [], totals: { decisions: 2, same: 2, same_for_another_reason: 0 } },
    });
  });

  it('nothing where only the reason would be another, and counts that', () => {
    const { differences, totals } = whatIf(
      [decided('p1', 1, askedFor('TENANT_POLICY'))],
      candidatePolicy.parse({ autonomy: [] }),
    );
    expect([differences, totals]).toMatchObject([[], { same: 1, same_for_another_reason: 1 }]);
  });

  it('what it would have asked a person about, and says by which clause', () => {
    const { differences, totals } = whatIf([decided('p1', 1, AUTO)], candidatePolicy.parse({ autonomy: [] }));
    expect(differences).toEqual([
      {
        ...{ tenant_id: 'acme', account_id: 'a1', plan_id: 'p1', step_id: 's1', attempt: 1 },
        ...{ action_type: BRIEF, risk_estimate: undefined, confidence_score: undefined },
        ...{ at: minute(1), day: '2026-01-05', was: AUTO, source: 'POLICY' },
        ...{ person: undefined, end: undefined },
        would: {
          ...{ result: 'REQUIRE_APPROVAL', reason: 'ACTION_TYPE_NOT_ALLOWLISTED' },
          policy_clause: 'TYPE_IS_ALLOWLISTED',
          explanation: `${BRIEF} is not on the tenant's allowlist`,
        },
      },
    ]);
    expect(totals).toMatchObject({ newly_asked: 1, newly_automatic: 0, newly_blocked: 0 });
  });

  it('what it would have blocked, by mode', () => {
    const disabled = candidatePolicy.parse({
      autonomy: [{ tenant_id: 'acme', allowlist: [BRIEF], modes: { [BRIEF]: 'DISABLED' } }],
    });
    expect(verdicts([decided('p1', 1, AUTO)], disabled)).toEqual([
      'p1: AUTO_EXECUTED → BLOCKED ACTION_TYPE_DISABLED',
    ]);
    expect(whatIf([decided('p1', 1, AUTO)], disabled).totals.newly_blocked).toBe(1);
  });

  it('what a mode had blocked, and not what a switch, the tenant or the intent had', () => {
    const reasons = ['ACTION_TYPE_DISABLED', 'KILL_SWITCH_ENABLED', 'TENANT_NOT_ACTIVE', 'INTENT_NOT_OPEN'];
    const all = reasons.map((reason, index) => decided(`p${index}`, index, blockedBy(reason)));
    expect(verdicts(all, allowing(MAX_9))).toEqual(['p0: BLOCKED → AUTO_EXECUTED']);
  });

  it.each<[string, object, Partial<RecordedDecision>]>([
    ['a lower confidence', { min_confidence: 0.5 }, { confidence_score: 0.6 }],
    ['more risk', { risk_needs_a_person: 'HIGH' }, { risk_estimate: 'MEDIUM' }],
  ])('what it would have let run with %s', (_with, more, of) => {
    const waiting = decided('p1', 1, askedFor('RISK_LEVEL_HIGH'), of);
    expect(verdicts([waiting], allowing(MAX_9))).toEqual([]);
    expect(verdicts([waiting], allowing(MAX_9, more))).toEqual(['p1: REQUIRE_APPROVAL → AUTO_EXECUTED']);
  });
});

describe('of what would have run by itself', () => {
  const person = (did: 'APPROVED' | 'REJECTED') => ({ did, by: 'ben', at: minute(9), reason: null });
  const end = (result: 'FAILED' | 'REJECTED') => ({ result, at: minute(9), reason: null });

  it('is counted what people had rejected, what they had approved, and what then failed', () => {
    const asked = askedFor('TENANT_POLICY');
    const { totals, differences } = whatIf(
      [
        decided('p1', 1, asked, { person: person('REJECTED'), end: end('REJECTED') }),
        decided('p2', 2, asked, { person: person('APPROVED'), end: end('FAILED'), source: 'HUMAN' }),
        decided('p3', 3, asked),
      ],
      allowing(MAX_9),
    );
    expect(totals).toMatchObject({
      newly_automatic: 3,
      of_newly_automatic: { approved: 1, rejected: 1, failed: 1 },
    });
    expect(differences.map(({ person: made }) => made?.did)).toEqual(['REJECTED', 'APPROVED', undefined]);
    expect(addTotals(totals, addTotals(NO_DECISIONS, totals))).toMatchObject({
      ...{ decisions: 6, newly_automatic: 6, of_newly_automatic: { approved: 2, rejected: 2, failed: 2 } },
    });
  });
});

describe('budgets are counted as the candidate would have counted them', () => {
  it('in the order of instants, however decisions are handed in', () => {
    const [first, second] = [decided('p2', 1, AUTO), decided('p1', 2, AUTO)];
    for (const handed of [
      [first, second],
      [second, first],
    ])
      expect(verdicts(handed, allowing(MAX_1))).toEqual([
        'p1: AUTO_EXECUTED → REQUIRE_APPROVAL BUDGET_EXCEEDED',
      ]);
  });

  it('for each account, and each day, by itself', () => {
    const three = [
      decided('p1', 1, AUTO),
      decided('p2', 2, AUTO, { account_id: 'a2' }),
      decided('p3', 1600, AUTO, { day: '2026-01-06' }),
    ];
    expect(verdicts(three, allowing(MAX_1))).toEqual([]);
  });

  it('for a tenant across its accounts', () => {
    const bounded = allowing(MAX_9);
    const [tenant, ...accounts] = bounded.autonomy;
    const autonomy = [{ ...tenant, budget: MAX_1 }, ...accounts] as CandidatePolicy['autonomy'];
    const both = [decided('p1', 1, AUTO), decided('p2', 2, AUTO, { account_id: 'a2' })];
    expect(verdicts(both, { ...bounded, autonomy })).toEqual([
      'p2: AUTO_EXECUTED → REQUIRE_APPROVAL BUDGET_EXCEEDED',
    ]);
    expect(whatIf(both, { ...bounded, autonomy }).spending.at(-1)).toMatchObject({
      ...{ account_id: null, was: { spent: 2, max: null }, would: { spent: 1, max: 1 } },
    });
  });

  it('for each action type', () => {
    const budget = { max_autonomous_per_day: 9, max_per_action_type: { [BRIEF]: 1 } };
    const other = { action_type: 'OTHER' };
    const tiers = { risk_tiers: { OTHER: 'LOW' } };
    const [tenant, ...accounts] = allowing(budget).autonomy;
    const autonomy = [{ ...tenant, allowlist: [BRIEF, 'OTHER'] }, ...accounts];
    const policy = candidatePolicy.parse({ autonomy, ...tiers });
    const three = [decided('p1', 1, AUTO), decided('p2', 2, AUTO, other), decided('p3', 3, AUTO)];
    expect(verdicts(three, policy)).toEqual(['p3: AUTO_EXECUTED → REQUIRE_APPROVAL BUDGET_EXCEEDED']);
    expect(whatIf(three, policy).spending).toEqual([
      {
        ...{ tenant_id: 'acme', account_id: 'a1', day: '2026-01-05' },
        ...{ was: { spent: 3, max: 5 }, would: { spent: 2, max: 9 } },
        types: [
          { action_type: 'OTHER', was: { spent: 1, max: null }, would: { spent: 1, max: null } },
          { action_type: BRIEF, was: { spent: 2, max: null }, would: { spent: 1, max: 1 } },
        ],
      },
    ]);
  });

  it('with what was given back, from that instant on', () => {
    const idle = (given_back_at: string) => decided('p1', 1, AUTO, { given_back_at });
    const next = decided('p2', 5, AUTO);
    expect(verdicts([idle(minute(4)), next], allowing(MAX_1))).toEqual([]);
    expect(verdicts([idle(minute(6)), next], allowing(MAX_1))).toEqual([
      'p2: AUTO_EXECUTED → REQUIRE_APPROVAL BUDGET_EXCEEDED',
    ]);
    expect(whatIf([idle(minute(4)), next], allowing(MAX_1)).spending).toMatchObject([
      { was: { spent: 1, max: 5 }, would: { spent: 1, max: 1 } },
    ]);
  });

  it('without giving back what the candidate never took', () => {
    const idle = decided('p1', 1, AUTO, { risk_estimate: 'HIGH', given_back_at: minute(2) });
    const more = [decided('p2', 3, AUTO), decided('p3', 4, AUTO)];
    expect(verdicts([idle, ...more], allowing(MAX_1))).toEqual([
      'p1: AUTO_EXECUTED → REQUIRE_APPROVAL RISK_LEVEL_HIGH',
      'p3: AUTO_EXECUTED → REQUIRE_APPROVAL BUDGET_EXCEEDED',
    ]);
  });

  it.each<[string, RecordedDecision[]]>([
    [
      'who was approved came before who found nothing left',
      [decided('p1', 5, askedFor('BUDGET_EXCEEDED')), decided('p2', 5, AUTO)],
    ],
    [
      'what was given back made room',
      [decided('p1', 5, AUTO), decided('p2', 1, AUTO, { given_back_at: minute(5) })],
    ],
    [
      'what was taken at that instant is given back after it',
      [
        decided('p1', 5, AUTO, { given_back_at: minute(5) }),
        decided('p2', 5, askedFor('TENANT_POLICY'), { risk_estimate: 'HIGH' }),
        decided('p3', 6, AUTO),
      ],
    ],
  ])('at the same instant: %s', (_what, decisions) => {
    expect(verdicts(decisions, allowing(MAX_1))).toEqual([]);
  });

  it('at the same instant: in one order, however they are handed in', () => {
    const four = [
      decided('p1', 5, AUTO),
      decided('p1', 5, AUTO, { attempt: 2 }),
      decided('p1', 5, AUTO, { step_id: 's2' }),
      decided('p2', 5, AUTO),
      decided('p0', 5, AUTO, { account_id: 'a2' }),
    ];
    const changed = (decisions: readonly RecordedDecision[]) =>
      whatIf(decisions, allowing(MAX_1)).differences.map(
        (one) => `${one.plan_id}/${one.step_id}/${one.attempt}`,
      );
    expect(changed(four)).toEqual(['p1/s1/2', 'p1/s2/1', 'p2/s1/1']);
    expect(changed(four.toReversed())).toEqual(changed(four));
  });

  it('beside what was taken, at the cap that was last in force, for accounts and for the tenant', () => {
    const taking = (max: number, max_of_type: number) => ({
      spend: {
        day: '2026-01-05',
        counters: [
          { level: 'ACCOUNT' as const, max, max_of_type },
          { level: 'TENANT' as const, max: 20 },
        ],
      },
    });
    const { spending } = whatIf(
      [decided('p1', 1, AUTO, taking(3, 2)), decided('p2', 2, AUTO, taking(4, 3))],
      candidatePolicy.parse({ autonomy: [] }),
    );
    const would = { spent: 0, max: null };
    const row = { tenant_id: 'acme', day: '2026-01-05', would };
    expect(spending).toEqual([
      {
        ...{ ...row, account_id: 'a1', was: { spent: 2, max: 4 } },
        types: [{ action_type: BRIEF, was: { spent: 2, max: 3 }, would }],
      },
      {
        ...{ ...row, account_id: null, was: { spent: 2, max: 20 } },
        types: [{ action_type: BRIEF, was: { spent: 2, max: null }, would }],
      },
    ]);
  });
});
