import { describe, expect, it } from '@jest/globals';
import { enumerateTenants, PLANS_PER_PAGE } from '../../src/application/enumerate-tenants.ts';
import type { Tenant, UnreadableTenant } from '../../src/application/ports/configuration.ts';
import type { Cycle } from '../../src/contracts/plan-cycle.ts';
import { newCycle, newResult } from '../support/cycles.ts';
import { type DueHint, hintedPlans, tenantsOf } from '../support/fakes/plan-hints.ts';
import { minute, START } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const hint = (plan_id: string, more: Partial<DueHint> = {}): DueHint => ({
  ...{ tenant_id: 'acme', account_id: 'a1', plan_id, plan_status: 'ACTIVE', due_at: START, ...more },
});
const active = (...ids: string[]): Tenant[] => ids.map((tenantId) => ({ tenantId, status: 'active' }));

interface Listed {
  readonly cursor?: string | null;
  readonly tenants?: (Tenant | UnreadableTenant)[];
}

const enumerate = async (
  hints: readonly DueHint[],
  more: Partial<Cycle> = {},
  { cursor = null, tenants = active('acme', 'bolt') }: Listed = {},
) => {
  const { plans, asked } = hintedPlans(hints);
  const deps = { clock: settableClock(), plans, tenants: tenantsOf(...tenants) };
  const input = { cycle: newCycle(more), cursor, totals: null, tenants: [], results: [] };
  const output = await enumerateTenants(deps, input);
  const found = output.tenants.map(({ tenant_id, plans: of }) => [
    tenant_id,
    of.map(({ plan_id }) => plan_id),
  ]);
  return { found, asked, output };
};

describe('enumerating tenants', () => {
  it('finds nothing when there are no tenants, or no due plans', async () => {
    expect((await enumerate([hint('p1')], {}, { tenants: [] })).found).toEqual([]);
    expect((await enumerate([])).output).toMatchObject({ tenants: [], cursor: null });
  });

  it('gives tenants in order, with the keys of their due plans', async () => {
    const { output } = await enumerate([hint('p1', { tenant_id: 'bolt' }), hint('p2')]);
    expect(output.tenants).toEqual([
      { tenant_id: 'acme', plans: [{ account_id: 'a1', plan_id: 'p2' }] },
      { tenant_id: 'bolt', plans: [{ account_id: 'a1', plan_id: 'p1' }] },
    ]);
  });

  it('looks at what is due now, or as of the instant it was asked for', async () => {
    const hints = [hint('p1', { due_at: minute(1) })];
    expect(await enumerate(hints)).toMatchObject({ found: [], asked: { listDue: [START] } });
    expect((await enumerate(hints, { as_of: minute(1) })).found).toEqual([['acme', ['p1']]]);
  });

  it.each(['suspended', 'deleted'] as const)('passes over a tenant that is %s', async (status) => {
    const tenants: Tenant[] = [...active('acme'), { tenantId: 'bolt', status }];
    const hints = [hint('p1'), hint('p2', { tenant_id: 'bolt' }), hint('p3', { tenant_id: 'nobody' })];
    expect((await enumerate(hints, {}, { tenants })).found).toEqual([['acme', ['p1']]]);
    expect((await enumerate(hints, { force: true }, { tenants })).found).toEqual([['acme', ['p1']]]);
  });

  it('names a tenant whose row is none, with the first page only', async () => {
    const unreadable = { tenantId: 'bolt', status: 'unreadable', error: 'StoredRowInvalidError' } as const;
    const tenants = [...active('acme'), unreadable];
    const failures = [{ tenant_id: 'bolt', plan_id: null, error: 'StoredRowInvalidError' }];
    const { found, output } = await enumerate(
      [hint('p1'), hint('p2', { tenant_id: 'bolt' })],
      {},
      { tenants },
    );
    expect(found).toEqual([['acme', ['p1']]]);
    expect(output.totals).toMatchObject({ failed: 1, failures });
    const later = await enumerate([hint('p1')], {}, { tenants, cursor: 'aaa' });
    expect(later.output.totals).toMatchObject({ failed: 0, failures: [] });
  });

  it('looks at a plan whose status is none, as at a live one', async () => {
    const odd = hint('p1', { plan_status: undefined });
    expect((await enumerate([odd])).found).toEqual([['acme', ['p1']]]);
    expect((await enumerate([odd], { force: true })).found).toEqual([['acme', ['p1']]]);
  });

  it('keeps to the tenants that were asked for, while they are active', async () => {
    const hints = [hint('p1'), hint('p2', { tenant_id: 'bolt' })];
    expect((await enumerate(hints, { tenant_ids: ['bolt', 'nobody'] })).found).toEqual([['bolt', ['p2']]]);
  });

  it('keeps to the plans that were asked for', async () => {
    const key = { tenant_id: 'acme', account_id: 'a1', plan_id: 'p2' };
    expect((await enumerate([hint('p1'), hint('p2')], { plans: [key] })).found).toEqual([['acme', ['p2']]]);
  });

  it('adds up what came of the page before', async () => {
    const { plans } = hintedPlans([]);
    const deps = { clock: settableClock(), plans, tenants: tenantsOf() };
    const tenants = [{ tenant_id: 'acme', plans: [] }];
    const results = [{ tenant_id: 'acme', plans: [newResult({ started: true })], error: null }];
    const output = await enumerateTenants(deps, {
      cycle: newCycle(),
      cursor: null,
      totals: null,
      tenants,
      results,
    });
    expect(output.totals).toMatchObject({ tenants: 1, stepsStarted: 1, failed: 0 });
  });
});

describe('the bound K', () => {
  const due = (minutes: number) => ({ due_at: minute(-minutes) });

  it('holds for each of the two lists, and the longest due come first', async () => {
    const hints = [
      hint('a1', { plan_status: 'APPROVED', ...due(1) }),
      hint('a2', { plan_status: 'APPROVED', ...due(3) }),
      hint('a3', { plan_status: 'APPROVED', ...due(2) }),
      hint('l1', { plan_status: 'PAUSED', ...due(1) }),
      hint('l2', { plan_status: 'ACTIVE', ...due(2) }),
      hint('l3', { plan_status: 'DRAFT', ...due(3) }),
    ];
    expect((await enumerate(hints)).found).toEqual([['acme', ['a2', 'a3', 'l3', 'l2']]]);
  });

  it('does not depend on the order in which the index gives plans that are due at once', async () => {
    const hints = [hint('p1', due(1)), hint('p2', due(1)), hint('p3', due(2))];
    expect((await enumerate(hints)).found).toEqual([['acme', ['p3', 'p1']]]);
    expect((await enumerate([...hints].reverse())).found).toEqual([['acme', ['p3', 'p2']]]);
  });

  it('holds for each tenant by itself', async () => {
    const hints = ['p1', 'p2', 'p3'].flatMap((id) => [hint(id), hint(`b${id}`, { tenant_id: 'bolt' })]);
    const { found } = await enumerate(hints);
    expect(found).toEqual([
      ['acme', ['p1', 'p2']],
      ['bolt', ['bp1', 'bp2']],
    ]);
  });
});

describe('forcing a cycle', () => {
  const later = { due_at: minute(60) };

  it('looks at plans that are not due, too, and at none that have ended', async () => {
    const hints = [hint('p1', later), hint('p2', { ...later, plan_status: 'COMPLETED' })];
    expect(await enumerate(hints, { force: true })).toMatchObject({
      found: [['acme', ['p1']]],
      asked: { listDue: [], listByTenant: ['acme', 'bolt'] },
    });
  });

  it('reads only the tenants of the plans that it is about', async () => {
    const key = { tenant_id: 'bolt', account_id: 'a1', plan_id: 'p2' };
    const hints = [hint('p1', later), ...['p2', 'p3'].map((id) => hint(id, { ...later, tenant_id: 'bolt' }))];
    expect(await enumerate(hints, { force: true, plans: [key] })).toMatchObject({
      found: [['bolt', ['p2']]],
      asked: { listByTenant: ['bolt'] },
    });
  });

  it('reads a tenant once, however many of its plans it is about', async () => {
    const keys = ['p1', 'p2'].map((plan_id) => ({ tenant_id: 'acme', account_id: 'a1', plan_id }));
    const hints = [hint('p1', later), hint('p2', later)];
    expect(await enumerate(hints, { force: true, plans: keys })).toMatchObject({
      found: [['acme', ['p1', 'p2']]],
      asked: { listByTenant: ['acme'] },
    });
  });
});

describe('a page of tenants', () => {
  const many = (tenant_id: string, count: number) =>
    Array.from({ length: count }, (_, index) => hint(`${tenant_id}-${index}`, { tenant_id }));
  const K = { max_plans_per_run: 10_000 };
  const tenants = active('t1', 't2', 't3');
  const pageOf = async (hints: DueHint[], cursor: string | null = null) => {
    const { output } = await enumerate(hints, K, { cursor, tenants });
    return [output.tenants.map(({ tenant_id, plans }) => [tenant_id, plans.length]), output.cursor];
  };

  it('holds as many tenants as its plans fit, and says where to go on', async () => {
    const hints = [...many('t1', 300), ...many('t2', 200), ...many('t3', 1)];
    expect(PLANS_PER_PAGE).toBe(500);
    expect(await pageOf(hints)).toEqual([
      [
        ['t1', 300],
        ['t2', 200],
      ],
      't2',
    ]);
    expect(await pageOf(hints, 't2')).toEqual([[['t3', 1]], null]);
  });

  it('never holds a part of a tenant', async () => {
    const hints = [...many('t1', 300), ...many('t2', 201), ...many('t3', 1)];
    expect(await pageOf(hints)).toEqual([[['t1', 300]], 't1']);
    expect(await pageOf(hints, 't1')).toEqual([
      [
        ['t2', 201],
        ['t3', 1],
      ],
      null,
    ]);
  });

  it('holds a tenant that is larger than a page alone', async () => {
    const hints = [...many('t1', 501), ...many('t2', 1)];
    expect(await pageOf(hints)).toEqual([[['t1', 501]], 't1']);
    expect(await pageOf(hints, 't1')).toEqual([[['t2', 1]], null]);
  });

  it('is empty after the last tenant', async () => {
    expect(await pageOf(many('t1', 1), 't3')).toEqual([[], null]);
  });
});
