import { describe, expect, it } from '@jest/globals';
import type { PlanCommand } from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { canMove } from '../../../src/domain/plan/lifecycle.ts';
import { isTerminal, PLAN_STATUSES, type PlanStatus } from '../../../src/domain/plan/plan.ts';
import { newIntent } from '../../support/intents.ts';
import {
  at,
  ben,
  inShort,
  MAPPING,
  MINUTES_TO_EXPIRY,
  NOTHING_IN_THE_WAY,
  newPlan,
  planIn,
} from '../../support/plan-fixtures.ts';

type CommandType = PlanCommand['type'];

const OF_S1 = { step_id: 's1', attempt: 1 };
const COMMANDS: { [T in CommandType]: Extract<PlanCommand, { type: T }> } = {
  CREATE_PLAN: { type: 'CREATE_PLAN', plan: newPlan(), trigger: 'again' },
  APPROVE_PLAN: { type: 'APPROVE_PLAN' },
  ACTIVATE_PLAN: { type: 'ACTIVATE_PLAN', facts: NOTHING_IN_THE_WAY },
  RESUME_PLAN: { type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY },
  PAUSE_PLAN: { type: 'PAUSE_PLAN', reason: 'holiday' },
  ABORT_PLAN: { type: 'ABORT_PLAN', reason: 'lost' },
  EVALUATE_PLAN: { type: 'EVALUATE_PLAN' },
  START_STEP: { type: 'START_STEP', step_id: 's1', attempts_made: 0 },
  REQUIRE_APPROVAL: { type: 'REQUIRE_APPROVAL', ...OF_S1, reason: 'TENANT_POLICY', policy_version: 'v1' },
  BLOCK_APPROVAL: { type: 'BLOCK_APPROVAL', ...OF_S1, reason: 'KILL_SWITCH_ENABLED', policy_version: 'v1' },
  AUTO_APPROVE: { type: 'AUTO_APPROVE', ...OF_S1, policy_version: 'v1' },
  APPROVE_INTENT: { type: 'APPROVE_INTENT', ...OF_S1 },
  REJECT_INTENT: { type: 'REJECT_INTENT', ...OF_S1 },
  EDIT_INTENT: {
    ...{ type: 'EDIT_INTENT', ...OF_S1, parameters: { content: 'x' } },
    ...{ intent: newIntent(), mapping: MAPPING },
  },
  ESCALATE_APPROVAL: { type: 'ESCALATE_APPROVAL', ...OF_S1 },
  EXPIRE_APPROVAL: { type: 'EXPIRE_APPROVAL', ...OF_S1 },
  POSTPONE_CHECK: { type: 'POSTPONE_CHECK', ...OF_S1, until: at(90).now },
  PUBLISH_AGAIN: { type: 'PUBLISH_AGAIN', ...OF_S1 },
  CANCEL_UNSTARTED: { type: 'CANCEL_UNSTARTED', ...OF_S1 },
  APPLY_OUTCOME: { type: 'APPLY_OUTCOME', ...OF_S1, outcome: { result: 'SUCCEEDED' } },
  RECORD_COMPENSATION: { type: 'RECORD_COMPENSATION', ...OF_S1, result: 'COMPLETED' },
  SKIP_STEP: { type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' },
  GRANT_ATTEMPT: { type: 'GRANT_ATTEMPT', step_id: 's1', reason: 'once more' },
};

const NO = 'INVALID_TRANSITION';
const [NOT_DUE, IDLE] = ['STEP_NOT_DUE', 'NOT_WAITING_FOR_APPROVAL'];

/** What follows from a command, in the order DRAFT, APPROVED, ACTIVE, PAUSED, COMPLETED, ABORTED, EXPIRED. */
const everywhere = (answer: string): string[] => PLAN_STATUSES.map(() => answer);
const live = (...answers: string[]): string[] => [...answers, NO, NO, NO];

const BEFORE_EXPIRY: Record<CommandType, string[]> = {
  CREATE_PLAN: everywhere('PLAN_EXISTS'),
  APPROVE_PLAN: live('PLAN_APPROVED', NO, NO, NO),
  ACTIVATE_PLAN: live(NO, 'PLAN_ACTIVATED', NO, NO),
  RESUME_PLAN: live(NO, NO, NO, 'PLAN_RESUMED'),
  PAUSE_PLAN: live(NO, NO, 'PLAN_PAUSED', NO),
  ABORT_PLAN: live('PLAN_ABORTED', 'PLAN_ABORTED', 'PLAN_ABORTED', 'PLAN_ABORTED'),
  EVALUATE_PLAN: everywhere('nothing'),
  START_STEP: [NOT_DUE, NOT_DUE, 'STEP_STARTED', NOT_DUE, NOT_DUE, NOT_DUE, NOT_DUE],
  REQUIRE_APPROVAL: live(IDLE, IDLE, IDLE, IDLE),
  BLOCK_APPROVAL: live(NO, NO, IDLE, NO),
  AUTO_APPROVE: live(NO, NO, IDLE, NO),
  APPROVE_INTENT: live(NO, NO, IDLE, NO),
  REJECT_INTENT: live(NO, NO, IDLE, IDLE),
  EDIT_INTENT: live(NO, NO, IDLE, NO),
  ESCALATE_APPROVAL: live(NO, NO, IDLE, NO),
  EXPIRE_APPROVAL: live(NO, NO, IDLE, NO),
  POSTPONE_CHECK: everywhere(NOT_DUE),
  PUBLISH_AGAIN: live(NO, NO, NOT_DUE, NO),
  CANCEL_UNSTARTED: [NO, NO, NOT_DUE, NO, NOT_DUE, NOT_DUE, NOT_DUE],
  APPLY_OUTCOME: everywhere('nothing'),
  RECORD_COMPENSATION: everywhere('nothing'),
  SKIP_STEP: live(NO, NO, 'STEP_SKIPPED', 'STEP_SKIPPED'),
  GRANT_ATTEMPT: live(NO, NO, 'STEP_NOT_FAILED', 'STEP_NOT_FAILED'),
};

const ENDS = ['PLAN_EXPIRED', 'PLAN_EXPIRED', 'PLAN_EXPIRED', 'PLAN_EXPIRED'];
const NOW_EXPIRED: Partial<Record<CommandType, string[]>> = {
  EVALUATE_PLAN: [...ENDS, 'nothing', 'nothing', 'nothing'],
  START_STEP: [...ENDS, NOT_DUE, NOT_DUE, NOT_DUE],
  ACTIVATE_PLAN: live(NO, 'PLAN_EXPIRED', NO, NO),
  APPROVE_PLAN: live('PLAN_EXPIRED', NO, NO, NO),
  RESUME_PLAN: live(NO, NO, NO, 'PLAN_EXPIRED'),
  ABORT_PLAN: live('PLAN_ABORTED', 'PLAN_ABORTED', 'PLAN_ABORTED', 'PLAN_ABORTED'),
  AUTO_APPROVE: live(NO, NO, 'PLAN_EXPIRED', NO),
  EXPIRE_APPROVAL: live(NO, NO, IDLE, NO),
  PUBLISH_AGAIN: live(NO, NO, NOT_DUE, NO),
  CANCEL_UNSTARTED: [NO, NO, NOT_DUE, NO, NOT_DUE, NOT_DUE, NOT_DUE],
};

const rows = (table: Partial<Record<CommandType, string[]>>) =>
  Object.entries(table).flatMap(([type, answers]) =>
    PLAN_STATUSES.map((status, index) => [type as CommandType, status, answers[index] ?? ''] as const),
  );

describe('the moves of a plan', () => {
  it.each(rows(BEFORE_EXPIRY))('%s of a plan that is %s: %s', (type, status, expected) => {
    expect(inShort(decide(planIn(status), COMMANDS[type], at(60, ben)))).toBe(expected);
  });

  it.each(rows(NOW_EXPIRED))('%s of a plan that is %s, at its expiry: %s', (type, status, expected) => {
    const plan = planIn(status);
    const answer = decide(plan, COMMANDS[type], at(MINUTES_TO_EXPIRY, ben));
    expect(inShort(answer)).toBe(expected);
  });

  it.each(Object.values(COMMANDS).filter(({ type }) => type !== 'CREATE_PLAN'))(
    'a plan that does not exist refuses $type',
    (command) => expect(inShort(decide(undefined, command, at(0)))).toBe('PLAN_NOT_FOUND'),
  );

  it('a plan that does not exist can be created', () => {
    expect(inShort(decide(undefined, COMMANDS.CREATE_PLAN, at(0)))).toBe('PLAN_CREATED');
  });

  it.each<[PlanStatus, PlanStatus[]]>([
    ['DRAFT', ['APPROVED', 'ABORTED', 'EXPIRED']],
    ['APPROVED', ['ACTIVE', 'ABORTED', 'EXPIRED']],
    ['ACTIVE', ['PAUSED', 'COMPLETED', 'ABORTED', 'EXPIRED']],
    ['PAUSED', ['ACTIVE', 'ABORTED', 'EXPIRED']],
    ['COMPLETED', []],
    ['ABORTED', []],
    ['EXPIRED', []],
  ])('lead from %s to %j and nowhere else', (from, to) => {
    expect(PLAN_STATUSES.filter((status) => canMove(from, status))).toEqual(to);
    expect(isTerminal(from)).toBe(to.length === 0);
  });
});
