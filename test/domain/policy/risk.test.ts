import { describe, expect, it } from '@jest/globals';
import { atLeast, planRisk, RISK_LEVELS, type RiskLevel, riskTier } from '../../../src/domain/policy/risk.ts';
import { newStep } from '../../support/plan-fixtures.ts';

describe('risk', () => {
  it.each([
    ['PREP_RENEWAL_BRIEF', 'LOW'],
    ['ESCALATE_SUPPORT_RISK', 'MEDIUM'],
    ['CREATE_INTERNAL_NOTE', 'LOW'],
    ['CREATE_INTERNAL_TASK', 'LOW'],
    ['CREATE_CRM_TASK', 'MEDIUM'],
    ['REQUEST_RENEWAL_MEETING', 'HIGH'],
    ['LAUNCH_ROCKET', 'HIGH'],
    ['__proto__', 'HIGH'],
  ])('of action type %s is %s', (actionType, level) => expect(riskTier(actionType)).toBe(level));

  it('orders the levels from MINIMAL to HIGH', () => {
    const ranked = RISK_LEVELS.map((level) => RISK_LEVELS.filter((floor) => atLeast(level, floor)).length);
    expect(ranked).toEqual([1, 2, 3, 4]);
  });

  it('of a plan is that of its riskiest step, shown step by step', () => {
    const steps = [
      newStep('brief'),
      newStep('meet', { action_type: 'REQUEST_RENEWAL_MEETING' }),
      newStep('escalate', { action_type: 'ESCALATE_SUPPORT_RISK' }),
    ];
    expect(planRisk(steps)).toEqual({
      level: 'HIGH',
      steps: [
        { step_id: 'brief', action_type: 'PREP_RENEWAL_BRIEF', risk_level: 'LOW' },
        { step_id: 'meet', action_type: 'REQUEST_RENEWAL_MEETING', risk_level: 'HIGH' },
        { step_id: 'escalate', action_type: 'ESCALATE_SUPPORT_RISK', risk_level: 'MEDIUM' },
      ],
    });
  });

  it.each<[string[], RiskLevel]>([
    [[], 'MINIMAL'],
    [['PREP_RENEWAL_BRIEF', 'PREP_RENEWAL_BRIEF'], 'LOW'],
    [['ESCALATE_SUPPORT_RISK', 'PREP_RENEWAL_BRIEF'], 'MEDIUM'],
  ])('of a plan of %j is %s', (types, level) => {
    expect(planRisk(types.map((action_type, index) => newStep(`s${index}`, { action_type }))).level).toBe(
      level,
    );
  });
});
