import { describe, expect, it } from '@jest/globals';
import { ledgerViolations } from '../../../src/domain/ledger/violations.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import { dueAt, nextMove } from '../../../src/domain/plan/next-move.ts';
import type { StepCompensation } from '../../../src/domain/plan/plan.ts';
import {
  approveIntent,
  at,
  ben,
  fail,
  inShort,
  minute,
  newStep,
  start,
  stepOf,
  story,
  succeed,
  type Told,
  then,
  toStatus,
} from '../../support/plan-fixtures.ts';

const THREE_STEPS = { steps: [newStep('s1'), newStep('s2'), newStep('s3')] };
const done = (step_id: string): Told[] => [start(step_id, 3), approveIntent(step_id, 3), succeed(step_id, 4)];
const abort = (compensate?: boolean): Told => [
  { type: 'ABORT_PLAN', reason: 'lost', ...(compensate !== undefined && { compensate }) },
  at(10, ben),
];
const undone = (step_id: string, result: Exclude<StepCompensation, 'PENDING'> = 'COMPLETED'): Told => [
  { type: 'RECORD_COMPENSATION', step_id, attempt: 1, result },
  at(11),
];
/** Two steps are done, the third is being executed, when the plan is aborted. */
const STORY = [...toStatus('ACTIVE', THREE_STEPS), ...done('s1'), ...done('s2')];
const IN_FLIGHT = [...STORY, start('s3', 5), approveIntent('s3', 5)];

describe('a plan that is aborted to be undone', () => {
  const aborted = story([...IN_FLIGHT, abort(true)]).plan;

  it('has the steps undone that are done, the last one first, from now on', () => {
    expect(aborted).toMatchObject({ plan_status: 'ABORTED', compensate: true });
    expect(aborted.steps.map(({ compensation }) => compensation)).toEqual(['PENDING', 'PENDING', undefined]);
    expect(nextMove(aborted, minute(12))).toMatchObject({ kind: 'COMPENSATE', step: { step_id: 's2' } });
    expect(dueAt(aborted, minute(12))).toBe(minute(12));
  });

  it('has nothing left to do when all of them are, and what was in flight is heard of', () => {
    const after = then(aborted, undone('s2'), undone('s1', 'MANUAL'));
    expect(after.steps.map(({ compensation }) => compensation)).toEqual(['MANUAL', 'COMPLETED', undefined]);
    expect(nextMove(after, minute(12))).toMatchObject({ kind: 'REPAIR', step: { step_id: 's3' } });
    const heard = then(after, fail('s3', 12));
    expect(nextMove(heard, minute(12))).toEqual({ kind: 'WAIT', until: undefined });
    expect(dueAt(heard, minute(12))).toBeUndefined();
  });

  it('has a step undone that succeeds after that, and none that fails', () => {
    const late = then(aborted, succeed('s3', 12));
    expect(stepOf(late, 's3')).toMatchObject({ compensation: 'PENDING' });
    const failed: Told = [
      { type: 'APPLY_OUTCOME', step_id: 's3', attempt: 1, outcome: { result: 'FAILED', reason: 'NO' } },
      at(12),
    ];
    expect(stepOf(then(aborted, failed), 's3').compensation).toBeUndefined();
  });

  it('tells its ledger once what became of undoing a step', () => {
    const once = then(aborted, undone('s2', 'FAILED'));
    expect(stepOf(once, 's2').compensation).toBe('FAILED');
    expect(inShort(decide(once, ...undone('s2')))).toBe('nothing');
    const withError: Told = [
      { type: 'RECORD_COMPENSATION', step_id: 's1', attempt: 1, result: 'FAILED', error: 'LOCKED' },
      at(12),
    ];
    expect(decide(aborted, ...withError)).toMatchObject({
      events: [{ data: { plan_id: 'p1', step_id: 's1', attempt: 1, result: 'FAILED', error: 'LOCKED' } }],
    });
  });

  it('knows nothing of another attempt, or another step', () => {
    const of = { type: 'RECORD_COMPENSATION', result: 'COMPLETED' } as const;
    expect(inShort(decide(aborted, { ...of, step_id: 's2', attempt: 2 }, at(12)))).toBe('nothing');
    expect(inShort(decide(aborted, { ...of, step_id: 's9', attempt: 1 }, at(12)))).toBe('STEP_NOT_FOUND');
  });

  it('has a ledger that breaks no rule', () => {
    const { entries } = story([...IN_FLIGHT, abort(true), undone('s2'), succeed('s3', 12), undone('s3')]);
    expect(ledgerViolations(entries)).toEqual([]);
  });
});

describe('a plan that is aborted without that', () => {
  it.each([[undefined], [false]])('has nothing undone (%p)', (compensate) => {
    const aborted = then(story([...IN_FLIGHT, abort(compensate)]).plan, succeed('s3', 12));
    expect(aborted.compensate).toBeUndefined();
    expect(aborted.steps.map(({ compensation }) => compensation)).toEqual([undefined, undefined, undefined]);
    expect(dueAt(aborted, minute(12))).toBeUndefined();
  });
});
