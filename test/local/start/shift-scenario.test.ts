import { expect, test } from '@jest/globals';
import { parseScenario } from '../../../src/local/scenario/scenario.ts';
import { shiftScenario } from '../../../src/local/start/shift-scenario.ts';

const DAY_MS = 86_400_000;
const step = { step_id: 's1', action_type: 'PREP_RENEWAL_BRIEF' };
const plan = {
  ...{ tenant_id: 'acme', account_id: 'a1', plan_type: 'RENEWAL_DEFENSE', objective: 'Keep them' },
  steps: [step],
};

test('a scenario is moved with all its instants, and nothing else of it changes', () => {
  const scenario = parseScenario({
    ...{ start: '2026-01-05T09:00:00Z', until: '2026-02-05T09:00:00Z', tenants: [{ tenantId: 'acme' }] },
    plans: [
      { plan_id: 'dated', expires_at: '2026-01-20T09:00:00Z', ...plan },
      { plan_id: 'undated', ...plan },
    ],
    commands: [{ at: '2026-01-06T09:00:00Z', do: 'pause', plan_id: 'dated' }],
  });
  const moved = shiftScenario(scenario, 2 * DAY_MS);
  expect(moved.start).toBe('2026-01-07T09:00:00.000Z');
  expect(moved.until).toBe('2026-02-07T09:00:00.000Z');
  expect(moved.plans[0]?.expires_at).toBe('2026-01-22T09:00:00.000Z');
  expect(moved.plans[1]).not.toHaveProperty('expires_at');
  expect(moved.commands[0]?.at).toBe('2026-01-08T09:00:00.000Z');
  expect(shiftScenario(moved, -2 * DAY_MS)).toEqual(scenario);
});
