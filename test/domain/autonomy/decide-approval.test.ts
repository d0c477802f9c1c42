import { describe, expect, it } from '@jest/globals';
import {
  type AutonomyFacts,
  type AutonomyMode,
  decideApproval,
  effectiveMode,
} from '../../../src/domain/autonomy/decide-approval.ts';
import type { RiskLevel } from '../../../src/domain/policy/risk.ts';

const brief = { action_type: 'PREP_RENEWAL_BRIEF', risk_level: 'LOW' as RiskLevel };

const facts = (more: Partial<AutonomyFacts> = {}): AutonomyFacts => ({
  allowlists: { account: ['PREP_RENEWAL_BRIEF'] },
  modes: { account_type: 'AUTO_EXECUTE' },
  max_autonomous_per_day: 2,
  spent_today: 0,
  ...more,
});

const reasonOf = (more: Partial<AutonomyFacts>, risk_level: RiskLevel = 'LOW'): string => {
  const decision = decideApproval({ ...brief, risk_level }, facts(more));
  return decision.result === 'AUTO_EXECUTED' ? 'AUTO_EXECUTED' : decision.reason;
};

describe('the autonomy gate', () => {
  it('approves an allowlisted action of low risk in mode AUTO_EXECUTE within the budget, and names the budget', () => {
    expect(decideApproval(brief, facts())).toEqual({ result: 'AUTO_EXECUTED', max_autonomous_per_day: 2 });
  });

  it('asks a person when nothing was ever configured', () => {
    expect(decideApproval(brief, { allowlists: {}, modes: {}, spent_today: 0 })).toEqual({
      result: 'REQUIRE_APPROVAL',
      reason: 'ACTION_TYPE_NOT_ALLOWLISTED',
    });
  });

  it.each<[string, AutonomyFacts['allowlists'], string]>([
    ['the account allows it', { account: ['PREP_RENEWAL_BRIEF'] }, 'AUTO_EXECUTED'],
    ['only the tenant allows it', { tenant: ['PREP_RENEWAL_BRIEF'] }, 'AUTO_EXECUTED'],
    ['the list of the account is empty', { account: [], tenant: ['PREP_RENEWAL_BRIEF'] }, 'AUTO_EXECUTED'],
    [
      'the account has a list of its own without it',
      { account: ['ESCALATE_SUPPORT_RISK'], tenant: ['PREP_RENEWAL_BRIEF'] },
      'ACTION_TYPE_NOT_ALLOWLISTED',
    ],
    ['both lists are empty', { account: [], tenant: [] }, 'ACTION_TYPE_NOT_ALLOWLISTED'],
    ['a longer name is listed', { tenant: ['PREP_RENEWAL_BRIEF_2'] }, 'ACTION_TYPE_NOT_ALLOWLISTED'],
  ])('reads the allowlists: %s', (_case, allowlists, expected) => {
    expect(reasonOf({ allowlists })).toBe(expected);
  });

  it.each<[AutonomyMode, string]>([
    ['DISABLED', 'ACTION_TYPE_DISABLED'],
    ['PROPOSE_ONLY', 'PROPOSE_ONLY'],
    ['APPROVAL_REQUIRED', 'TENANT_POLICY'],
    ['AUTO_EXECUTE', 'AUTO_EXECUTED'],
  ])('answers to mode %s with %s', (mode, expected) => {
    expect(reasonOf({ modes: { account_type: mode } })).toBe(expected);
  });

  it.each<[RiskLevel, string]>([
    ['MINIMAL', 'AUTO_EXECUTED'],
    ['LOW', 'AUTO_EXECUTED'],
    ['MEDIUM', 'RISK_LEVEL_HIGH'],
    ['HIGH', 'RISK_LEVEL_HIGH'],
  ])('answers to risk %s with %s', (risk, expected) => expect(reasonOf({}, risk)).toBe(expected));

  it.each<[number | undefined, number, string]>([
    [undefined, 0, 'BUDGET_EXCEEDED'],
    [0, 0, 'BUDGET_EXCEEDED'],
    [-1, 0, 'BUDGET_EXCEEDED'],
    [1, 0, 'AUTO_EXECUTED'],
    [1, 1, 'BUDGET_EXCEEDED'],
    [10, 9, 'AUTO_EXECUTED'],
    [10, 11, 'BUDGET_EXCEEDED'],
  ])(
    'with a daily budget of %s, of which %i are spent, answers %s',
    (max_autonomous_per_day, spent_today, expected) => {
      expect(reasonOf({ max_autonomous_per_day, spent_today })).toBe(expected);
    },
  );

  it('names the first of allowlist, mode, risk and budget that stands in the way', () => {
    const all: Partial<AutonomyFacts> = { allowlists: {}, modes: {}, max_autonomous_per_day: 0 };
    const allowlists = { tenant: ['PREP_RENEWAL_BRIEF'] };
    expect(reasonOf(all, 'HIGH')).toBe('ACTION_TYPE_NOT_ALLOWLISTED');
    expect(reasonOf({ ...all, allowlists }, 'HIGH')).toBe('TENANT_POLICY');
    expect(reasonOf({ max_autonomous_per_day: 0 }, 'HIGH')).toBe('RISK_LEVEL_HIGH');
    expect(reasonOf({ max_autonomous_per_day: 0 })).toBe('BUDGET_EXCEEDED');
  });
});

describe('the mode in force', () => {
  const levels = ['account_type', 'tenant_type', 'account_default', 'tenant_default'] as const;

  it.each(levels.map((level, index) => [level, levels.slice(index + 1)] as const))(
    'is that of %s rather than of %j',
    (level, weaker) => {
      const modes = Object.fromEntries(weaker.map((name) => [name, 'DISABLED' as const]));
      expect(effectiveMode({ modes: { ...modes, [level]: 'AUTO_EXECUTE' } })).toBe('AUTO_EXECUTE');
    },
  );

  it('is APPROVAL_REQUIRED where no level says anything', () => {
    expect(effectiveMode({ modes: {} })).toBe('APPROVAL_REQUIRED');
  });
});
