import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/plan/decide.ts';
import { isInFlight, isSettled, type Plan, STEP_STATUSES } from '../../../src/domain/plan/plan.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  fail,
  inShort,
  planIn,
  requireApproval,
  start,
  stepOf,
  story,
  succeed,
  type Told,
  then,
  toStatus,
} from '../../support/plan-fixtures.ts';

const grant: Told = [{ type: 'GRANT_ATTEMPT', step_id: 's1', reason: 'once more' }, at(60, ben)];
const skip: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' }, at(60, ben)];
const reject: Told = [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(60, ben)];
const publish: Told = [{ type: 'PUBLISH_AGAIN', step_id: 's1', attempt: 1 }, at(60)];
const skipped: Told = [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'SKIPPED', reason: 'moot' } },
  at(60),
];
const resume: Told = [
  { type: 'RESUME_PLAN', facts: { existing_active_plan_ids: [], unmet_preconditions: [] } },
  at(59, ben),
];

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
  PUBLISH_AGAIN: publish,
  'a success': succeed('s1', 60),
  'a failure': fail('s1', 60),
  'a failure that only a person can answer': fail('s1', 60, 1, 'OUTCOME_UNKNOWN'),
  'an outcome SKIPPED': skipped,
  SKIP_STEP: skip,
  GRANT_ATTEMPT: grant,
} satisfies Record<string, Told>;

const [NOT_DUE, IDLE, NOT_FAILED] = ['STEP_NOT_DUE', 'NOT_WAITING_FOR_APPROVAL', 'STEP_NOT_FAILED'];
const [DONE, SKIPPED, STARTED, APPROVED] = [
  'STEP_COMPLETED',
  'STEP_SKIPPED',
  'STEP_STARTED',
  'STEP_APPROVED',
];
const [STUCK, REQUIRED] = ['STEP_FAILED PLAN_PAUSED', 'STEP_APPROVAL_REQUIRED'];
const NEVER = 'nothing';
/** What nobody approved cannot succeed: intent-approval.test.ts. */
const ELSEWHERE = '';

/** In the order of STATES. */
const ANSWERS: Record<keyof typeof COMMANDS, string[]> = {
  START_STEP: [STARTED, NOT_DUE, NOT_DUE, NOT_DUE, NOT_DUE, STARTED, NOT_DUE, NOT_DUE],
  REQUIRE_APPROVAL: [IDLE, REQUIRED, NEVER, IDLE, IDLE, IDLE, IDLE, IDLE],
  AUTO_APPROVE: [IDLE, APPROVED, APPROVED, IDLE, IDLE, IDLE, IDLE, IDLE],
  APPROVE_INTENT: [IDLE, APPROVED, APPROVED, IDLE, IDLE, IDLE, IDLE, IDLE],
  REJECT_INTENT: [IDLE, STUCK, STUCK, IDLE, IDLE, IDLE, IDLE, IDLE],
  PUBLISH_AGAIN: [
    NOT_DUE,
    NOT_DUE,
    NOT_DUE,
    'STEP_PUBLISHED_AGAIN',
    'STEP_PUBLISHED_AGAIN',
    NOT_DUE,
    NOT_DUE,
    NOT_DUE,
  ],
  'a success': [NEVER, ELSEWHERE, ELSEWHERE, DONE, DONE, NEVER, NEVER, NEVER],
  'a failure': [NEVER, 'STEP_FAILED', 'STEP_FAILED', 'STEP_FAILED', 'STEP_FAILED', NEVER, NEVER, NEVER],
  'a failure that only a person can answer': [NEVER, STUCK, STUCK, STUCK, STUCK, NEVER, NEVER, NEVER],
  'an outcome SKIPPED': [NEVER, SKIPPED, SKIPPED, SKIPPED, SKIPPED, NEVER, NEVER, NEVER],
  SKIP_STEP: [
    SKIPPED,
    SKIPPED,
    SKIPPED,
    'STEP_IN_FLIGHT',
    'STEP_IN_FLIGHT',
    SKIPPED,
    'STEP_SETTLED',
    'STEP_SETTLED',
  ],
  GRANT_ATTEMPT: [
    NOT_FAILED,
    NOT_FAILED,
    NOT_FAILED,
    NOT_FAILED,
    NOT_FAILED,
    'STEP_ATTEMPT_GRANTED',
    NOT_FAILED,
    NOT_FAILED,
  ],
};

const activeWith = (state: State): Plan => then(planIn('ACTIVE'), ...STATES[state]);

const rows = Object.entries(ANSWERS)
  .flatMap(([name, answers]) =>
    Object.keys(STATES).map(
      (state, index) => [name as keyof typeof COMMANDS, state as State, answers[index] ?? ELSEWHERE] as const,
    ),
  )
  .filter(([, , expected]) => expected !== ELSEWHERE);

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
    ['PUBLISH_AGAIN', [{ type: 'PUBLISH_AGAIN', step_id: 's9', attempt: 1 }, at(60)], 'STEP_NOT_DUE'],
    ['APPLY_OUTCOME', succeed('s9', 60), 'STEP_NOT_FOUND'],
    ['SKIP_STEP', [{ type: 'SKIP_STEP', step_id: 's9', reason: '' }, at(60)], 'STEP_NOT_FOUND'],
    ['GRANT_ATTEMPT', [{ type: 'GRANT_ATTEMPT', step_id: 's9', reason: '' }, at(60)], 'STEP_NOT_FOUND'],
  ])('%s of a step that the plan does not have is refused', (_name, [command, context], expected) => {
    expect(inShort(decide(planIn('ACTIVE'), command, context))).toBe(expected);
  });

  it.each([approveIntent('s1', 60, 2), autoApprove('s1', 60, 2), requireApproval('s1', 60, 2)])(
    'another attempt than the one in flight is not waiting for an approval: %j',
    (command, context) => {
      expect(inShort(decide(activeWith('just dispatched'), command, context))).toBe(IDLE);
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

describe('a step of a paused plan', () => {
  const paused = (state: State): Plan =>
    then(activeWith(state), [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(10, ben)]);

  it.each<[string, Told, State, string]>([
    ['is not started', start('s1', 60), 'PENDING', NOT_DUE],
    ['is not approved by policy', autoApprove('s1', 60), 'just dispatched', 'INVALID_TRANSITION'],
    ['is not approved by a person', approveIntent('s1', 60), 'waiting for a person', 'INVALID_TRANSITION'],
    ['is not published again', publish, 'approved by policy', 'INVALID_TRANSITION'],
    ['may be handed to a person', requireApproval('s1', 60), 'just dispatched', REQUIRED],
    ['may be rejected', reject, 'waiting for a person', 'STEP_FAILED'],
    ['may be skipped', skip, 'waiting for a person', SKIPPED],
    ['may be granted an attempt', grant, 'FAILED and to be retried', 'STEP_ATTEMPT_GRANTED'],
    ['takes its success', succeed('s1', 60), 'approved by policy', DONE],
    ['takes its failure', fail('s1', 60), 'approved by policy', 'STEP_FAILED'],
    ['takes an unknown outcome', fail('s1', 60, 1, 'OUTCOME_UNKNOWN'), 'approved by policy', 'STEP_FAILED'],
  ])('%s', (_name, [command, context], state, expected) => {
    expect(inShort(decide(paused(state), command, context))).toBe(expected);
  });

  it('leaves the plan PAUSED, even when it was the last; the plan is completed once it is resumed', () => {
    const last = then(activeWith('DONE'), start('s2', 6), autoApprove('s2', 7), [
      { type: 'PAUSE_PLAN', reason: 'holiday' },
      at(10, ben),
    ]);
    const recorded = then(last, succeed('s2', 58));
    expect(recorded.plan_status).toBe('PAUSED');
    expect(inShort(decide(recorded, { type: 'EVALUATE_PLAN' }, at(58)))).toBe('nothing');
    expect(inShort(decide(then(recorded, resume), { type: 'EVALUATE_PLAN' }, at(60)))).toBe('PLAN_COMPLETED');
  });
});

describe('a step of a plan that has ended', () => {
  const inFlight = [...toStatus('ACTIVE'), start('s1', 3), autoApprove('s1', 4)];
  const aborted = story([...inFlight, [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)]]).plan;

  it.each([succeed('s1', 60), fail('s1', 60), skipped])(
    'has its outcome recorded once: %j',
    (command, context) => {
      expect(inShort(decide(aborted, command, context))).toBe('STEP_OUTCOME_RECORDED');
      const recorded = then(aborted, [command, context]);
      expect(recorded.plan_status).toBe('ABORTED');
      expect(stepOf(recorded, 's1').status).toBe('AUTO_EXECUTED');
      expect(inShort(decide(recorded, command, context))).toBe(NEVER);
    },
  );
});
