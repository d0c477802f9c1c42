import { describe, expect, it } from '@jest/globals';
import { evolve, rejectionKey } from '../../../src/domain/plan/evolve.ts';
import { plan as planShape } from '../../../src/domain/plan/plan.ts';
import {
  ana,
  approveIntent,
  at,
  ben,
  EXPIRY,
  minute,
  newPlan,
  newStep,
  orchestrator,
  planIn,
  START,
  start,
  stepOf,
  then,
} from '../../support/plan-fixtures.ts';

describe('a plan that was created', () => {
  it('is a DRAFT of its creator with every step PENDING, and keeps no trigger', () => {
    const constraints = { tone: 'friendly' };
    const { version: _version, head_hash: _hash, ...draft } = planIn('DRAFT', { constraints });
    expect(draft).toEqual({
      ...newPlan({ constraints }),
      plan_status: 'DRAFT',
      steps: [
        {
          step_id: 's1',
          action_type: 'PREP_RENEWAL_BRIEF',
          sequence: 1,
          dependencies: [],
          status: 'PENDING',
        },
        {
          step_id: 's2',
          action_type: 'PREP_RENEWAL_BRIEF',
          sequence: 2,
          dependencies: ['s1'],
          status: 'PENDING',
        },
      ],
      expires_at: EXPIRY,
      created_at: START,
      created_by: ana.id,
      updated_at: START,
    });
  });

  it('is the first thing that a ledger tells of', () => {
    const event = {
      event_type: 'PLAN_ACTIVATED',
      timestamp: START,
      actor: orchestrator,
      data: { plan_id: 'p1', plan_type: 'RENEWAL_DEFENSE' },
    } as const;
    expect(() => evolve(undefined, event)).toThrow(TypeError);
  });
});

describe('an event', () => {
  it('leaves the plan that it was told of as it was', () => {
    const active = planIn('ACTIVE');
    const before = structuredClone(active);
    then(active, start('s1', 3));
    expect(active).toEqual(before);
  });

  it('of a step leaves every other step as it was, and moves the time of the last change', () => {
    const active = planIn('ACTIVE');
    const dispatched = then(active, start('s1', 3));
    expect(stepOf(dispatched, 's2')).toBe(stepOf(active, 's2'));
    expect(dispatched.updated_at).toBe(minute(3));
  });

  it('of the plan that names a step leaves that step to its own events', () => {
    const dispatched = then(planIn('ACTIVE'), start('s1', 3));
    const paused = evolve(dispatched, {
      event_type: 'PLAN_PAUSED',
      timestamp: minute(4),
      actor: orchestrator,
      data: { plan_id: 'p1', step_id: 's1', reason: 'approval_expired' },
    });
    expect(paused.steps).toEqual(dispatched.steps);
    expect(paused.pause_reason).toBe('approval_expired');
  });
});

describe('a plan', () => {
  it.each(['DRAFT', 'APPROVED', 'ACTIVE', 'PAUSED', 'COMPLETED', 'ABORTED', 'EXPIRED'] as const)(
    'that is %s has the shape of a plan',
    (status) => {
      const plan = planIn(status, { steps: [newStep('s1', { constraints: { depth: 2 } })] });
      expect(planShape.parse(plan)).toEqual(plan);
    },
  );

  it.each([
    { plan_status: 'LOST' },
    { steps: 'none' },
    { expires_at: 'soon' },
    { version: 0 },
    { colour: 'red' },
  ])('does not have the shape of a plan with %j', (change) =>
    expect(planShape.safeParse({ ...planIn('DRAFT'), ...change }).success).toBe(false),
  );

  it('keeps who approved an attempt', () => {
    const approved = then(planIn('ACTIVE'), start('s1', 3), approveIntent('s1', 5));
    expect(stepOf(approved, 's1').in_flight?.approval).toEqual({
      result: 'GIVEN',
      source: 'HUMAN',
      by: ben.id,
      at: at(5).now,
    });
  });
});

describe('the key of a rejection', () => {
  const conflict = { code: 'CONFLICT_ACTIVE_PLAN', subject: 'p2', message: 'Plan p2 is ACTIVE' } as const;
  const unmet = { code: 'PRECONDITIONS_UNMET', message: 'No contract' } as const;

  it('does not depend on the order of its reasons', () => {
    expect(rejectionKey([conflict, unmet])).toBe(rejectionKey([unmet, conflict]));
    expect(rejectionKey([])).toBe('');
  });

  it('depends on what a reason is about, and on its words only where it is about nothing', () => {
    expect(rejectionKey([conflict])).toBe('CONFLICT_ACTIVE_PLAN:p2');
    expect(rejectionKey([{ ...conflict, message: 'In other words' }])).toBe(rejectionKey([conflict]));
    expect(rejectionKey([{ ...conflict, subject: 'p3' }])).not.toBe(rejectionKey([conflict]));
    expect(rejectionKey([unmet])).toBe('PRECONDITIONS_UNMET:No contract');
    expect(rejectionKey([{ ...unmet, message: 'No owner' }])).not.toBe(rejectionKey([unmet]));
  });
});
