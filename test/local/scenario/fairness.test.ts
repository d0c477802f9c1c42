import { describe, expect, test } from '@jest/globals';
import { play } from './play-scenario.ts';
import { command, DAY, fateOf, meeting, minute, plan, scenario, story } from './small-scenarios.ts';

const tenants = ['acme', 'globex'].map((tenantId) => ({ tenantId }));

describe('plans that get in each other’s way', () => {
  test('of the same account and type run one after the other; the rejection is in the ledger once', async () => {
    const account_id = 'shared';
    const report = await play(
      scenario([
        plan('first', { account_id, plan_status: 'ACTIVE', steps: [meeting('s1')], expires_at: minute(120) }),
        plan('second', { account_id }),
        plan('elsewhere'),
      ]),
    );
    expect(fateOf(report, 'first')).toEqual(['EXPIRED', 's1 PENDING_APPROVAL 1']);
    expect(story(report, 'second')).toEqual([
      '0 PLAN_ACTIVATION_REJECTED',
      '135 PLAN_ACTIVATED',
      '135 STEP_STARTED s1 1',
      '135 STEP_APPROVED s1 1 POLICY',
      '140 STEP_COMPLETED s1 1 SUCCEEDED',
      '140 PLAN_COMPLETED all_steps_done',
    ]);
    expect(story(report, 'elsewhere')[0]).toBe('0 PLAN_ACTIVATED');
    expect(report.ledger.second?.[2]?.data).toMatchObject({
      caller: 'orchestrator',
      conflicting_plan_ids: ['first'],
      reasons: [{ code: 'CONFLICT_ACTIVE_PLAN', subject: 'first' }],
    });
  });

  test('of the same account and type are not resumed while another runs; the refusal says which', async () => {
    const shared = { account_id: 'shared', steps: [meeting('s1')], expires_at: minute(120) };
    const report = await play(
      scenario([plan('first', { ...shared, plan_status: 'ACTIVE' }), plan('second', shared)], {
        commands: [command(10, 'pause', 'first'), command(40, 'resume', 'first')],
      }),
    );
    expect(story(report, 'second')[1]).toBe('15 PLAN_ACTIVATED');
    expect(report.refused).toMatchObject([
      { do: 'resume', plan_id: 'first', code: 'POLICY', at: minute(40), by: 'cleo' },
    ]);
    expect(report.refused[0]?.reasons).toMatchObject([{ code: 'CONFLICT_ACTIVE_PLAN', subject: 'second' }]);
  });
});

describe('a cycle', () => {
  test('does no more than K of each kind a tenant, and serves every plan in the end', async () => {
    const k = 3;
    const plans = tenants.flatMap(({ tenantId }) =>
      Array.from({ length: 2 * k + 1 }, (_, index) =>
        plan(`${tenantId}-${index}`, { tenant_id: tenantId, plan_status: index % 2 ? 'APPROVED' : 'ACTIVE' }),
      ),
    );
    const autonomy = plans.map(({ tenant_id, account_id }) => ({
      ...{ tenant_id, account_id, allowlist: ['PREP_RENEWAL_BRIEF'] },
      ...{ modes: { DEFAULT: 'AUTO_EXECUTE' }, budget: { max_autonomous_per_day: 9 } },
    }));
    const report = await play(scenario(plans, { tenants, autonomy, max_plans_per_run: k }));
    for (const { activated, stepsStarted } of report.cycles) {
      expect(activated).toBeLessThanOrEqual(tenants.length * k);
      expect(stepsStarted).toBeLessThanOrEqual(tenants.length * k);
    }
    expect(report.cycles[0]).toMatchObject({ tenants: 2, activated: 2 * k, stepsStarted: 2 * k });
    expect(new Set(report.plans.map(({ plan_status }) => plan_status))).toEqual(new Set(['COMPLETED']));
    expect(report.cycles.length).toBeLessThanOrEqual(6);
  });

  test('does not let plans that are blocked starve the others', async () => {
    const shared = { account_id: 'shared', steps: [meeting('s1')], expires_at: minute(DAY) };
    const blocked = ['a', 'b', 'c', 'd'].map((id) => plan(`blocked-${id}`, shared));
    const report = await play(
      scenario([plan('a-active', { ...shared, plan_status: 'ACTIVE' }), ...blocked, plan('z-served')], {
        max_plans_per_run: 1,
        cycle_minutes: 60,
      }),
    );
    expect(fateOf(report, 'z-served')).toEqual(['COMPLETED all_steps_done', 's1 DONE 1']);
    const served = report.ledger['z-served']?.find(({ event_type }) => event_type === 'PLAN_ACTIVATED');
    expect(served && served.timestamp <= minute(5 * 60)).toBe(true);
  });

  test('leaves the plans of a tenant alone that is not active, expired ones included', async () => {
    const idle = [
      plan('suspended', { tenant_id: 'globex', expires_at: minute(60) }),
      plan('deleted', { tenant_id: 'initech', expires_at: minute(60) }),
    ];
    const report = await play(
      scenario([...idle, plan('served')], {
        tenants: [
          { tenantId: 'acme' },
          { tenantId: 'globex', status: 'suspended' },
          { tenantId: 'initech', status: 'deleted' },
        ],
      }),
    );
    expect(story(report, 'suspended')).toEqual([]);
    expect(story(report, 'deleted')).toEqual([]);
    expect(report.cycles.map((cycle) => cycle.tenants)).toEqual([1, 0]);
    expect(fateOf(report, 'served')[0]).toBe('COMPLETED all_steps_done');
  });
});
