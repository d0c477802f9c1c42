import { describe, expect, it } from '@jest/globals';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import {
  actionIntent,
  actionIntentId,
  intentExpiry,
  newActionIntent,
} from '../../../src/domain/intent/action-intent.ts';
import { EXPIRY, minute, newStep, planIn, START, stepOf } from '../../support/plan-fixtures.ts';

const DAY_SECONDS = 86_400;
const daysAfterStart = (days: number): string => secondsAfter(START, days * DAY_SECONDS);

describe('the id of an action intent', () => {
  it('is the same for the same plan, step and attempt', () => {
    expect(actionIntentId('p1', 's1', 1)).toBe(actionIntentId('p1', 's1', 1));
    expect(actionIntentId('p1', 's1', 1)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it.each([
    ['p2', 's1', 1],
    ['p1', 's2', 1],
    ['p1', 's1', 2],
    ['p1', 's1', 11],
  ] as const)('is another for plan %s, step %s and attempt %i', (planId, stepId, attempt) => {
    expect(actionIntentId(planId, stepId, attempt)).not.toBe(actionIntentId('p1', 's1', 1));
  });

  it('is what it was before there were edits for the intent as it was dispatched, and another for each edit', () => {
    expect(actionIntentId('p1', 's1', 1, 0)).toBe(actionIntentId('p1', 's1', 1));
    expect(new Set([0, 1, 2].map((revision) => actionIntentId('p1', 's1', 1, revision))).size).toBe(3);
    expect(actionIntentId('p1', 's1', 1, 1)).not.toBe(actionIntentId('p1', 's1', 11));
  });
});

describe('an action intent lapses', () => {
  const farAway = { expires_at: daysAfterStart(365) };

  it.each([
    ['REQUEST_RENEWAL_MEETING', 7],
    ['PREP_RENEWAL_BRIEF', 30],
    ['ESCALATE_SUPPORT_RISK', 30],
    ['ANYTHING_ELSE', 30],
  ])('for %s after %i days', (type, days) =>
    expect(intentExpiry(farAway, type, START)).toBe(daysAfterStart(days)),
  );

  it('never later than its plan', () => {
    const plan = { expires_at: daysAfterStart(2) };
    expect(intentExpiry(plan, 'REQUEST_RENEWAL_MEETING', START)).toBe(daysAfterStart(2));
    expect(intentExpiry(plan, 'PREP_RENEWAL_BRIEF', START)).toBe(daysAfterStart(2));
  });
});

describe('a new action intent', () => {
  const steps = [
    newStep('s1', { constraints: { depth: 'deep' } }),
    newStep('s2', { action_type: 'REQUEST_RENEWAL_MEETING' }),
  ];
  const plan = planIn('ACTIVE', { steps });

  it('waits for approval, and says what is to be done to whom for which attempt', () => {
    const id = actionIntentId('p1', 's1', 2);
    expect(newActionIntent(plan, stepOf(plan, 's1'), 2, minute(5))).toEqual({
      action_intent_id: id,
      action_type: 'PREP_RENEWAL_BRIEF',
      target: { entity_type: 'ACCOUNT', entity_id: 'a1' },
      parameters: { depth: 'deep' },
      status: 'PENDING_APPROVAL',
      tenant_id: 'acme',
      account_id: 'a1',
      plan_id: 'p1',
      step_id: 's1',
      attempt: 2,
      registry_version: 1,
      risk_level: 'LOW',
      original_decision_id: 'p1#s1#2',
      trace_id: id,
      created_at: minute(5),
      expires_at: EXPIRY,
      expires_at_epoch: Date.parse(EXPIRY) / 1000,
    });
  });

  it('has no parameters when its step has no constraints, and the risk of its action type', () => {
    const intent = newActionIntent(plan, stepOf(plan, 's2'), 1, START);
    expect(intent).toMatchObject({ parameters: {}, risk_level: 'HIGH', expires_at: daysAfterStart(7) });
  });

  it('has the shape of an intent', () => {
    const intent = newActionIntent(plan, stepOf(plan, 's1'), 1, START);
    expect(actionIntent.parse(intent)).toEqual(intent);
    expect(actionIntent.safeParse({ ...intent, status: 'MAYBE' }).success).toBe(false);
    expect(actionIntent.safeParse({ ...intent, attempt: 0 }).success).toBe(false);
  });
});
