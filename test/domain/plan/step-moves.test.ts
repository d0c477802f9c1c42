import { describe, expect, it } from '@jest/globals';
import type { PlanCommand } from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { isInFlight, isSettled, type Plan, STEP_STATUSES } from '../../../src/domain/plan/plan.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  blockApproval,
  cancelUnstarted,
  editIntent,
  escalateApproval,
  escalationMinute,
  expireApproval,
  fail,
  inShort,
  loseTrack,
  MEETING_FIRST,
  planIn,
  postponeCheck,
  publishAgain,
  requireApproval,
  start,
  stepOf,
  succeed,
  type Told,
  then,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const grant: Told = [{ type: 'GRANT_ATTEMPT', step_id: 's1', reason: 'once more' }, at(60, ben)];
const skip: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' }, at(60, ben)];
const reject: Told = [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(60, ben)];
const skipped: Told = [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'SKIPPED', reason: 'moot' } },
  at(60),
];
const blocked: Told = [
  {
    ...{ type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1 },
    outcome: { result: 'BLOCKED', reason: 'KILL_SWITCH_ENABLED' },
  },
  at(60),
];
const edit = editIntent(then(planIn('ACTIVE', { steps: MEETING_FIRST }), start('s1', 3)), 's1', 60);
/** When the intent of a step that was dispatched at minute 3 lapses. */
const LAPSE = 3 + WEEK_MINUTES;
/** When three quarters of its time are over. */
const NEARLY = escalationMinute(3, LAPSE);

/** How step s1 of an ACTIVE plan got into each of its states. */
const STATES = {
  PENDING: [],
  'just dispatched': [start('s1', 3)],
  'waiting for a person': [start('s1', 3), requireApproval('s1', 4)],
  'approved by a person': [start('s1', 3), requireApproval('s1', 4), approveIntent('s1', 5)],
  'approved by policy': [start('s1', 3), autoApprove('s1', 4)],
  'FAILED and to be retried': [start('s1', 3), autoApprove('s1', 4), fail('s1', 5)],
  DONE: [start('s1', 3), autoApprove('s1', 4), succeed('s1', 5)],
  SKIPPED: [[skip[0], at(5, ben)]],
} satisfies Record<string, Told[]>;
type State = keyof typeof STATES;

const COMMANDS = {
  START_STEP: start('s1', 60, 1),
  REQUIRE_APPROVAL: requireApproval('s1', 60),
  AUTO_APPROVE: autoApprove('s1', 60),
  APPROVE_INTENT: approveIntent('s1', 60),
  REJECT_INTENT: reject,
  BLOCK_APPROVAL: blockApproval('s1', 60),
  EDIT_INTENT: edit,
  'EDIT_INTENT, approved in the same act': [{ ...edit[0], approve: true } as PlanCommand, edit[1]],
  ESCALATE_APPROVAL: escalateApproval('s1', NEARLY),
  'ESCALATE_APPROVAL before its time': escalateApproval('s1', NEARLY - 1),
  'ESCALATE_APPROVAL after its time': escalateApproval('s1', LAPSE),
  EXPIRE_APPROVAL: expireApproval('s1', LAPSE),
  'EXPIRE_APPROVAL before its time': expireApproval('s1', LAPSE - 1),
  POSTPONE_CHECK: postponeCheck('s1', 60),
  'POSTPONE_CHECK before its time': postponeCheck('s1', 8),
  PUBLISH_AGAIN: publishAgain('s1', 60),
  'PUBLISH_AGAIN before its time': publishAgain('s1', 8),
  CANCEL_UNSTARTED: cancelUnstarted('s1', 60),
  'CANCEL_UNSTARTED before its time': cancelUnstarted('s1', 8),
  'a success': succeed('s1', 60),
  'a failure': fail('s1', 60),
  'a failure that a tool calls OUTCOME_UNKNOWN': fail('s1', 60, 1, 'OUTCOME_UNKNOWN'),
  'an unknown outcome': loseTrack('s1', 60),
  'an outcome BLOCKED': blocked,
  'an outcome SKIPPED': skipped,
  SKIP_STEP: skip,
  GRANT_ATTEMPT: grant,
} satisfies Record<string, Told>;

const [NOT_DUE, IDLE, NOT_FAILED] = ['STEP_NOT_DUE', 'NOT_WAITING_FOR_APPROVAL', 'STEP_NOT_FAILED'];
const [STARTED, APPROVED, AGAIN] = ['STEP_STARTED', 'STEP_APPROVED', 'STEP_PUBLISHED_AGAIN'];
const [DONE, FAILED, SKIPPED] = ['STEP_COMPLETED', 'STEP_FAILED', 'STEP_SKIPPED'];
const [STUCK, REQUIRED] = ['STEP_FAILED PLAN_PAUSED', 'STEP_APPROVAL_REQUIRED'];
const [UNAPPROVED, NEVER] = ['NOT_APPROVED', 'nothing'];
const [GRANTED, BLOCKED] = ['STEP_ATTEMPT_GRANTED', 'STEP_APPROVAL_BLOCKED'];
const [ESCALATED, POSTPONED] = ['STEP_APPROVAL_ESCALATED', 'STEP_CHECK_POSTPONED'];
const [EDITED, OTHER] = ['STEP_INTENT_EDITED', 'CONTENT_CHANGED'];
const [RUNNING, SETTLED] = ['STEP_IN_FLIGHT', 'STEP_SETTLED'];

/** In the order of STATES. */
const ANSWERS: Record<keyof typeof COMMANDS, string[]> = {
  START_STEP: [STARTED, NOT_DUE, NOT_DUE, NOT_DUE, NOT_DUE, STARTED, NOT_DUE, NOT_DUE],
  REQUIRE_APPROVAL: [IDLE, REQUIRED, NEVER, IDLE, IDLE, IDLE, IDLE, IDLE],
  AUTO_APPROVE: [IDLE, APPROVED, IDLE, IDLE, IDLE, IDLE, IDLE, IDLE],
  APPROVE_INTENT: [IDLE, APPROVED, APPROVED, NEVER, IDLE, IDLE, IDLE, IDLE],
  REJECT_INTENT: [IDLE, STUCK, STUCK, IDLE, IDLE, IDLE, IDLE, IDLE],
  EDIT_INTENT: [IDLE, IDLE, EDITED, IDLE, IDLE, IDLE, IDLE, IDLE],
  'EDIT_INTENT, approved in the same act': [IDLE, IDLE, `${EDITED} ${APPROVED}`, ...Array(5).fill(IDLE)],
  BLOCK_APPROVAL: [IDLE, BLOCKED, IDLE, IDLE, IDLE, IDLE, IDLE, IDLE],
  ESCALATE_APPROVAL: [IDLE, IDLE, ESCALATED, IDLE, IDLE, IDLE, IDLE, IDLE],
  'ESCALATE_APPROVAL before its time': Array(8).fill(IDLE),
  'ESCALATE_APPROVAL after its time': Array(8).fill(IDLE),
  EXPIRE_APPROVAL: [IDLE, STUCK, STUCK, IDLE, IDLE, IDLE, IDLE, IDLE],
  'EXPIRE_APPROVAL before its time': Array(8).fill(IDLE),
  POSTPONE_CHECK: [NOT_DUE, NOT_DUE, NOT_DUE, POSTPONED, POSTPONED, NOT_DUE, NOT_DUE, NOT_DUE],
  'POSTPONE_CHECK before its time': Array(8).fill(NOT_DUE),
  PUBLISH_AGAIN: [NOT_DUE, NOT_DUE, NOT_DUE, AGAIN, AGAIN, NOT_DUE, NOT_DUE, NOT_DUE],
  'PUBLISH_AGAIN before its time': Array(8).fill(NOT_DUE),
  CANCEL_UNSTARTED: [NOT_DUE, NOT_DUE, NOT_DUE, STUCK, STUCK, NOT_DUE, NOT_DUE, NOT_DUE],
  'CANCEL_UNSTARTED before its time': Array(8).fill(NOT_DUE),
  'a success': [NEVER, UNAPPROVED, UNAPPROVED, DONE, DONE, NEVER, NEVER, NEVER],
  'a failure': [NEVER, UNAPPROVED, UNAPPROVED, FAILED, FAILED, NEVER, NEVER, NEVER],
  'a failure that a tool calls OUTCOME_UNKNOWN': [
    NEVER,
    UNAPPROVED,
    UNAPPROVED,
    FAILED,
    FAILED,
    NEVER,
    NEVER,
    NEVER,
  ],
  'an unknown outcome': [NEVER, UNAPPROVED, UNAPPROVED, STUCK, STUCK, NEVER, NEVER, NEVER],
  'an outcome BLOCKED': [NEVER, UNAPPROVED, UNAPPROVED, STUCK, STUCK, NEVER, NEVER, NEVER],
  'an outcome SKIPPED': [NEVER, UNAPPROVED, UNAPPROVED, SKIPPED, SKIPPED, NEVER, NEVER, NEVER],
  SKIP_STEP: [SKIPPED, SKIPPED, SKIPPED, RUNNING, RUNNING, SKIPPED, SETTLED, SETTLED],
  GRANT_ATTEMPT: [...Array(5).fill(NOT_FAILED), GRANTED, NOT_FAILED, NOT_FAILED],
};

const active = planIn('ACTIVE', { steps: MEETING_FIRST });
const activeWith = (state: State): Plan => then(active, ...STATES[state]);

const rows = Object.entries(ANSWERS).flatMap(([name, answers]) =>
  Object.keys(STATES).map(
    (state, index) => [name as keyof typeof COMMANDS, state as State, answers[index] ?? ''] as const,
  ),
);

describe('the moves of a step', () => {
  it.each(rows)('%s while it is %s: %s', (name, state, expected) => {
    const [command, context] = COMMANDS[name];
    expect(inShort(decide(activeWith(state), command, context))).toBe(expected);
  });

  it.each<[string, Told, string]>([
    ['START_STEP', start('s9', 60), 'STEP_NOT_DUE'],
    ['REQUIRE_APPROVAL', requireApproval('s9', 60), 'STEP_NOT_FOUND'],
    ['AUTO_APPROVE', autoApprove('s9', 60), 'NOT_WAITING_FOR_APPROVAL'],
    ['APPROVE_INTENT', approveIntent('s9', 60), 'STEP_NOT_FOUND'],
    ['REJECT_INTENT', [{ type: 'REJECT_INTENT', step_id: 's9', attempt: 1 }, at(60)], 'STEP_NOT_FOUND'],
    ['EDIT_INTENT', [{ ...edit[0], step_id: 's9' } as PlanCommand, edit[1]], 'STEP_NOT_FOUND'],
    ['ESCALATE_APPROVAL', escalateApproval('s9', NEARLY), 'NOT_WAITING_FOR_APPROVAL'],
    ['EXPIRE_APPROVAL', expireApproval('s9', LAPSE), 'NOT_WAITING_FOR_APPROVAL'],
    ['POSTPONE_CHECK', postponeCheck('s9', 60), 'STEP_NOT_DUE'],
    ['PUBLISH_AGAIN', publishAgain('s9', 60), 'STEP_NOT_DUE'],
    ['CANCEL_UNSTARTED', cancelUnstarted('s9', 60), 'STEP_NOT_DUE'],
    ['APPLY_OUTCOME', succeed('s9', 60), 'STEP_NOT_FOUND'],
    ['SKIP_STEP', [{ type: 'SKIP_STEP', step_id: 's9', reason: '' }, at(60)], 'STEP_NOT_FOUND'],
    ['GRANT_ATTEMPT', [{ type: 'GRANT_ATTEMPT', step_id: 's9', reason: '' }, at(60)], 'STEP_NOT_FOUND'],
  ])('%s of a step that the plan does not have is refused', (_name, [command, context], expected) => {
    expect(inShort(decide(planIn('ACTIVE'), command, context))).toBe(expected);
  });

  it.each<[string, Told, State, string]>([
    ['REQUIRE_APPROVAL', requireApproval('s1', 60, 2), 'just dispatched', IDLE],
    ['AUTO_APPROVE', autoApprove('s1', 60, 2), 'just dispatched', IDLE],
    ['APPROVE_INTENT', approveIntent('s1', 60, 2), 'waiting for a person', OTHER],
    [
      'REJECT_INTENT',
      [{ ...reject[0], attempt: 2 } as PlanCommand, reject[1]],
      'waiting for a person',
      OTHER,
    ],
    ['EDIT_INTENT', [{ ...edit[0], attempt: 2 } as PlanCommand, edit[1]], 'waiting for a person', OTHER],
    ['ESCALATE_APPROVAL', escalateApproval('s1', NEARLY, 2), 'waiting for a person', IDLE],
    ['EXPIRE_APPROVAL', expireApproval('s1', LAPSE, 2), 'waiting for a person', IDLE],
    ['POSTPONE_CHECK', postponeCheck('s1', 60, 2), 'approved by policy', NOT_DUE],
    ['PUBLISH_AGAIN', publishAgain('s1', 60, 2), 'approved by policy', NOT_DUE],
    ['CANCEL_UNSTARTED', cancelUnstarted('s1', 60, 2), 'approved by policy', NOT_DUE],
  ])(
    '%s of another attempt than the one in flight is refused',
    (_name, [command, context], state, expected) => {
      expect(inShort(decide(activeWith(state), command, context))).toBe(expected);
    },
  );

  it('an outcome of another attempt than the one in flight changes nothing', () => {
    const [command, context] = succeed('s1', 60, 2);
    expect(inShort(decide(activeWith('approved by policy'), command, context))).toBe(NEVER);
  });

  it.each<[State, string]>([
    ['PENDING', 'PENDING'],
    ['just dispatched', 'PENDING_APPROVAL'],
    ['waiting for a person', 'PENDING_APPROVAL'],
    ['approved by a person', 'PENDING_APPROVAL'],
    ['approved by policy', 'AUTO_EXECUTED'],
    ['FAILED and to be retried', 'FAILED'],
    ['DONE', 'DONE'],
    ['SKIPPED', 'SKIPPED'],
  ])('a step that is %s has status %s', (state, status) => {
    expect(stepOf(activeWith(state), 's1').status).toBe(status);
  });

  it('is in flight from its dispatch to its outcome, and settled by DONE or SKIPPED', () => {
    expect(STEP_STATUSES.filter((status) => isInFlight({ status }))).toEqual([
      'PENDING_APPROVAL',
      'AUTO_EXECUTED',
    ]);
    expect(STEP_STATUSES.filter((status) => isSettled({ status }))).toEqual(['DONE', 'SKIPPED']);
  });
});
