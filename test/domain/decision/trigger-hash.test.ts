import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decisionTrigger } from '../../../src/domain/decision/decision-trigger.ts';
import { decisionPlanId, triggerHash } from '../../../src/domain/decision/trigger-hash.ts';
import { identifier } from '../../../src/domain/identifiers.ts';

const TRIGGER = {
  ...{ tenant_id: 'acme', account_id: 'a1', trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1' },
};

describe('the plan of a trigger', () => {
  it('has the same id for the same trigger, and one that may stand in a key', () => {
    expect(decisionPlanId(TRIGGER)).toBe(decisionPlanId({ ...TRIGGER }));
    expect(decisionPlanId(TRIGGER)).toMatch(/^decision-[0-9a-f]{40}$/);
    expect(identifier.safeParse(decisionPlanId(TRIGGER)).success).toBe(true);
  });

  it.each([
    { tenant_id: 'bolt' },
    { account_id: 'a2' },
    { trigger_type: 'POSTURE_CHANGE' },
    { idempotency_key: 'k2' },
  ])('has another for %j', (other) => {
    expect(decisionPlanId({ ...TRIGGER, ...other })).not.toBe(decisionPlanId(TRIGGER));
  });

  it('does not depend on where one field ends and the next begins', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (head, moved, tail) => {
        const left = { ...TRIGGER, trigger_type: head + moved, idempotency_key: tail };
        const right = { ...TRIGGER, trigger_type: head, idempotency_key: moved + tail };
        expect(triggerHash(left)).not.toBe(triggerHash(right));
      }),
    );
  });
});

describe('an idempotency key', () => {
  it.each([['k1'], ['e2e-p5-idem-12-1700000000'], ['x'.repeat(256)], ['a#b/c']])('may be %j', (key) => {
    expect(decisionTrigger.safeParse({ ...TRIGGER, idempotency_key: key }).success).toBe(true);
  });

  it.each([[''], ['a b'], ['tab\t'], ['ä'], ['x'.repeat(257)]])('may not be %j', (key) => {
    expect(decisionTrigger.safeParse({ ...TRIGGER, idempotency_key: key }).success).toBe(false);
  });
});
