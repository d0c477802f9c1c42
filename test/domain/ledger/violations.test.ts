import { describe, expect, it } from '@jest/globals';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { append, type LedgerEntry } from '../../../src/domain/ledger/plan-ledger.ts';
import {
  ledgerViolations,
  overlappingActivePlans,
  rowViolations,
} from '../../../src/domain/ledger/violations.ts';
import { eventOf } from '../../../src/domain/plan/decision.ts';
import type { PlanEvent } from '../../../src/domain/plan/plan-event.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  editIntent,
  escalateApproval,
  escalationMinute,
  fail,
  MINUTES_TO_EXPIRY,
  NOTHING_IN_THE_WAY,
  postponeCheck,
  requireApproval,
  type Story,
  start,
  story,
  succeed,
  type Told,
  toStatus,
} from '../../support/plan-fixtures.ts';

const S1 = { plan_id: 'p1', step_id: 's1' };
const attempt = (number: number) => ({ ...S1, attempt: number });
const active = story(toStatus('ACTIVE'));
const running = story([start('s1', 3), autoApprove('s1', 4)], active);
const abort: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(20, ben)];

/** The ledger with an event that no decision gave, properly chained: only its meaning is wrong. */
const forged = ({ plan, entries }: Story, event: PlanEvent): LedgerEntry[] => [
  ...entries,
  ...append(plan, [event]).entries,
];
const started = (number: number, step_id = 's1') =>
  eventOf(
    'STEP_STARTED',
    { plan_id: 'p1', step_id, attempt: number, action_type: 'X', action_intent_id: 'i', check_at: at(9).now },
    at(7),
  );
const waiting = story([start('s1', 3), requireApproval('s1', 4)], active);
const edited = story([editIntent(waiting, 's1', 5)], waiting);
const [FIRST, SECOND] = [actionIntentId('p1', 's1', 1), actionIntentId('p1', 's1', 1, 1)];
const carlaApproves: Told = [approveIntent('s1', 6)[0], at(6, { kind: 'human', id: 'carla' })];
const HUMAN = { source: 'HUMAN', check_at: at(9).now } as const;
const editOf = (supersedes: string) =>
  eventOf(
    'STEP_INTENT_EDITED',
    {
      ...{ ...attempt(1), action_intent_id: 'i', supersedes, revision: 2, registry_version: 1 },
      ...{ parameters: {}, edited_fields: [], content_hash: 'h', explanation: 'x' },
    },
    at(8, ben),
  );
/** When three quarters of the time to approve it are over. */
const NEARLY = escalationMinute(3, MINUTES_TO_EXPIRY);
const escalated = eventOf('STEP_APPROVAL_ESCALATED', { ...attempt(1), check_at: at(9).now }, at(8));
const completed = eventOf('STEP_COMPLETED', { ...attempt(1), outcome: 'SUCCEEDED' }, at(8));

describe('the rules of a ledger', () => {
  it.each<[string, Story]>([
    ['goes on', running],
    [
      'retries',
      story([fail('s1', 5), start('s1', 6, 1), approveIntent('s1', 7, 2), succeed('s1', 8, 2)], running),
    ],
    ['is edited, and approved by somebody else', story([carlaApproves], edited)],
    ['is escalated', story([escalateApproval('s1', NEARLY)], waiting)],
    ['ends, and waits for an execution', story([abort, postponeCheck('s1', 21)], running)],
    ['ends, and hears of an outcome later', story([abort, succeed('s1', 21)], running)],
  ])('are kept by a plan that %s', (_what, { entries }) => expect(ledgerViolations(entries)).toEqual([]));

  it('are kept by no entries at all', () => expect(ledgerViolations([])).toEqual([]));

  it.each<[string, LedgerEntry[], string]>([
    [
      'a move that plans may not make',
      forged(story(toStatus('DRAFT')), eventOf('PLAN_ACTIVATED', { plan_id: 'p1', plan_type: 'X' }, at(5))),
      'entry 2 (PLAN_ACTIVATED) moves from DRAFT to ACTIVE',
    ],
    [
      'a change after the end',
      forged(story([abort], active), started(1)),
      'entry 5 (STEP_STARTED) changes a plan that is ABORTED',
    ],
    [
      'a second attempt in flight',
      forged(running, started(2)),
      'entry 6 (STEP_STARTED) starts attempt 2 while attempt 1 is in flight',
    ],
    ['a gap in the attempts', forged(active, started(2)), 'entry 4 (STEP_STARTED) attempt 2 follows 0'],
    [
      'an attempt made twice',
      forged(story([fail('s1', 5)], running), started(1)),
      'entry 7 (STEP_STARTED) attempt 1 follows 1',
    ],
    [
      'a step that is not there',
      forged(active, started(1, 's9')),
      'entry 4 (STEP_STARTED) names step s9, which the plan does not have',
    ],
    [
      'a change of a settled step',
      forged(story([succeed('s1', 5)], running), completed),
      'entry 7 (STEP_COMPLETED) changes step s1, DONE',
    ],
    [
      'a completion that nobody approved',
      forged(story([start('s1', 3)], active), completed),
      'entry 5 (STEP_COMPLETED) completes an attempt that nobody approved',
    ],
    [
      'an approval of an intent that another has taken the place of',
      forged(edited, eventOf('STEP_APPROVED', { ...attempt(1), ...HUMAN, action_intent_id: FIRST }, at(8))),
      `entry 7 (STEP_APPROVED) approves intent ${FIRST} while ${SECOND} is the newest`,
    ],
    [
      'an edit of an intent that is not the newest',
      forged(edited, editOf(FIRST)),
      `entry 7 (STEP_INTENT_EDITED) supersedes ${FIRST}, which is not the newest`,
    ],
    [
      'an edit of what was approved',
      forged(running, editOf(FIRST)),
      'entry 6 (STEP_INTENT_EDITED) edits an attempt that was approved',
    ],
    [
      'an edit of what is not in flight',
      forged(active, editOf(FIRST)),
      `entry 4 (STEP_INTENT_EDITED) supersedes ${FIRST}, which is not the newest`,
    ],
    [
      'an escalation of what nobody is asked to approve',
      forged(running, escalated),
      'entry 6 (STEP_APPROVAL_ESCALATED) escalates what nobody is asked to approve',
    ],
    [
      'an escalation of what is not in flight',
      forged(active, escalated),
      'entry 4 (STEP_APPROVAL_ESCALATED) escalates what nobody is asked to approve',
    ],
    [
      'a second escalation of an attempt',
      forged(story([escalateApproval('s1', NEARLY)], waiting), escalated),
      'entry 7 (STEP_APPROVAL_ESCALATED) escalates an attempt a second time',
    ],
    [
      'an approval of what is not in flight',
      forged(active, eventOf('STEP_APPROVED', { ...attempt(1), ...HUMAN, action_intent_id: FIRST }, at(8))),
      `entry 4 (STEP_APPROVED) approves intent ${FIRST} while undefined is the newest`,
    ],
  ])('are broken by %s', (_what, entries, found) => expect(ledgerViolations(entries)).toEqual([found]));

  it('are broken by a tampering', () => {
    const entries = running.entries.map((entry) =>
      entry.seq === 2 ? { ...entry, tenant_id: 'globex' } : entry,
    );
    expect(ledgerViolations(entries)).toEqual(['entry 2 does not fit its hash']);
  });
});

describe('a stored plan', () => {
  it('is what its ledger tells, or is found out', () => {
    expect(rowViolations(running.plan, running.entries)).toEqual([]);
    expect(rowViolations({ ...running.plan, objective: 'Another' }, running.entries)).toEqual([
      'the plan row is not the fold of its ledger',
    ]);
    expect(rowViolations(running.plan, [])).toEqual(['the plan row is not the fold of its ledger']);
  });
});

describe('two plans of the same account and type', () => {
  const activeFrom = (plan_id: string, minutes: number, more: object = {}): Story =>
    story([
      ...toStatus('APPROVED', { plan_id, ...more }),
      [{ type: 'ACTIVATE_PLAN', facts: NOTHING_IN_THE_WAY }, at(minutes)],
    ]);
  const until = (told: Story, minutes: number): Story =>
    story([[{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(minutes, ben)]], told);
  const overlaps = (...stories: Story[]) => overlappingActivePlans(stories.map(({ entries }) => entries));
  const found = 'plans p1 and p2 of acme/a1/RENEWAL_DEFENSE were ACTIVE at the same time';

  it('are found when they were ACTIVE at the same time, in whatever order they are given', () => {
    expect(overlaps(activeFrom('p1', 2), activeFrom('p2', 9))).toEqual([found]);
    expect(overlaps(activeFrom('p2', 9), until(activeFrom('p1', 2), 10))).toEqual([found]);
  });

  it('may be ACTIVE one after the other', () => {
    expect(overlaps(until(activeFrom('p1', 2), 9), activeFrom('p2', 9))).toEqual([]);
  });

  it('may be ACTIVE one after the other in the same instant, in whatever order they are given', () => {
    const brief = until(activeFrom('p1', 9), 9);
    expect(overlaps(brief, activeFrom('p2', 9))).toEqual([]);
    expect(overlaps(activeFrom('p2', 9), brief)).toEqual([]);
  });

  it('are not found among plans of other tenants or accounts, drafts, or the same plan resumed', () => {
    const resume: Told = [{ type: 'RESUME_PLAN', facts: NOTHING_IN_THE_WAY }, at(12, ben)];
    expect(overlaps(activeFrom('p1', 2), activeFrom('p2', 2, { account_id: 'a2' }))).toEqual([]);
    expect(overlaps(activeFrom('p1', 2), activeFrom('p2', 2, { tenant_id: 'globex' }))).toEqual([]);
    expect(overlaps(activeFrom('p1', 2), story(toStatus('DRAFT', { plan_id: 'p2' })))).toEqual([]);
    expect(overlaps(story([resume], until(activeFrom('p1', 2), 9)))).toEqual([]);
  });
});
