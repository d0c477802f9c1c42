import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { checkNewPlan, MAX_PLAN_BYTES, newPlanFields } from '../../src/contracts/new-plan.ts';

const newPlan = z.strictObject(newPlanFields).superRefine((plan, context) => {
  checkNewPlan(plan, (path, message) => context.addIssue({ code: 'custom', path, message }));
});

const step = (step_id: string, ...dependencies: string[]) => ({
  ...{ step_id, dependencies },
  action_type: 'PREP_RENEWAL_BRIEF',
});

const plan = (more: object = {}) => ({
  ...{
    plan_id: 'p1',
    plan_type: 'RENEWAL_DEFENSE',
    tenant_id: 'acme',
    account_id: 'a1',
    objective: 'Keep them',
  },
  steps: [step('s1'), step('s2', 's1')],
  ...more,
});

const issuesOf = (value: object): string[] =>
  newPlan.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

/** So many bytes as JSON, every character of the filling being one that takes two. */
const ofBytes = (bytes: number) => {
  const empty = Buffer.byteLength(JSON.stringify(newPlan.parse(plan({ constraints: { note: '' } }))));
  const length = bytes - empty;
  return plan({ constraints: { note: 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2) } });
};

describe('a new plan', () => {
  test.each<[what: string, plan: object]>([
    ['with steps that build on each other', plan()],
    ['without steps', plan({ steps: [] })],
    ['with an expiry at any offset', plan({ expires_at: '2026-01-05T10:00:00+01:00' })],
    ['with as many bytes as it may have', ofBytes(MAX_PLAN_BYTES)],
  ])('%s is taken', (_what, value) => expect(issuesOf(value)).toEqual([]));

  test('has its expiry written in UTC, and dependencies in every step', () => {
    const { dependencies: _, ...bare } = step('s1');
    const parsed = newPlan.parse(plan({ expires_at: '2026-01-05T10:00:00+01:00', steps: [bare] }));
    expect(parsed.expires_at).toBe('2026-01-05T09:00:00.000Z');
    expect(parsed.steps[0]?.dependencies).toEqual([]);
  });

  test.each<[what: string, plan: object, issues: string[]]>([
    [
      'a step id twice',
      plan({ steps: [step('s1'), step('s1')] }),
      ['steps.1.step_id: is used twice in this plan'],
    ],
    [
      'a dependency that is no step',
      plan({ steps: [step('s1'), step('s2', 's1', 's9')] }),
      ['steps.1.dependencies.1: is no step of this plan'],
    ],
    [
      'a step that depends on itself',
      plan({ steps: [step('s1', 's1')] }),
      ['steps.0.dependencies: form a cycle'],
    ],
    [
      'steps in a cycle, and not those that only lead to it',
      plan({ steps: [step('s1', 's3'), step('s2', 's1'), step('s3', 's2'), step('s4', 's1'), step('s5')] }),
      [0, 1, 2].map((index) => `steps.${index}.dependencies: form a cycle`),
    ],
    [
      'an unknown plan type',
      plan({ plan_type: 'GROWTH' }),
      ['plan_type: is no plan type; there is RENEWAL_DEFENSE'],
    ],
    [
      'a byte too many',
      ofBytes(MAX_PLAN_BYTES + 1),
      [`: has ${MAX_PLAN_BYTES + 1} bytes; a plan may have ${MAX_PLAN_BYTES}`],
    ],
  ])('with %s is refused', (_what, value, issues) => expect(issuesOf(value)).toEqual(issues));

  test('with an unknown action type is refused, and told which there are', () => {
    const steps = [{ ...step('s1'), action_type: 'toString' }];
    expect(issuesOf(plan({ steps }))).toEqual([
      expect.stringMatching(
        /^steps\.0\.action_type: is no action type of RENEWAL_DEFENSE; there are .*PREP_RENEWAL_BRIEF/,
      ),
    ]);
  });

  test('with more steps than a plan may have is refused', () => {
    const steps = Array.from({ length: 51 }, (_, index) => step(`s${index}`));
    expect(issuesOf(plan({ steps }))).toHaveLength(1);
    expect(issuesOf(plan({ steps: steps.slice(1) }))).toEqual([]);
  });
});
