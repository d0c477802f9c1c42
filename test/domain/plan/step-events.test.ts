import { describe, expect, it } from '@jest/globals';
import type { DecisionContext, PlanCommand } from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  cancelUnstarted,
  EXPIRY,
  escalateApproval,
  escalationMinute,
  expireApproval,
  fail,
  loseTrack,
  MINUTES_TO_EXPIRY,
  minute,
  NOTHING_IN_THE_WAY,
  newPlan,
  planIn,
  policy,
  postponeCheck,
  publishAgain,
  requireApproval,
  start,
  stepOf,
  story,
  succeed,
  type Told,
  then,
  toStatus,
} from '../../support/plan-fixtures.ts';

const [P1, S1] = [{ plan_id: 'p1' }, { plan_id: 'p1', step_id: 's1' }];
const active = planIn('ACTIVE');
const dispatched = then(active, start('s1', 3));
const waiting = then(dispatched, requireApproval('s1', 4));
const running = then(dispatched, autoApprove('s1', 4));

/** When three quarters of the time to approve it are over. */
const NEARLY = escalationMinute(3, MINUTES_TO_EXPIRY);
const BLOCKED = 'KILL_SWITCH_ENABLED';
const block = (minutes: number): Told => [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'BLOCKED', reason: BLOCKED } },
  at(minutes),
];

const dataOf = (plan: Plan, [command, context]: readonly [PlanCommand, DecisionContext]) =>
  decide(plan, command, context).events.map(({ event_type, data }) => [event_type, data]);

describe('the ledger tells of a step', () => {
  it('that it was started: which action, which attempt, under which intent, and when somebody looks', () => {
    expect(dataOf(active, start('s1', 3))).toEqual([
      [
        'STEP_STARTED',
        {
          ...S1,
          action_type: 'PREP_RENEWAL_BRIEF',
          attempt: 1,
          action_intent_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          check_at: minute(5),
        },
      ],
    ]);
  });

  it('that it was started by a version of its action type', () => {
    const told = { type: 'START_STEP', step_id: 's1', attempts_made: 0, registry_version: 7 } as const;
    expect(dataOf(active, [told, at(3)])).toMatchObject([['STEP_STARTED', { registry_version: 7 }]]);
  });

  it('that it was completed, with its outcome', () => {
    expect(dataOf(running, succeed('s1', 5))).toEqual([
      ['STEP_COMPLETED', { ...S1, attempt: 1, outcome: 'SUCCEEDED' }],
    ]);
  });

  it('that it was skipped by a person, and why', () => {
    const skip: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' }, at(5, ben)];
    expect(dataOf(active, skip)).toEqual([['STEP_SKIPPED', { ...S1, reason: 'not needed' }]]);
    expect(dataOf(dispatched, skip)).toEqual([['STEP_SKIPPED', { ...S1, reason: 'not needed', attempt: 1 }]]);
  });

  it('that its outcome was to skip it, and why', () => {
    const outcome = { result: 'SKIPPED', reason: 'moot' } as const;
    expect(dataOf(running, [{ type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome }, at(5)])).toEqual([
      ['STEP_SKIPPED', { ...S1, attempt: 1, reason: 'moot' }],
    ]);
  });

  it('that an attempt failed, why, and when the next one may start', () => {
    expect(dataOf(running, fail('s1', 5))).toEqual([
      ['STEP_FAILED', { ...S1, attempt: 1, reason: 'CRM_REFUSED', retry_at: minute(6) }],
    ]);
  });

  it.each(['OUTCOME_UNKNOWN', 'approval_expired', 'approval_rejected', 'execution_not_started'])(
    'that an attempt failed, and no more than that, when a tool calls its error %s',
    (reason) => {
      expect(dataOf(running, fail('s1', 5, 1, reason))).toEqual([
        ['STEP_FAILED', { ...S1, attempt: 1, reason, retry_at: minute(6) }],
      ]);
    },
  );

  it('that nobody can say what came of an attempt, which only a person can answer', () => {
    const reason = 'OUTCOME_UNKNOWN';
    expect(dataOf(running, loseTrack('s1', 5))).toEqual([
      ['STEP_FAILED', { ...S1, attempt: 1, reason, needs_person: true }],
      ['PLAN_PAUSED', { ...S1, reason }],
    ]);
  });

  it('that an attempt was stopped from outside, by what, and that only a person can say when to go on', () => {
    expect(dataOf(running, block(5))).toEqual([
      ['STEP_FAILED', { ...S1, attempt: 1, reason: BLOCKED, needs_person: true }],
      ['PLAN_PAUSED', { ...S1, reason: BLOCKED }],
    ]);
  });

  it.each<[string, Plan, Told, string]>([
    ['nobody approved it in time', waiting, expireApproval('s1', MINUTES_TO_EXPIRY), 'approval_expired'],
    ['no execution took it', running, cancelUnstarted('s1', 9), 'execution_not_started'],
  ])('that its intent expired because %s, which paused the plan', (_why, plan, told, reason) => {
    expect(dataOf(plan, told)).toEqual([
      ['STEP_FAILED', { ...S1, attempt: 1, reason, intent_status: 'EXPIRED' }],
      ['PLAN_PAUSED', { ...S1, reason }],
    ]);
  });

  it.each<[string, { reason?: string }, { note?: string }]>([
    ['without a word', {}, {}],
    ['and what they said', { reason: 'too early' }, { note: 'too early' }],
  ])('that a person rejected it, %s, which paused the plan', (_how, said, note) => {
    const reject = { type: 'REJECT_INTENT', step_id: 's1', attempt: 1, ...said } as const;
    const reason = 'approval_rejected';
    expect(dataOf(waiting, [reject, at(5, ben)])).toEqual([
      ['STEP_FAILED', { ...S1, attempt: 1, reason, intent_status: 'REJECTED', ...note }],
      ['PLAN_PAUSED', { ...S1, reason }],
    ]);
  });

  it('that it needs an approval, why, and when somebody should have given it', () => {
    expect(dataOf(dispatched, requireApproval('s1', 4))).toEqual([
      [
        'STEP_APPROVAL_REQUIRED',
        { ...S1, attempt: 1, reason: 'TENANT_POLICY', policy_version: 'v1', check_at: minute(NEARLY) },
      ],
    ]);
  });

  it('that nobody has given it then, and until when it still can be', () => {
    expect(dataOf(waiting, escalateApproval('s1', NEARLY))).toEqual([
      ['STEP_APPROVAL_ESCALATED', { ...S1, attempt: 1, check_at: EXPIRY }],
    ]);
  });

  it('that its execution is at work, and by when it should have ended', () => {
    expect(dataOf(running, postponeCheck('s1', 9))).toEqual([
      ['STEP_CHECK_POSTPONED', { ...S1, attempt: 1, check_at: minute(69) }],
    ]);
  });

  it('that it was approved, by whom and under which policy', () => {
    expect(dataOf(dispatched, autoApprove('s1', 4))).toEqual([
      ['STEP_APPROVED', { ...S1, attempt: 1, source: 'POLICY', policy_version: 'v1', check_at: minute(9) }],
    ]);
    const action_intent_id = stepOf(dispatched, 's1').in_flight?.action_intent_id;
    expect(dataOf(dispatched, approveIntent('s1', 4))).toEqual([
      ['STEP_APPROVED', { ...S1, attempt: 1, source: 'HUMAN', action_intent_id, check_at: minute(9) }],
    ]);
  });

  it('that its approval was published again', () => {
    expect(dataOf(running, publishAgain('s1', 9))).toEqual([
      ['STEP_PUBLISHED_AGAIN', { ...S1, attempt: 1, check_at: minute(14) }],
    ]);
  });

  it('that an outcome came after the end of the plan', () => {
    const aborted = then(running, [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)]);
    expect(dataOf(aborted, succeed('s1', 6))).toEqual([
      ['STEP_OUTCOME_RECORDED', { ...S1, attempt: 1, outcome: 'SUCCEEDED' }],
    ]);
    expect(dataOf(aborted, fail('s1', 6))).toEqual([
      ['STEP_OUTCOME_RECORDED', { ...S1, attempt: 1, outcome: 'FAILED', reason: 'CRM_REFUSED' }],
    ]);
    expect(dataOf(aborted, loseTrack('s1', 6))).toEqual([
      ['STEP_OUTCOME_RECORDED', { ...S1, attempt: 1, outcome: 'UNKNOWN' }],
    ]);
    expect(dataOf(aborted, block(6))).toEqual([
      ['STEP_OUTCOME_RECORDED', { ...S1, attempt: 1, outcome: 'BLOCKED', reason: BLOCKED }],
    ]);
  });
});

describe('the ledger tells of a plan', () => {
  it('what it was created from, and on whose trigger', () => {
    const [entry] = story(toStatus('DRAFT')).entries;
    expect(entry).toMatchObject({
      event_type: 'PLAN_CREATED',
      actor: { kind: 'human', id: 'ana' },
      data: { ...newPlan(), trigger: 'proposal_generated' },
    });
  });

  it('who approved which content', () => {
    const [, entry] = story(toStatus('APPROVED')).entries;
    expect(entry).toMatchObject({
      event_type: 'PLAN_APPROVED',
      actor: { kind: 'human', id: 'ben' },
      data: { ...P1, content_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('that it was activated, paused, resumed and aborted, and why', () => {
    const [pause, abort] = ['PAUSE_PLAN', 'ABORT_PLAN'].map((type) => ({
      type,
      reason: 'lost',
    })) as PlanCommand[];
    const resume = { type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY } as const;
    expect(dataOf(planIn('APPROVED'), [{ type: 'ACTIVATE_PLAN', facts: NOTHING_IN_THE_WAY }, at(3)])).toEqual(
      [['PLAN_ACTIVATED', { ...P1, plan_type: 'RENEWAL_DEFENSE' }]],
    );
    expect(dataOf(active, [pause as PlanCommand, at(3, ben)])).toEqual([
      ['PLAN_PAUSED', { ...P1, reason: 'lost' }],
    ]);
    expect(dataOf(planIn('PAUSED'), [resume, at(4, ben)])).toEqual([['PLAN_RESUMED', P1]]);
    expect(dataOf(planIn('PAUSED'), [{ ...resume, reason: 'back' }, at(4, ben)])).toEqual([
      ['PLAN_RESUMED', { ...P1, reason: 'back' }],
    ]);
    expect(dataOf(active, [abort as PlanCommand, at(3, ben)])).toEqual([
      ['PLAN_ABORTED', { ...P1, reason: 'lost' }],
    ]);
  });

  it('that it was completed or expired, and by what', () => {
    const secured = { type: 'EVALUATE_PLAN', signals: ['RENEWAL_SECURED'] } as const;
    expect(dataOf(active, [secured, at(3)])).toEqual([
      ['PLAN_COMPLETED', { ...P1, completion_reason: 'objective_met' }],
    ]);
    expect(dataOf(active, [{ type: 'EVALUATE_PLAN' }, at(MINUTES_TO_EXPIRY + 1)])).toEqual([
      ['PLAN_EXPIRED', { ...P1, expired_at: minute(MINUTES_TO_EXPIRY + 1) }],
    ]);
  });

  it('each fact with its time and who brought it about', () => {
    expect(decide(dispatched, autoApprove('s1', 4)[0], at(4, policy)).events).toEqual([
      expect.objectContaining({ timestamp: minute(4), actor: policy }),
    ]);
  });
});
