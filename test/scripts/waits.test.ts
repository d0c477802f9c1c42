import { expect, test } from '@jest/globals';
import { personWaits, waitOfStep } from '../../scripts/cli/waits.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import {
  approveIntent,
  EXPIRY,
  fail,
  loseTrack,
  planIn,
  requireApproval,
  start,
  stepOf,
  then,
} from '../support/plan-fixtures.ts';

const active = planIn('ACTIVE');
const started = then(active, start('s1', 5));
const asked = then(started, requireApproval('s1', 6));
const approved = then(asked, approveIntent('s1', 7));
const failed = then(approved, fail('s1', 8));
const lost = then(approved, loseTrack('s1', 8));
const paused = planIn('PAUSED');

test.each<[string, Plan, string, object | undefined]>([
  ['to be dispatched', active, 's1', { on: 'CYCLE', what: 'the next cycle' }],
  ['that depends on another', active, 's2', { on: 'STEPS', what: 'step s1' }],
  ['just started', started, 's1', { on: 'GATE', until: stepOf(started, 's1').in_flight?.check_at }],
  ['to be approved', asked, 's1', { on: 'PERSON', what: 'approve-intent or reject-intent (TENANT_POLICY)' }],
  ['being executed', approved, 's1', { on: 'OUTCOME', what: 'its outcome (approved by ben)' }],
  ['that failed', failed, 's1', { on: 'TIME', until: stepOf(failed, 's1').retry_at }],
  [
    'nobody knows the outcome of',
    lost,
    's1',
    { on: 'PERSON', what: 'grant-attempt or skip-step', until: EXPIRY },
  ],
  ['of a paused plan', paused, 's1', { on: 'PLAN', what: 'the plan, PAUSED' }],
  ['of a plan that ended', planIn('ABORTED'), 's1', undefined],
])('what a step %s waits for', (_, plan, stepId, wait) => {
  const found = waitOfStep(plan, stepOf(plan, stepId));
  if (wait === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(wait);
});

test.each<[Plan, string[]]>([
  [planIn('DRAFT'), ['approve']],
  [planIn('APPROVED'), []],
  [active, []],
  [asked, ['s1 approve-intent or reject-intent (TENANT_POLICY)']],
  [paused, ['resume']],
  [lost, ['s1 grant-attempt or skip-step']],
  [planIn('EXPIRED'), []],
])('what a person is waited for (%#)', (plan, waits) => {
  expect(personWaits(plan).map(({ step_id, what }) => [step_id, what].filter(Boolean).join(' '))).toEqual(
    waits,
  );
});
