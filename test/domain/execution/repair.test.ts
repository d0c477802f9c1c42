import { describe, expect, it } from '@jest/globals';
import {
  type ActionOutcome,
  actionOutcome,
  type ExecutionAttempt,
  executionAttempt,
} from '../../../src/domain/execution/execution.ts';
import { type InFlightFacts, MAX_PUBLISHED_AGAIN, repairOf } from '../../../src/domain/execution/repair.ts';
import { newActionIntent } from '../../../src/domain/intent/action-intent.ts';
import type { InFlight } from '../../../src/domain/plan/plan.ts';
import { EXPIRY, minute, planIn, stepOf } from '../../support/plan-fixtures.ts';

const plan = planIn('ACTIVE');
const intent = newActionIntent(plan, stepOf(plan, 's1'), 1, minute(3));
const { action_intent_id, tenant_id, account_id, trace_id, plan_id, step_id, attempt } = intent;

const given = { result: 'GIVEN', source: 'POLICY', by: 'policy', at: minute(4) } as const;
const flight = (more: Partial<InFlight> = {}): InFlight => ({
  attempt,
  action_intent_id,
  since: minute(3),
  check_at: minute(9),
  approval: given,
  ...more,
});

const execution = (status: ExecutionAttempt['status']): ExecutionAttempt => ({
  action_intent_id,
  tenant_id,
  account_id,
  status,
  owner: 'arn:aws:states:us-east-1:000000000000:execution:execute-action:x',
  attempt_count: 1,
  started_at: minute(5),
  deadline_at: minute(80),
  updated_at: minute(5),
  trace_id,
});

const outcome: ActionOutcome = {
  action_intent_id,
  tenant_id,
  account_id,
  plan_id,
  step_id,
  attempt,
  status: 'SUCCEEDED',
  external_object_refs: [{ system: 'INTERNAL', object_type: 'note', object_id: 'n1' }],
  attempt_count: 1,
  tool_name: 'internal.create_note',
  tool_run_ref: 'toolrun/t/1/internal.create_note',
  registry_version: 1,
  compensation_status: 'NONE',
  approval_source: 'POLICY',
  auto_executed: true,
  started_at: minute(5),
  completed_at: minute(6),
  trace_id,
};

const facts = (more: Partial<InFlightFacts> = {}): InFlightFacts => ({
  planEnded: false,
  inFlight: flight(),
  intent,
  execution: undefined,
  outcome: undefined,
  ...more,
});
const kindOf = (more: Partial<InFlightFacts>, now = minute(9)): string => repairOf(facts(more), now).kind;

describe('an attempt in flight of which nothing was heard in time', () => {
  it.each<[string, Partial<InFlightFacts>]>([
    ['an execution that succeeded', { execution: execution('SUCCEEDED') }],
    ['an execution that runs', { execution: execution('RUNNING') }],
    ['no execution', {}],
    ['no approval', { inFlight: flight({ approval: { result: 'REQUIRED', reason: 'x' } }) }],
  ])('has its outcome applied when there is one, with %s', (_with, more) => {
    expect(repairOf(facts({ ...more, outcome }), minute(9))).toEqual({ kind: 'APPLY_OUTCOME', outcome });
  });

  it('has its approval escalated when nobody gives one, and expired when nobody gave one in time', () => {
    const inFlight = flight({ approval: { result: 'REQUIRED', reason: 'x' } });
    expect(kindOf({ inFlight })).toBe('ESCALATE_APPROVAL');
    expect(kindOf({ inFlight }, '2026-02-04T08:59:59.999Z')).toBe('ESCALATE_APPROVAL');
    expect(kindOf({ inFlight }, EXPIRY)).toBe('EXPIRE_APPROVAL');
  });

  it.each([
    [undefined, 'PUBLISH_AGAIN'],
    [MAX_PUBLISHED_AGAIN - 1, 'PUBLISH_AGAIN'],
    [MAX_PUBLISHED_AGAIN, 'CANCEL_UNSTARTED'],
  ])('and no execution took it, is after %s publications more: %s', (published_again, expected) => {
    expect(kindOf({ inFlight: flight(published_again ? { published_again } : {}) })).toBe(expected);
  });

  it('is not published again once its intent has lapsed', () => {
    expect(kindOf({}, EXPIRY)).toBe('CANCEL_UNSTARTED');
    expect(kindOf({}, '2026-02-04T08:59:59.999Z')).toBe('PUBLISH_AGAIN');
  });

  it('is waited for until the deadline of the execution that runs', () => {
    expect(repairOf(facts({ execution: execution('RUNNING') }), minute(79))).toEqual({
      kind: 'POSTPONE_CHECK',
      until: minute(80),
    });
  });

  it('is published again when its execution is past its deadline, so that the next one takes over', () => {
    expect(kindOf({ execution: execution('RUNNING') }, minute(80))).toBe('PUBLISH_AGAIN');
  });

  it('has an unknown outcome when its execution is dead and publishing did not help', () => {
    const dead = execution('RUNNING');
    const more = { execution: dead, inFlight: flight({ published_again: MAX_PUBLISHED_AGAIN }) };
    expect(repairOf(facts(more), minute(80))).toEqual({ kind: 'RECORD_UNKNOWN', execution: dead });
    expect(kindOf(more, minute(79))).toBe('POSTPONE_CHECK');
  });

  it.each(['SUCCEEDED', 'FAILED', 'CANCELLED'] as const)(
    'has an unknown outcome when its execution %s and left none',
    (status) => {
      expect(kindOf({ execution: execution(status) }, minute(9))).toBe('RECORD_UNKNOWN');
      expect(kindOf({ execution: execution(status) }, minute(81))).toBe('RECORD_UNKNOWN');
    },
  );
});

describe('an attempt in flight of a plan that has ended', () => {
  const planEnded = true;

  it('is never published again: nothing begins any more', () => {
    expect(kindOf({ planEnded })).toBe('CANCEL_UNSTARTED');
    expect(kindOf({ planEnded, execution: execution('RUNNING') }, minute(80))).toBe('RECORD_UNKNOWN');
  });

  it('is waited for while its execution may still say how it ended', () => {
    expect(kindOf({ planEnded, execution: execution('RUNNING') }, minute(79))).toBe('POSTPONE_CHECK');
  });

  it('has its outcome applied when there is one', () => {
    expect(kindOf({ planEnded, execution: execution('SUCCEEDED'), outcome })).toBe('APPLY_OUTCOME');
  });
});

describe('the rows of an execution', () => {
  it('have their shapes', () => {
    expect(executionAttempt.parse(execution('RUNNING'))).toEqual(execution('RUNNING'));
    expect(actionOutcome.parse(outcome)).toEqual(outcome);
  });

  it.each([
    { status: 'RUNNING' },
    { attempt: 0 },
    { attempt_count: -1 },
    { completed_at: 'now' },
    { colour: 'red' },
  ])('are no outcome with %j', (change) =>
    expect(actionOutcome.safeParse({ ...outcome, ...change }).success).toBe(false),
  );
});
