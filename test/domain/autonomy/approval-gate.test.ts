import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type AutonomyFacts,
  countedRisk,
  decideApproval,
  type GatedAction,
  POLICY_CLAUSES,
  type PolicySettings,
  SETTINGS_IN_FORCE,
} from '../../../src/domain/autonomy/approval-gate.ts';
import type { AutonomyMode } from '../../../src/domain/autonomy/autonomy-mode.ts';
import { atLeast, type RiskLevel, riskTier } from '../../../src/domain/policy/risk.ts';

const NOW = '2026-01-05T09:00:00.000Z';
const BRIEF = 'PREP_RENEWAL_BRIEF';

const action = (more: Partial<GatedAction> = {}): GatedAction => ({
  ...{ action_type: BRIEF, status: 'PENDING_APPROVAL', expires_at: '2026-02-04T09:00:00.000Z' },
  ...more,
});

const limited = (max_autonomous_per_day: number, used = 0) => ({
  limits: { max_autonomous_per_day },
  used: { total: used, of_type: used },
});
const UNLIMITED = { limits: undefined, used: { total: 0, of_type: 0 } };

const facts = (more: Partial<AutonomyFacts> = {}): AutonomyFacts => ({
  tenant_status: 'active',
  stopped_by: undefined,
  allowlists: { account: [BRIEF] },
  modes: { account_type: 'AUTO_EXECUTE' },
  day: '2026-01-05',
  budgets: { account: limited(2), tenant: UNLIMITED },
  ...more,
});

const inShort = (of: Partial<AutonomyFacts>, what: Partial<GatedAction> = {}): string => {
  const decision = decideApproval(action(what), facts(of), NOW);
  return decision.result === 'AUTO_EXECUTED' ? decision.result : `${decision.result} ${decision.reason}`;
};

describe('the autonomy gate', () => {
  it('approves an allowlisted action of low risk in mode AUTO_EXECUTE within the budget, and says what it takes', () => {
    expect(decideApproval(action(), facts(), NOW)).toEqual({
      ...{ result: 'AUTO_EXECUTED', policy_clause: 'AUTO_EXECUTE_ALLOWED' },
      explanation: `${BRIEF} of LOW risk may run by itself, within the budget of 2026-01-05`,
      spend: { day: '2026-01-05', counters: [{ level: 'ACCOUNT', max: 2 }] },
    });
  });

  it('asks a person when nothing was ever configured', () => {
    const nothing = facts({ allowlists: {}, modes: {}, budgets: { account: UNLIMITED, tenant: UNLIMITED } });
    expect(decideApproval(action(), nothing, NOW)).toEqual({
      ...{ result: 'REQUIRE_APPROVAL', reason: 'ACTION_TYPE_NOT_ALLOWLISTED' },
      policy_clause: 'TYPE_IS_ALLOWLISTED',
      explanation: `${BRIEF} is not on the tenant's allowlist`,
    });
  });

  it.each<[string, AutonomyFacts['allowlists'], string]>([
    ['the account allows it', { account: [BRIEF] }, 'AUTO_EXECUTED'],
    ['only the tenant allows it', { tenant: [BRIEF] }, 'AUTO_EXECUTED'],
    ['the list of the account is empty', { account: [], tenant: [BRIEF] }, 'AUTO_EXECUTED'],
    [
      'the account has a list of its own without it',
      { account: ['ESCALATE_SUPPORT_RISK'], tenant: [BRIEF] },
      'REQUIRE_APPROVAL ACTION_TYPE_NOT_ALLOWLISTED',
    ],
    ['both lists are empty', { account: [], tenant: [] }, 'REQUIRE_APPROVAL ACTION_TYPE_NOT_ALLOWLISTED'],
    ['a longer name is listed', { tenant: [`${BRIEF}_2`] }, 'REQUIRE_APPROVAL ACTION_TYPE_NOT_ALLOWLISTED'],
  ])('reads the allowlists: %s', (_case, allowlists, expected) => {
    expect(inShort({ allowlists })).toBe(expected);
  });

  it.each<[AutonomyMode, string]>([
    ['DISABLED', 'BLOCKED ACTION_TYPE_DISABLED'],
    ['PROPOSE_ONLY', 'REQUIRE_APPROVAL PROPOSE_ONLY'],
    ['APPROVAL_REQUIRED', 'REQUIRE_APPROVAL TENANT_POLICY'],
    ['AUTO_EXECUTE', 'AUTO_EXECUTED'],
  ])('answers to mode %s with %s', (mode, expected) => {
    expect(inShort({ modes: { account_type: mode } })).toBe(expected);
  });

  it('says which row has decided about the mode', () => {
    const explanationOf = (modes: AutonomyFacts['modes']) =>
      decideApproval(action(), facts({ modes }), NOW).explanation;
    expect(explanationOf({ tenant_type: 'PROPOSE_ONLY' })).toBe(`${BRIEF}: tenant_type is PROPOSE_ONLY`);
    expect(explanationOf({})).toBe(`${BRIEF}: no mode is configured`);
  });

  it.each<[string, Partial<AutonomyFacts>, Partial<GatedAction>, string]>([
    ['is unknown', { tenant_status: undefined }, {}, 'BLOCKED TENANT_NOT_ACTIVE'],
    ['is suspended', { tenant_status: 'suspended' }, {}, 'BLOCKED TENANT_NOT_ACTIVE'],
    ['is deleted', { tenant_status: 'deleted' }, {}, 'BLOCKED TENANT_NOT_ACTIVE'],
    ['has its switch thrown', { stopped_by: 'the kill switch' }, {}, 'BLOCKED KILL_SWITCH_ENABLED'],
    ['has cancelled the intent', {}, { status: 'CANCELLED' }, 'BLOCKED INTENT_NOT_OPEN'],
    ['has rejected the intent', {}, { status: 'REJECTED' }, 'BLOCKED INTENT_NOT_OPEN'],
    ['has approved the intent before', {}, { status: 'APPROVED' }, 'AUTO_EXECUTED'],
    ['has let the intent lapse', {}, { expires_at: NOW }, 'BLOCKED INTENT_EXPIRED'],
    ['has an instant left', {}, { expires_at: '2026-01-05T09:00:00.001Z' }, 'AUTO_EXECUTED'],
  ])('of a tenant that %s', (_what, of, what, expected) => expect(inShort(of, what)).toBe(expected));

  it.each<[number | undefined, string]>([
    [undefined, 'AUTO_EXECUTED'],
    [0.7, 'AUTO_EXECUTED'],
    [1, 'AUTO_EXECUTED'],
    [0.699, 'REQUIRE_APPROVAL CONFIDENCE_BELOW_THRESHOLD'],
    [0, 'REQUIRE_APPROVAL CONFIDENCE_BELOW_THRESHOLD'],
  ])('answers to a confidence of %s with %s', (confidence_score, expected) => {
    expect(inShort({}, { confidence_score })).toBe(expected);
  });

  it.each<[string, Partial<PolicySettings>, Partial<GatedAction>, string]>([
    ['a tier of its own', { tierOf: () => 'HIGH' }, {}, 'REQUIRE_APPROVAL RISK_LEVEL_HIGH'],
    ['more risk allowed', { risk_needs_a_person: 'HIGH' }, { risk_estimate: 'MEDIUM' }, 'AUTO_EXECUTED'],
    ['less confidence asked for', { min_confidence: 0.2 }, { confidence_score: 0.2 }, 'AUTO_EXECUTED'],
    [
      'more confidence asked for',
      { min_confidence: 0.9 },
      { confidence_score: 0.8 },
      'REQUIRE_APPROVAL CONFIDENCE_BELOW_THRESHOLD',
    ],
  ])('decides by other settings: %s', (_case, some, what, expected) => {
    const decision = decideApproval(action(what), facts(), NOW, { ...SETTINGS_IN_FORCE, ...some });
    const reason = decision.result === 'AUTO_EXECUTED' ? [] : [decision.reason];
    expect([decision.result, ...reason].join(' ')).toBe(expected);
  });

  it('names the clause that stands in the way first, and the next once that is out of it', () => {
    const inTheWay: [Partial<AutonomyFacts>, Partial<GatedAction>][] = [
      [{ tenant_status: 'suspended' }, {}],
      [{ stopped_by: 'the kill switch' }, {}],
      [{}, { status: 'CANCELLED' }],
      [{ allowlists: {} }, {}],
      [{ modes: {} }, {}],
      [{}, { risk_estimate: 'HIGH' }],
      [{}, { confidence_score: 0.1 }],
      [{ budgets: { account: limited(1, 1), tenant: UNLIMITED } }, {}],
    ];
    const clauses = inTheWay.map((_, index) => {
      const left = inTheWay.slice(index);
      const of = facts(Object.assign({}, ...left.map(([some]) => some)));
      const what = action(Object.assign({}, ...left.map(([, some]) => some)));
      return decideApproval(what, of, NOW).policy_clause;
    });
    expect([...clauses, decideApproval(action(), facts(), NOW).policy_clause]).toEqual(POLICY_CLAUSES);
  });
});

describe('the risk that counts', () => {
  it.each<[string, string | undefined, RiskLevel]>([
    [BRIEF, undefined, 'LOW'],
    [BRIEF, 'MINIMAL', 'LOW'],
    [BRIEF, 'low', 'LOW'],
    [BRIEF, 'MEDIUM', 'MEDIUM'],
    [BRIEF, 'high', 'HIGH'],
    [BRIEF, 'quite harmless', 'HIGH'],
    ['ESCALATE_SUPPORT_RISK', 'LOW', 'MEDIUM'],
    ['REQUEST_RENEWAL_MEETING', 'MINIMAL', 'HIGH'],
    ['NO_SUCH_TYPE', 'MINIMAL', 'HIGH'],
  ])('of %s, of which its proposal says %s, is %s', (action_type, risk_estimate, expected) => {
    expect(countedRisk(action({ action_type, risk_estimate }))).toBe(expected);
  });

  it('is never below the tier of the policy, whatever a proposal says', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(BRIEF, 'ESCALATE_SUPPORT_RISK', 'X'), (text, type) => {
        expect(atLeast(countedRisk(action({ action_type: type, risk_estimate: text })), riskTier(type))).toBe(
          true,
        );
      }),
    );
  });

  it.each<[RiskLevel | undefined, string]>([
    [undefined, 'AUTO_EXECUTED'],
    ['LOW', 'AUTO_EXECUTED'],
    ['MEDIUM', 'REQUIRE_APPROVAL RISK_LEVEL_HIGH'],
    ['HIGH', 'REQUIRE_APPROVAL RISK_LEVEL_HIGH'],
  ])('decides: an estimate of %s is answered with %s', (risk_estimate, expected) => {
    expect(inShort({}, { risk_estimate })).toBe(expected);
  });
});
