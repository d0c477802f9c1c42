import { describe, expect, it } from '@jest/globals';
import type { ActionIntent } from '../../../src/domain/intent/action-intent.ts';
import { escalationOf } from '../../../src/domain/plan/escalation.ts';
import {
  editIntent,
  MEETING_FIRST,
  minute,
  newestIntent,
  planIn,
  requireApproval,
  start,
  then,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const dispatched = then(planIn('ACTIVE', { steps: MEETING_FIRST }), start('s1', 3));
const waiting = then(dispatched, requireApproval('s1', 4));
const intentOf = (plan: typeof waiting) => newestIntent({ plan, entries: [] }, 's1') as ActionIntent;

describe('an escalation', () => {
  it('tells which attempt waits, for what, why, and until when', () => {
    const { escalation_id, action_intent_id, ...rest } = escalationOf(waiting, intentOf(waiting));
    expect(escalation_id).toBe(`escalation-${action_intent_id}-a1`);
    expect(rest).toEqual({
      ...{ tenant_id: 'acme', account_id: 'a1', plan_id: 'p1', step_id: 's1', attempt: 1 },
      ...{ action_type: 'REQUEST_RENEWAL_MEETING', risk: 'HIGH', reason: 'TENANT_POLICY' },
      ...{ since: minute(3), deadline: minute(3 + WEEK_MINUTES) },
    });
  });

  it('has the same id however often the attempt is edited', () => {
    const edited = then(waiting, editIntent(waiting, 's1', 10));
    const [before, after] = [waiting, edited].map((plan) => escalationOf(plan, intentOf(plan)));
    expect(after?.action_intent_id).not.toBe(before?.action_intent_id);
    expect(after?.escalation_id).toBe(before?.escalation_id);
  });

  it('names no reason when nobody was asked', () => {
    expect(escalationOf(dispatched, intentOf(dispatched)).reason).toBe('');
  });
});
