import { describe, expect, it } from '@jest/globals';
import { executionStatusAnswer } from '../../../src/contracts/execution-status.ts';
import type { ActionOutcome, ExecutionAttempt } from '../../../src/domain/execution/execution.ts';
import {
  attemptSummary,
  type ExecutionFacts,
  executionStatus,
} from '../../../src/domain/execution/execution-status.ts';
import { newIntent } from '../../support/intents.ts';
import { newOutcome } from '../../support/outcomes.ts';
import { EXPIRY, minute, START } from '../../support/plan-fixtures.ts';

const APPROVED = newIntent({
  ...{ status: 'APPROVED', approval_source: 'HUMAN', approval_timestamp: minute(4) },
});
const ID = APPROVED.action_intent_id;
const REPLAY = { reason: 'the CRM lost it', requested_by: 'ben' };

const newAttempt = (more: Partial<ExecutionAttempt> = {}): ExecutionAttempt => ({
  ...{ action_intent_id: ID, tenant_id: 'acme', account_id: 'a1', status: 'RUNNING', owner: 'one' },
  ...{ attempt_count: 1, started_at: minute(5), deadline_at: minute(80), updated_at: minute(5) },
  trace_id: ID,
  ...more,
});

const replayed = (more: Partial<ActionOutcome> = {}): ActionOutcome =>
  newOutcome({
    ...{ replay: REPLAY, attempt_count: 2, started_at: minute(90), completed_at: minute(91) },
    ...more,
  });

/** Where it stands, in the shape that is promised to whoever asks. */
const statusOf = (facts: Partial<ExecutionFacts>) => {
  const status = executionStatus({ outcomes: [], now: minute(10), ...facts });
  return status && executionStatusAnswer.parse(status);
};

describe('an intent that nobody has executed', () => {
  it('is PENDING and waits for an approval until it lapses', () => {
    expect(statusOf({ intent: newIntent() })).toEqual({
      ...{ action_intent_id: ID, status: 'PENDING', outcomes: [] },
      waits_for: {
        ...{ code: 'APPROVAL', since: START, until: EXPIRY },
        explanation: 'the policy or a person has to approve it before it lapses',
      },
    });
  });

  it.each([
    ['at the instant at which', EXPIRY],
    ['after the instant at which', minute(60 * 24 * 60)],
  ])('is EXPIRED %s it lapses without an approval', (_, now) => {
    expect(statusOf({ intent: newIntent(), now })).toEqual({
      ...{ action_intent_id: ID, status: 'EXPIRED', outcomes: [] },
    });
  });

  it('is PENDING and waits for its start since it was approved', () => {
    expect(statusOf({ intent: APPROVED })).toMatchObject({
      status: 'PENDING',
      waits_for: { code: 'START', since: minute(4), until: EXPIRY },
    });
  });

  it('waits for its start since it was made when nothing says when it was approved', () => {
    const { approval_timestamp: _, ...intent } = APPROVED;
    expect(statusOf({ intent })?.waits_for?.since).toBe(START);
  });

  it('says that it lapsed when it was approved and nothing took it up, and waits for the cycle', () => {
    const waits_for = {
      ...{ code: 'START', since: minute(4) },
      explanation: `it lapsed at ${EXPIRY} before an execution took it up; the plan cycle will close it`,
    };
    expect(statusOf({ intent: APPROVED, now: EXPIRY })).toMatchObject({ status: 'PENDING', waits_for });
    expect(statusOf({ intent: APPROVED, now: EXPIRY })?.waits_for?.until).toBeUndefined();
  });

  it.each([
    ['REJECTED', 'CANCELLED'],
    ['CANCELLED', 'CANCELLED'],
    ['EXPIRED', 'EXPIRED'],
  ] as const)('that is %s is %s, and waits for nothing', (status, expected) => {
    expect(statusOf({ intent: newIntent({ status }) })).toEqual({
      ...{ action_intent_id: ID, status: expected, outcomes: [] },
    });
  });
});

describe('an execution that runs', () => {
  it('waits for its tool until its deadline', () => {
    expect(statusOf({ intent: APPROVED, attempt: newAttempt() })).toEqual({
      ...{ action_intent_id: ID, status: 'RUNNING', started_at: minute(5), attempt_count: 1, outcomes: [] },
      waits_for: {
        ...{ code: 'TOOL', since: minute(5), until: minute(80) },
        explanation: 'the execution calls its tool and records what comes of it',
      },
    });
  });

  it('is left to the plan cycle past its deadline', () => {
    const status = statusOf({ attempt: newAttempt(), now: minute(80) });
    expect(status).toMatchObject({ status: 'RUNNING', waits_for: { code: 'TOOL' } });
    expect(status?.waits_for?.explanation).toMatch(/the plan cycle will take it up$/);
    expect(status?.waits_for?.until).toBeUndefined();
  });

  it('goes on when its intent is cancelled meanwhile', () => {
    const intent = newIntent({ status: 'CANCELLED' });
    expect(statusOf({ intent, attempt: newAttempt() })?.status).toBe('RUNNING');
  });

  it('has ended when its outcome was written after its attempt was read', () => {
    expect(statusOf({ attempt: newAttempt(), outcomes: [newOutcome()] })?.status).toBe('SUCCEEDED');
  });
});

describe('an execution that has ended', () => {
  const attempt = newAttempt({ status: 'SUCCEEDED', updated_at: minute(6) });

  it('is what its outcome says', () => {
    const told = {
      ...{ started_at: minute(5), completed_at: minute(6), attempt_count: 1, compensation_status: 'NONE' },
      external_object_refs: [{ system: 'INTERNAL', object_type: 'Note', object_id: 'n1' }],
    };
    expect(statusOf({ intent: APPROVED, attempt, outcomes: [newOutcome()] })).toEqual({
      ...{ action_intent_id: ID, status: 'SUCCEEDED', ...told },
      outcomes: [{ status: 'SUCCEEDED', ...told }],
    });
  });

  it('tells its error, and whether what was done was undone', () => {
    const failed: Partial<ActionOutcome> = {
      ...{ status: 'FAILED', error_code: 'CRM_REFUSED', error_class: 'VALIDATION', error_message: 'no' },
      ...{ compensation_status: 'FAILED', compensation_error: 'gone' },
    };
    const status = statusOf({ outcomes: [newOutcome(failed)] });
    expect(status).toMatchObject({ ...failed, outcomes: [failed] });
    expect(status?.waits_for).toBeUndefined();
  });

  it('is UNKNOWN and waits for a person when nobody can tell what was done', () => {
    const outcome = newOutcome({ status: 'FAILED', error_code: 'OUTCOME_UNKNOWN', error_class: 'TIMEOUT' });
    const explanation = 'nobody can tell whether the action took effect; a person has to find out';
    expect(statusOf({ outcomes: [outcome] })).toMatchObject({
      ...{ status: 'UNKNOWN', error_code: 'OUTCOME_UNKNOWN', outcomes: [{ status: 'UNKNOWN' }] },
      waits_for: { code: 'PERSON', since: minute(6), explanation },
    });
  });

  it.each(['SUCCEEDED', 'FAILED', 'CANCELLED'] as const)(
    'is %s by its attempt when no outcome is known',
    (status) => {
      expect(statusOf({ attempt: newAttempt({ status, updated_at: minute(6) }) })).toEqual({
        ...{ action_intent_id: ID, status, started_at: minute(5), completed_at: minute(6) },
        ...{ attempt_count: 1, outcomes: [] },
      });
    },
  );
});

describe('a replay', () => {
  const first = newOutcome({ status: 'FAILED', error_code: 'CRM_REFUSED', error_class: 'VALIDATION' });
  const running = newAttempt({
    ...{ attempt_count: 2, replay: REPLAY, started_at: minute(90), deadline_at: minute(165) },
  });

  it('runs although an earlier outcome stands', () => {
    const status = statusOf({ attempt: running, outcomes: [first], now: minute(91) });
    expect(status).toMatchObject({
      ...{ status: 'RUNNING', attempt_count: 2, waits_for: { code: 'TOOL', until: minute(165) } },
      outcomes: [{ status: 'FAILED', error_code: 'CRM_REFUSED' }],
    });
    expect(status?.error_code).toBeUndefined();
  });

  it('has the last word when it has ended, whatever came before', () => {
    const attempt = { ...running, status: 'SUCCEEDED' as const };
    const status = statusOf({ attempt, outcomes: [first, replayed()] });
    expect(status).toMatchObject({
      ...{ status: 'SUCCEEDED', attempt_count: 2, completed_at: minute(91) },
      outcomes: [{ status: 'FAILED' }, { status: 'SUCCEEDED', replay: REPLAY }],
    });
    expect(status?.error_code).toBeUndefined();
  });

  it('waits for a person past its deadline, since no cycle looks after it', () => {
    const status = statusOf({ attempt: running, outcomes: [first], now: minute(165) });
    expect(status).toMatchObject({ status: 'RUNNING', waits_for: { code: 'PERSON', since: minute(90) } });
    expect(status?.waits_for?.explanation).toMatch(/no cycle takes up a replay/);
  });
});

it('stands nowhere when there is neither intent nor attempt nor outcome', () => {
  expect(statusOf({})).toBeUndefined();
});

it('is summed up without the outcomes of its executions', () => {
  const attempt = newAttempt({ status: 'SUCCEEDED' });
  expect(attemptSummary(attempt, newOutcome(), minute(10))).toMatchObject({ status: 'SUCCEEDED' });
  expect(attemptSummary(attempt, newOutcome(), minute(10))).not.toHaveProperty('outcomes');
});
