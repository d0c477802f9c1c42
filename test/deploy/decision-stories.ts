import { expect } from '@jest/globals';
import { createPlan } from '../../src/application/create-plan.ts';
import { decisionPlanId } from '../../src/domain/decision/trigger-hash.ts';
import { SCOPE } from '../support/intents.ts';
import { minute, newPlan } from '../support/plan-fixtures.ts';
import type { Story } from './story.ts';

const trigger = (idempotency_key: string, more = {}) => ({
  detail: { ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key, ...more },
});

/** What the function that decides on triggers does. */
export const DECISION_STORIES: Readonly<Record<string, Story>> = {
  'a trigger makes a plan, its repeat is a duplicate, and the next one waits until it may run': async ({
    call,
    clock,
  }) => {
    const first = await call('decisionCostGate', trigger('k1'));
    expect(first).toMatchObject({ result: 'ALLOW', decision: { proposed: true } });
    expect(await call('decisionCostGate', trigger('k1'))).toMatchObject({ reason: 'DUPLICATE' });
    expect(await call('decisionCostGate', trigger('k2'))).toMatchObject({ result: 'DEFER' });
    clock.set(minute(5));
    expect(await call('decisionCostGate', trigger('k2', { deferred_times: 1 }))).toMatchObject({
      result: 'ALLOW',
    });
  },
  'a trigger finds the id of its plan taken': async ({ call, people }) => {
    const of = trigger('k1').detail;
    const foreign = newPlan({ plan_id: decisionPlanId(of), account_id: 'a2' });
    await createPlan(people, { plan: foreign, by: 'ana', trigger: 'test' });
    expect(await call('decisionCostGate', { detail: of })).toMatchObject({ decision: { proposed: false } });
  },
};
