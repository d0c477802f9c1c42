import { describe, expect, it } from '@jest/globals';
import { contentHash } from '../../../src/domain/plan/content-hash.ts';
import type { Plan, PlanStep } from '../../../src/domain/plan/plan.ts';
import { autoApprove, planIn, start, succeed, then } from '../../support/plan-fixtures.ts';

const plan = planIn('DRAFT', { constraints: { tone: 'friendly', budget: { max: 3, min: 1 } } });
const withStep = (change: Partial<PlanStep>): Partial<Plan> => ({
  steps: plan.steps.map((step, index) => (index === 0 ? { ...step, ...change } : step)),
});
const hashOf = (change: Partial<Plan>): string => contentHash({ ...plan, ...change });

describe('the content hash of a plan', () => {
  it.each<[string, Partial<Plan>]>([
    ['objective', { objective: 'Another' }],
    ['constraints', { constraints: { tone: 'friendly', budget: { max: 4, min: 1 } } }],
    ['number of steps', { steps: plan.steps.slice(1) }],
    ['order of steps', { steps: [...plan.steps].reverse() }],
    ['id of a step', withStep({ step_id: 's9' })],
    ['action of a step', withStep({ action_type: 'ESCALATE_SUPPORT_RISK' })],
    ['sequence of a step', withStep({ sequence: 7 })],
    ['dependencies of a step', withStep({ dependencies: ['s2'] })],
    ['constraints of a step', withStep({ constraints: { depth: 'deep' } })],
  ])('changes with the %s', (_what, change) => expect(hashOf(change)).not.toBe(contentHash(plan)));

  it.each<[string, Partial<Plan>]>([
    ['status of the plan', { plan_status: 'PAUSED', pause_reason: 'holiday' }],
    [
      'status of a step',
      withStep({ status: 'FAILED', last_attempt: 2, failure_reason: 'x', granted_attempts: 1 }),
    ],
    ['version', { version: 9, head_hash: 'x' }],
    ['order of keys', { constraints: { budget: { min: 1, max: 3 }, tone: 'friendly' } }],
  ])('does not change with the %s', (_what, change) => expect(hashOf(change)).toBe(contentHash(plan)));

  it('is the same for all of a plan’s life', () => {
    const lived = then(planIn('ACTIVE'), start('s1', 3), autoApprove('s1', 4), succeed('s1', 5));
    expect(contentHash(lived)).toBe(lived.content_hash);
  });
});
