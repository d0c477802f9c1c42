import { describe, expect, it } from '@jest/globals';
import { actionIntentId, newActionIntent } from '../../../src/domain/intent/action-intent.ts';
import { append } from '../../../src/domain/ledger/plan-ledger.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { effectsOf, type PlanEffect } from '../../../src/domain/plan/effects.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  cancelUnstarted,
  expireApproval,
  fail,
  loseTrack,
  MINUTES_TO_EXPIRY,
  minute,
  NOTHING_IN_THE_WAY,
  newPlan,
  newStep,
  planIn,
  publishAgain,
  requireApproval,
  start,
  stepOf,
  succeed,
  type Told,
  then,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const effectsAt = (before: Plan | undefined, [command, context]: Told): PlanEffect[] => {
  const { events } = decide(before, command, context);
  return effectsOf(before, append(before, events).plan, events);
};

const [TAKE, RELEASE] = [{ kind: 'TAKE_ACTIVE_LOCK' }, { kind: 'RELEASE_ACTIVE_LOCK' }];
const intentOf = (step_id: string, attempt = 1) => actionIntentId('p1', step_id, attempt);
const closes = (step_id: string, status: string, only_if_unstarted = false) => ({
  kind: 'CLOSE_INTENT',
  action_intent_id: intentOf(step_id),
  status,
  only_if_unstarted,
});
const settles = (step_id: string, status: string, error_message?: string) => ({
  kind: 'SETTLE_ATTEMPT',
  step_id,
  attempt: 1,
  status,
  ...(error_message !== undefined && { error_message }),
});

const meeting = newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' });
const active = planIn('ACTIVE', { steps: [meeting, newStep('s2')] });
const dispatched = then(active, start('s1', 3));
const waiting = then(dispatched, requireApproval('s1', 4));
const running = then(dispatched, autoApprove('s1', 4));
const abort: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(60, ben)];
const pause: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(60, ben)];
const block = (minutes: number): Told => [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'BLOCKED', reason: 'stopped' } },
  at(minutes),
];
const skip = (step_id: string): Told => [{ type: 'SKIP_STEP', step_id, reason: 'moot' }, at(60, ben)];

describe('the lock of the active plan', () => {
  it('is taken with the activation and with the resumption', () => {
    const facts = NOTHING_IN_THE_WAY;
    expect(effectsAt(planIn('APPROVED'), [{ type: 'ACTIVATE_PLAN', facts }, at(3)])).toEqual([TAKE]);
    expect(effectsAt(planIn('PAUSED'), [{ type: 'RESUME_PLAN', facts }, at(5, ben)])).toEqual([TAKE]);
  });

  it.each<[string, Told]>([
    ['paused', pause],
    ['aborted', abort],
    ['completed', [{ type: 'EVALUATE_PLAN', signals: ['RENEWAL_SECURED'] }, at(60)]],
    ['expired', [{ type: 'EVALUATE_PLAN' }, at(MINUTES_TO_EXPIRY)]],
  ])('is released when the plan is %s', (_how, told) => expect(effectsAt(active, told)).toEqual([RELEASE]));

  it('is left alone by everything else', () => {
    expect(effectsAt(undefined, [{ type: 'CREATE_PLAN', plan: newPlan(), trigger: 't' }, at(0)])).toEqual([]);
    expect(effectsAt(planIn('DRAFT'), [{ type: 'APPROVE_PLAN' }, at(1, ben)])).toEqual([]);
    expect(effectsAt(planIn('PAUSED'), abort)).toEqual([]);
    expect(effectsAt(active, skip('s1'))).toEqual([]);
  });
});

describe('an attempt', () => {
  it('is started with its intent', () => {
    expect(effectsAt(active, start('s1', 3))).toEqual([
      { kind: 'START_ATTEMPT', intent: newActionIntent(active, stepOf(active, 's1'), 1, minute(3)) },
    ]);
  });

  it('pins the version of its action type on its intent', () => {
    const told = { type: 'START_STEP', step_id: 's1', attempts_made: 0, registry_version: 7 } as const;
    expect(effectsAt(active, [told, at(3)])).toMatchObject([{ intent: { registry_version: 7 } }]);
    expect(effectsAt(active, start('s1', 3))).toMatchObject([{ intent: { registry_version: 1 } }]);
  });

  it('is settled by its success and by its failure', () => {
    expect(effectsAt(running, succeed('s1', 5))).toEqual([settles('s1', 'SUCCEEDED')]);
    expect(effectsAt(running, fail('s1', 5))).toEqual([settles('s1', 'FAILED', 'CRM_REFUSED')]);
  });

  it('is settled as FAILED when nobody can say what came of it, and its intent is left as it is', () => {
    expect(effectsAt(running, loseTrack('s1', 5))).toEqual([
      RELEASE,
      settles('s1', 'FAILED', 'OUTCOME_UNKNOWN'),
    ]);
  });

  it('is settled as FAILED when it was stopped from outside', () => {
    expect(effectsAt(running, block(5))).toEqual([RELEASE, settles('s1', 'FAILED', 'stopped')]);
  });

  it.each(['OUTCOME_UNKNOWN', 'approval_expired', 'approval_rejected', 'execution_not_started'])(
    'is settled alone when a tool calls its error %s',
    (reason) => {
      expect(effectsAt(running, fail('s1', 5, 1, reason))).toEqual([settles('s1', 'FAILED', reason)]);
    },
  );

  it('is settled once when it was the last that was allowed', () => {
    const last = then(active, start('s1', 3, 2), autoApprove('s1', 4, 3));
    expect(effectsAt(last, fail('s1', 5, 3))).toEqual([
      RELEASE,
      { kind: 'SETTLE_ATTEMPT', step_id: 's1', attempt: 3, status: 'FAILED', error_message: 'CRM_REFUSED' },
    ]);
  });

  it('is settled and its intent cancelled when its step is skipped', () => {
    const closed = [settles('s1', 'SKIPPED', 'moot'), closes('s1', 'CANCELLED')];
    expect(effectsAt(dispatched, skip('s1'))).toEqual(closed);
    const outcome = { result: 'SKIPPED', reason: 'moot' } as const;
    const told: Told = [{ type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome }, at(60)];
    expect(effectsAt(running, told)).toEqual(closed);
  });

  it('that is handed to a person or published again writes nothing of its own', () => {
    expect(effectsAt(dispatched, requireApproval('s1', 4))).toEqual([]);
    expect(effectsAt(running, publishAgain('s1', 9))).toEqual([]);
  });

  it.each([
    ['SUCCEEDED', succeed('s1', 61), undefined],
    ['FAILED', fail('s1', 61), 'CRM_REFUSED'],
    ['FAILED', loseTrack('s1', 61), undefined],
    ['FAILED', block(61), 'stopped'],
  ] as const)('is settled as %s after the end of its plan: %j', (status, told, message) => {
    expect(effectsAt(then(running, abort), told)).toEqual([settles('s1', status, message)]);
  });

  it('of a plan that has ended is settled alone: the others were cancelled with the plan', () => {
    const ended = then(running, start('s2', 5), abort);
    expect(effectsAt(ended, succeed('s1', 61))).toEqual([settles('s1', 'SUCCEEDED')]);
  });
});

describe('an intent', () => {
  it('is approved by a person or by policy', () => {
    const approval = { kind: 'APPROVE_INTENT', action_intent_id: intentOf('s1') };
    expect(effectsAt(dispatched, approveIntent('s1', 4))).toEqual([
      { ...approval, approved_by: 'ben', approval_source: 'HUMAN' },
    ]);
    expect(effectsAt(dispatched, autoApprove('s1', 4))).toEqual([
      { ...approval, approved_by: 'AutoApprovalPolicyV1', approval_source: 'POLICY' },
    ]);
  });

  it('is rejected by a person', () => {
    const told: Told = [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(5, ben)];
    expect(effectsAt(dispatched, told)).toEqual([
      RELEASE,
      settles('s1', 'FAILED', 'approval_rejected'),
      closes('s1', 'REJECTED'),
    ]);
  });

  it('expires when nobody approved it in time', () => {
    expect(effectsAt(waiting, expireApproval('s1', 3 + WEEK_MINUTES))).toEqual([
      RELEASE,
      settles('s1', 'FAILED', 'approval_expired'),
      closes('s1', 'EXPIRED'),
    ]);
  });

  it('expires when no execution took it, on condition that none takes it meanwhile', () => {
    expect(effectsAt(running, cancelUnstarted('s1', 60))).toEqual([
      RELEASE,
      settles('s1', 'FAILED', 'execution_not_started'),
      closes('s1', 'EXPIRED', true),
    ]);
  });

  it('is cancelled when its plan ends while it is in flight, and no other', () => {
    const both = then(running, start('s2', 5));
    expect(effectsAt(both, abort)).toEqual([RELEASE, closes('s1', 'CANCELLED'), closes('s2', 'CANCELLED')]);
    expect(effectsAt(then(both, pause), [{ type: 'EVALUATE_PLAN' }, at(MINUTES_TO_EXPIRY)])).toEqual([
      closes('s1', 'CANCELLED'),
      closes('s2', 'CANCELLED'),
    ]);
    expect(effectsAt(both, succeed('s1', MINUTES_TO_EXPIRY))).toEqual([
      RELEASE,
      settles('s1', 'SUCCEEDED'),
      closes('s2', 'CANCELLED'),
    ]);
  });

  it('is not cancelled by a pause', () => expect(effectsAt(running, pause)).toEqual([RELEASE]));
});
