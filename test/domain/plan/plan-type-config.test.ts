import { describe, expect, it } from '@jest/globals';
import { getPlanTypeConfig, planTypes } from '../../../src/domain/plan/plan-type-config.ts';

const RENEWAL_STEPS = ['REQUEST_RENEWAL_MEETING', 'PREP_RENEWAL_BRIEF', 'ESCALATE_SUPPORT_RISK'];

describe('the configuration of plan types', () => {
  it('knows RENEWAL_DEFENSE and nothing else', () => expect(planTypes()).toEqual(['RENEWAL_DEFENSE']));

  it('allows a step of RENEWAL_DEFENSE three attempts', () => {
    expect(getPlanTypeConfig('RENEWAL_DEFENSE')?.max_retries_per_step).toBe(3);
  });

  it('gives RENEWAL_DEFENSE its action types, their order, and thirty days', () => {
    expect(getPlanTypeConfig('RENEWAL_DEFENSE')).toMatchObject({
      allowed_step_action_types: RENEWAL_STEPS,
      default_sequence: RENEWAL_STEPS,
      expires_at_days_from_creation: 30,
    });
  });

  it.each(['OTHER', '', 'renewal_defense', '__proto__', 'constructor'])(
    'answers null for type %j',
    (type) => {
      expect(getPlanTypeConfig(type)).toBeNull();
    },
  );
});
