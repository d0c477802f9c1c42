import { describe, expect, it } from '@jest/globals';
import { evaluatePlanState } from '../../../src/domain/plan/evaluate-plan-state.ts';
import type { StepStatus } from '../../../src/domain/plan/plan.ts';
import { EXPIRY, minute, START } from '../../support/plan-fixtures.ts';

const planWith = (statuses: StepStatus[], expires_at: string | undefined = EXPIRY) => ({
  plan_type: 'RENEWAL_DEFENSE',
  steps: statuses.map((status) => ({ status })),
  expires_at,
});
const NO_CHANGE = { action: 'NO_CHANGE' };
const ALL_DONE = { action: 'COMPLETE', completion_reason: 'all_steps_done' };
const OBJECTIVE_MET = { action: 'COMPLETE', completion_reason: 'objective_met' };

describe('a plan has come to its end', () => {
  it.each([EXPIRY, '2026-02-04T09:00:00.001Z', '2027-01-01T00:00:00.000Z'])('by expiry at %s', (now) => {
    expect(evaluatePlanState({ plan: planWith(['PENDING']), now })).toEqual({
      action: 'EXPIRE',
      expired_at: now,
    });
  });

  it('not a millisecond before its expiry', () => {
    const now = '2026-02-04T08:59:59.999Z';
    expect(evaluatePlanState({ plan: planWith(['PENDING']), now })).toEqual(NO_CHANGE);
  });

  it.each<[StepStatus[]]>([[['DONE']], [['DONE', 'DONE']], [['DONE', 'SKIPPED']], [['SKIPPED', 'SKIPPED']]])(
    'by its steps when they are %j',
    (statuses) => expect(evaluatePlanState({ plan: planWith(statuses), now: START })).toEqual(ALL_DONE),
  );

  it.each<[StepStatus]>([['PENDING'], ['PENDING_APPROVAL'], ['AUTO_EXECUTED'], ['FAILED']])(
    'not while a step is %s',
    (status) => {
      expect(evaluatePlanState({ plan: planWith(['DONE', status, 'SKIPPED']), now: START })).toEqual(
        NO_CHANGE,
      );
    },
  );

  it('not by having no steps', () => {
    expect(evaluatePlanState({ plan: planWith([]), now: START })).toEqual(NO_CHANGE);
  });

  it.each([[['RENEWAL_SECURED']], [['USAGE_DROPPED', 'RENEWAL_SECURED']]])(
    'by its objective when the signals are %j, whatever its steps are',
    (signals) => {
      expect(evaluatePlanState({ plan: planWith(['PENDING']), now: START, signals })).toEqual(OBJECTIVE_MET);
      expect(evaluatePlanState({ plan: planWith([]), now: START, signals })).toEqual(OBJECTIVE_MET);
    },
  );

  it.each([[[]], [['USAGE_DROPPED']], [undefined]])('not by the signals %j', (signals) => {
    expect(evaluatePlanState({ plan: planWith(['PENDING']), now: START, signals })).toEqual(NO_CHANGE);
  });

  it('not by a signal that its own type does not name', () => {
    const plan = { ...planWith(['PENDING']), plan_type: 'GROWTH' };
    expect(evaluatePlanState({ plan, now: START, signals: ['RENEWAL_SECURED'] })).toEqual(NO_CHANGE);
  });

  it('by expiry before everything else', () => {
    const input = { plan: planWith(['DONE']), now: EXPIRY, signals: ['RENEWAL_SECURED'] };
    expect(evaluatePlanState(input)).toEqual({ action: 'EXPIRE', expired_at: EXPIRY });
  });

  it('by its objective before its steps', () => {
    const input = { plan: planWith(['DONE']), now: START, signals: ['RENEWAL_SECURED'] };
    expect(evaluatePlanState(input)).toEqual(OBJECTIVE_MET);
  });

  it('never by expiry when it has no date', () => {
    const plan = {
      plan_type: 'RENEWAL_DEFENSE',
      steps: [{ status: 'DONE' as const }],
      expires_at: undefined,
    };
    const now = '2999-01-01T00:00:00.000Z';
    expect(evaluatePlanState({ plan, now })).toEqual(ALL_DONE);
    expect(evaluatePlanState({ plan: { ...plan, steps: [{ status: 'PENDING' }] }, now })).toEqual(NO_CHANGE);
  });

  it('with the same answer to the same question, which it leaves as it is', () => {
    const input = { plan: planWith(['DONE', 'SKIPPED']), now: minute(5), signals: ['USAGE_DROPPED'] };
    const asked = structuredClone(input);
    expect(evaluatePlanState(input)).toEqual(evaluatePlanState(input));
    expect(input).toEqual(asked);
  });
});
