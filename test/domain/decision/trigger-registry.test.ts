import { describe, expect, it } from '@jest/globals';
import { limitsOf, TRIGGER_TYPES } from '../../../src/domain/decision/trigger-registry.ts';

describe('the registry of triggers', () => {
  it.each([
    ['SIGNAL_ARRIVED', 60, 300, 12],
    ['LIFECYCLE_STATE_CHANGE', 120, 600, 6],
    ['POSTURE_CHANGE', 120, 600, 6],
    ['TIME_RITUAL_DAILY_BRIEF', 0, 86_400, 1],
    ['TIME_RITUAL_WEEKLY_REVIEW', 0, 604_800, 1],
    ['TIME_RITUAL_RENEWAL_RUNWAY', 0, 86_400, 2],
  ])(
    '%s: debounce %i s, cooldown %i s, at most %i an hour for an account',
    (type, debounce, cooldown, most) => {
      expect(limitsOf(type)).toEqual({
        ...{ debounce_seconds: debounce, cooldown_seconds: cooldown },
        ...{ max_per_account_per_hour: most, max_per_tenant_per_hour: 300 },
      });
    },
  );

  it('has these types, and no other', () => {
    expect(TRIGGER_TYPES).toHaveLength(6);
    for (const unknown of ['', 'signal_arrived', 'constructor', '__proto__', 'LIFECYCLE_TRANSITION'])
      expect(limitsOf(unknown)).toBeUndefined();
  });
});
