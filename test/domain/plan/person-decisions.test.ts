import { describe, expect, it } from '@jest/globals';
import type { PlanCommand } from '../../../src/domain/plan/command.ts';
import { decide } from '../../../src/domain/plan/decide.ts';
import type { Actor, Plan } from '../../../src/domain/plan/plan.ts';
import {
  at,
  autoApprove,
  ben,
  fail,
  inShort,
  planIn,
  requireApproval,
  start,
  stepOf,
  succeed,
  then,
} from '../../support/plan-fixtures.ts';

const carla = { kind: 'human', id: 'carla' } as const;
const running = then(planIn('ACTIVE'), start('s1', 3));
const waiting = then(running, requireApproval('s1', 4));

type Said = Partial<Extract<PlanCommand, { type: 'APPROVE_INTENT' }>>;
const says = (type: 'APPROVE_INTENT' | 'REJECT_INTENT', said: Said = {}): PlanCommand =>
  ({ type, step_id: 's1', attempt: 1, content_hash: 'h1', ...said }) as PlanCommand;
const told = (plan: Plan, command: PlanCommand, by: Actor = ben) => decide(plan, command, at(10, by));

describe.each([
  ['APPROVE_INTENT', 'STEP_APPROVED', 'approved'],
  ['REJECT_INTENT', 'STEP_FAILED PLAN_PAUSED', 'rejected'],
] as const)('%s', (type, events, word) => {
  const decided = then(waiting, [says(type), at(9, ben)]);

  it('bears the hash of what it is about', () => {
    expect(told(waiting, says(type)).events[0]?.data).toMatchObject({ content_hash: 'h1' });
    const without = told(waiting, says(type, { content_hash: undefined })).events[0]?.data;
    expect(without).not.toHaveProperty('content_hash');
    expect(stepOf(decided, 's1').last_decision).toMatchObject({
      ...{ attempt: 1, by: 'ben', result: word.toUpperCase(), content_hash: 'h1' },
    });
  });

  it('is carried out when what was shown is what is there', () => {
    expect(inShort(told(waiting, says(type, { shown: 'h1' })))).toBe(events);
  });

  it('takes the first twelve characters of a hash for all of it, and fewer for none', () => {
    const content_hash = '0123456789abcdef';
    const by = (characters: number) =>
      inShort(told(waiting, says(type, { content_hash, shown: content_hash.slice(0, characters) })));
    expect([by(12), by(11)]).toEqual([events, 'CONTENT_CHANGED']);
    const other = says(type, { content_hash, shown: '0123456789ac' });
    expect(inShort(told(waiting, other))).toBe('CONTENT_CHANGED');
  });

  it('is refused when what is there is not what was shown', () => {
    expect(told(waiting, says(type, { shown: 'h0' }))).toMatchObject({
      code: 'CONTENT_CHANGED',
      message: 'what is to be done by step s1 of plan p1 is not what was shown (h0) but h1',
    });
    expect(told(waiting, says(type, { attempt: 2 }))).toMatchObject({
      code: 'CONTENT_CHANGED',
      message: 'attempt 1 of step s1 of plan p1 is waiting for an approval, not attempt 2',
    });
  });

  it.each([says(type), says(type, { shown: 'h1' })])(
    'by the same person again changes nothing',
    (command) => {
      expect(told(decided, command)).toEqual({ ok: true, events: [] });
    },
  );

  it('by somebody else afterwards is refused, and says who was first', () => {
    expect(told({ ...decided, plan_status: 'ACTIVE' }, says(type), carla)).toMatchObject({
      code: 'NOT_WAITING_FOR_APPROVAL',
      message: `attempt 1 of step s1 of plan p1 is not waiting for an approval: ben has ${word} it`,
    });
  });

  it('of something else than before is refused, even to the same person', () => {
    const again = told({ ...decided, plan_status: 'ACTIVE' }, says(type, { shown: 'h0' }));
    expect(inShort(again)).toBe('NOT_WAITING_FOR_APPROVAL');
  });

  it('is not repeated by the opposite', () => {
    const opposite = type === 'APPROVE_INTENT' ? 'REJECT_INTENT' : 'APPROVE_INTENT';
    const again = told({ ...decided, plan_status: 'ACTIVE' }, says(opposite));
    expect(again).toMatchObject({ message: expect.stringContaining(`ben has ${word} it`) });
  });

  it('of what the policy has approved is refused, and says so', () => {
    const byPolicy = then(running, autoApprove('s1', 4));
    expect(told(byPolicy, says(type))).toMatchObject({
      message: expect.stringContaining(': AutoApprovalPolicyV1 has approved it'),
    });
  });
});

describe('a click that comes late', () => {
  const approved = then(waiting, [says('APPROVE_INTENT'), at(9, ben)]);

  it.each([
    ['has succeeded', then(approved, succeed('s1', 10))],
    ['has failed', then(approved, fail('s1', 10))],
  ])('finds its approval done when the attempt %s', (_how, plan) => {
    expect(told(plan, says('APPROVE_INTENT'))).toEqual({ ok: true, events: [] });
  });

  it('does not approve the attempt after that', () => {
    const retried = then(approved, fail('s1', 10), start('s1', 20, 1), requireApproval('s1', 21, 2));
    expect(decide(retried, says('APPROVE_INTENT'), at(22, ben))).toEqual({ ok: true, events: [] });
    expect(inShort(decide(retried, says('APPROVE_INTENT'), at(22, carla)))).toBe('CONTENT_CHANGED');
    expect(inShort(decide(retried, says('APPROVE_INTENT', { attempt: 2 }), at(22, ben)))).toBe(
      'STEP_APPROVED',
    );
  });
});
