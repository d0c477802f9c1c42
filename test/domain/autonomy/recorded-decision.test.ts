import { describe, expect, it } from '@jest/globals';
import { type RecordedDecision, recordedDecisions } from '../../../src/domain/autonomy/recorded-decision.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  blockApproval,
  cancelUnstarted,
  expireApproval,
  fail,
  loseTrack,
  MEETING_FIRST,
  minute,
  newStep,
  policy,
  requireApproval,
  start,
  story,
  succeed,
  type Told,
  toStatus,
  WEEK_MINUTES,
} from '../../support/plan-fixtures.ts';

const BUDGET = { day: '2026-01-05', counters: [{ level: 'ACCOUNT' as const, max: 3 }] };
const said = { policy_version: 'v1', policy_clause: 'AUTO_EXECUTE_ALLOWED', explanation: 'fine' };
const spend: Told = [
  { type: 'AUTO_APPROVE', step_id: 's1', attempt: 1, ...said, budget: BUDGET },
  at(4, policy),
];
const failIdly: Told = [
  {
    type: 'APPLY_OUTCOME',
    step_id: 's1',
    attempt: 1,
    outcome: { result: 'FAILED', reason: 'NO_ROUTE', nothing_done: true },
  },
  at(6),
];
const replayed: Told = [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'SUCCEEDED' }, replay: true },
  at(9),
];
const reject: Told = [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1, reason: 'too early' }, at(5, ben)];
const skip: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'done by hand' }, at(5, ben)];
const skipOutcome: Told = [
  { type: 'APPLY_OUTCOME', step_id: 's1', attempt: 1, outcome: { result: 'SKIPPED', reason: 'no need' } },
  at(6),
];
const abort = (minutes: number): Told => [{ type: 'ABORT_PLAN', reason: 'lost' }, at(minutes, ben)];

const decisions = (told: readonly Told[], zone?: string): RecordedDecision[] =>
  recordedDecisions(story([...toStatus('ACTIVE'), start('s1', 3), ...told]).entries, zone);
const only = (told: readonly Told[]): RecordedDecision => {
  const [one, ...more] = decisions(told);
  if (!one || more.length > 0) throw new Error(`${more.length} more decisions`);
  return one;
};
const endOf = (told: readonly Told[]): string | undefined => only(told).end?.result;

describe('a decision of the gate is told by the ledger', () => {
  it('as an approval, with what it took', () => {
    expect(only([spend])).toEqual({
      ...{ tenant_id: 'acme', account_id: 'a1', plan_id: 'p1', step_id: 's1', attempt: 1 },
      ...{ action_type: 'PREP_RENEWAL_BRIEF', risk_estimate: undefined, confidence_score: undefined },
      ...{ at: minute(4), day: '2026-01-05', spend: BUDGET, source: 'POLICY' },
      was: {
        ...{ result: 'AUTO_EXECUTED', reason: null },
        ...{ policy_clause: 'AUTO_EXECUTE_ALLOWED', explanation: 'fine' },
      },
      ...{ person: undefined, end: undefined, given_back_at: undefined },
    });
  });

  it('with what the proposal said of the step', () => {
    const steps = [newStep('s1', { risk_estimate: 'LOW', confidence_score: 0.6 })];
    const { entries } = story([...toStatus('ACTIVE', { steps }), start('s1', 3), requireApproval('s1', 4)]);
    expect(recordedDecisions(entries)).toMatchObject([{ risk_estimate: 'LOW', confidence_score: 0.6 }]);
  });

  it('on a day of the time zone of its tenant', () => {
    const days = (zone?: string) => decisions([requireApproval('s1', 15 * 60)], zone).map(({ day }) => day);
    expect([days(), days('Europe/Berlin')]).toEqual([['2026-01-06'], ['2026-01-06']]);
    expect(decisions([requireApproval('s1', 15 * 60 - 1)]).map(({ day }) => day)).toEqual(['2026-01-05']);
    expect(decisions([requireApproval('s1', 15 * 60 - 1)], 'Europe/Berlin')[0]?.day).toBe('2026-01-06');
  });

  it('as its last word, when it was blocked first', () => {
    expect(only([blockApproval('s1', 4), blockApproval('s1', 9, 'ACTION_TYPE_DISABLED')])).toMatchObject({
      ...{ at: minute(9), was: { result: 'BLOCKED', reason: 'ACTION_TYPE_DISABLED' } },
    });
    expect(only([blockApproval('s1', 4), autoApprove('s1', 9)])).toMatchObject({
      ...{ at: minute(9), was: { result: 'AUTO_EXECUTED', policy_clause: null } },
    });
  });

  it('once for each attempt', () => {
    const told = [autoApprove('s1', 4), fail('s1', 5), start('s1', 9, 1), requireApproval('s1', 10, 2)];
    expect(decisions(told).map(({ attempt, was }) => [attempt, was.result])).toEqual([
      [1, 'AUTO_EXECUTED'],
      [2, 'REQUIRE_APPROVAL'],
    ]);
  });

  it('not at all while the gate has said nothing, or when a person approved before it did', () => {
    expect(decisions([])).toEqual([]);
    expect(decisions([approveIntent('s1', 4), succeed('s1', 5)])).toEqual([]);
    expect(recordedDecisions([])).toEqual([]);
  });
});

describe('what people made of it', () => {
  it('is that they approved it', () => {
    expect(only([requireApproval('s1', 4), approveIntent('s1', 5), succeed('s1', 6)])).toMatchObject({
      ...{ at: minute(4), source: 'HUMAN', was: { result: 'REQUIRE_APPROVAL', reason: 'TENANT_POLICY' } },
      person: { did: 'APPROVED', by: 'ben', at: minute(5), reason: null },
      end: { result: 'SUCCEEDED', at: minute(6) },
    });
  });

  it('is that they rejected it, and why', () => {
    const rejected = only([requireApproval('s1', 4), reject]);
    expect(rejected).toMatchObject({
      person: { did: 'REJECTED', by: 'ben', at: minute(5), reason: 'too early' },
      end: { result: 'REJECTED' },
    });
    expect([rejected.source, rejected.given_back_at]).toEqual([undefined, undefined]);
  });

  it('is that they skipped it', () => {
    expect(only([requireApproval('s1', 4), skip])).toMatchObject({
      ...{ person: { did: 'SKIPPED', by: 'ben', reason: 'done by hand' }, end: { result: 'SKIPPED' } },
    });
  });
});

describe('how it ended', () => {
  const ran = [requireApproval('s1', 4), approveIntent('s1', 5)];

  it.each<[string, Told[], string | undefined]>([
    ['while it waits', [requireApproval('s1', 4)], undefined],
    ['when it fails', [...ran, fail('s1', 6)], 'FAILED'],
    ['when nobody can say', [...ran, loseTrack('s1', 6)], 'FAILED'],
    ['when its outcome is to skip it', [...ran, skipOutcome], 'SKIPPED'],
    ['when it fails and its replay does not', [...ran, fail('s1', 6), replayed], 'SUCCEEDED'],
    ['when no execution takes it', [...ran, cancelUnstarted('s1', 60 * 24)], 'NOT_STARTED'],
    ['when its plan ends before it is approved', [requireApproval('s1', 4), abort(5)], 'PLAN_ENDED'],
    ['when its plan ends while it runs', [...ran, abort(6)], undefined],
    ['when it succeeds after the end', [...ran, abort(6), succeed('s1', 7)], 'SUCCEEDED'],
    ['when it fails after the end', [...ran, abort(6), fail('s1', 7)], 'FAILED'],
    [
      'when no execution takes it after the end',
      [...ran, abort(6), cancelUnstarted('s1', 9999)],
      'NOT_STARTED',
    ],
    ['when it had ended before its plan', [...ran, fail('s1', 6), abort(7)], 'FAILED'],
  ])('%s', (_when, told, expected) => expect(endOf(told)).toBe(expected));

  it('by itself, when nobody approves it in time', () => {
    const told = [start('s1', 3), requireApproval('s1', 4), expireApproval('s1', 3 + WEEK_MINUTES)];
    const { entries } = story([...toStatus('ACTIVE', { steps: MEETING_FIRST }), ...told]);
    expect(recordedDecisions(entries)).toMatchObject([
      { end: { result: 'LAPSED', reason: 'approval_expired' }, given_back_at: undefined },
    ]);
  });
});

describe('what it took', () => {
  it.each<[string, Told[], string | undefined]>([
    ['is given back when it certainly did nothing', [spend, failIdly], minute(6)],
    ['is given back when it never started', [spend, cancelUnstarted('s1', 60)], minute(60)],
    ['is given back when it did nothing after the end', [spend, abort(5), failIdly], minute(6)],
    ['is not given back when it failed', [spend, fail('s1', 6)], undefined],
    ['stays given back when a replay succeeds', [spend, failIdly, replayed], minute(6)],
    [
      'would be given back too had it been automatic',
      [requireApproval('s1', 4), approveIntent('s1', 5), failIdly],
      minute(6),
    ],
  ])('%s', (_what, told, expected) => expect(only(told).given_back_at).toBe(expected));
});
