import { describe, expect, it } from '@jest/globals';
import { closeCycle } from '../../src/application/close-cycle.ts';
import type { CycleLease } from '../../src/application/ports/plans.ts';
import type { Cycle, TenantResult, Totals } from '../../src/contracts/plan-cycle.ts';
import { CYCLE_ID, newCycle, newResult } from '../support/cycles.ts';
import { fake } from '../support/fakes/fake.ts';
import { recordedLog } from '../support/fakes/recorded-log.ts';
import { minute, START } from '../support/plan-fixtures.ts';

interface Closing {
  readonly cycle?: Partial<Cycle>;
  readonly totals?: Totals | null;
  readonly tenants?: readonly string[];
  readonly results?: TenantResult[];
  readonly error?: string | null;
}

const close = async ({ cycle, totals = null, tenants, results = [], error = null }: Closing) => {
  const released: unknown[] = [];
  const { log, lines } = recordedLog();
  const lease = fake<CycleLease>('CycleLease', { releaseIfHeld: async (...all) => void released.push(all) });
  const ids = tenants ?? results.map(({ tenant_id }) => tenant_id);
  const page = { tenants: ids.map((tenant_id) => ({ tenant_id, plans: [] })), results };
  const output = await closeCycle({ lease, log }, { cycle: newCycle(cycle), totals, ...page, error });
  return { output, released, lines };
};

const result = (tenant_id: string, more: Partial<TenantResult> = {}): TenantResult => ({
  ...{ tenant_id, plans: [], error: null, ...more },
});

describe('the counts of a cycle', () => {
  it('are all there, and 0 when nothing happened', async () => {
    const { output } = await close({});
    expect(output).toMatchObject({
      ...{ at: START, dry_run: false, succeeded: true, tenants: 0, activated: 0, stepsStarted: 0 },
      ...{ completed: 0, expired: 0, failed: 0, failures: [], plans: [] },
    });
  });

  it('add up what came of every plan, whichever state brought it about', async () => {
    const plans = [
      newResult({ plan_id: 'p1', activated: true, started: true, effects: ['activated', null, 'started'] }),
      newResult({ plan_id: 'p2', completed: true }),
      newResult({ plan_id: 'p3', completed_by_repair: true }),
      newResult({ plan_id: 'p4', expired: true }),
      newResult({ plan_id: 'p5', expired_at_activation: true }),
    ];
    const { output } = await close({ results: [result('acme', { plans })] });
    expect(output).toMatchObject({ tenants: 1, activated: 1, stepsStarted: 1, completed: 2, expired: 2 });
    expect(output.plans[0]).toEqual({ tenant_id: 'acme', plan_id: 'p1', effects: ['activated', 'started'] });
  });

  it('go on from the pages before', async () => {
    const plans = [newResult({ activated: true })];
    const before = (await close({ results: [result('acme', { plans })] })).output;
    const { at: _at, dry_run: _dry, succeeded: _ok, summary: _summary, ...totals } = before;
    const { output } = await close({ totals, results: [result('bolt', { plans })] });
    expect(output).toMatchObject({ tenants: 2, activated: 2 });
    expect(output.plans).toHaveLength(2);
  });

  it('are dated by the instant that the cycle judged by', async () => {
    const { output } = await close({ cycle: { as_of: minute(-5), dry_run: true } });
    expect(output).toMatchObject({ at: minute(-5), dry_run: true });
  });
});

describe('the failures of a cycle', () => {
  it('are named: plans, tenants, and tenants of which nothing was heard', async () => {
    const results = [
      result('acme', { plans: [newResult({ error: 'Boom' }), newResult({ plan_id: 'p2' })] }),
      result('bolt', { error: 'TransientError' }),
    ];
    const { output } = await close({ tenants: ['acme', 'bolt', 'cork'], results });
    expect(output).toMatchObject({ succeeded: false, tenants: 3, failed: 3 });
    expect(output.failures).toEqual([
      { tenant_id: 'acme', plan_id: 'p1', error: 'Boom' },
      { tenant_id: 'bolt', plan_id: null, error: 'TransientError' },
      { tenant_id: 'cork', plan_id: null, error: 'ChildExecutionFailed' },
    ]);
  });

  it('are counted past the number of those that are named', async () => {
    const plans = Array.from({ length: 301 }, (_, index) =>
      newResult({ plan_id: `p${index}`, error: 'Boom' }),
    );
    const { output } = await close({ results: [result('acme', { plans })] });
    expect(output.failed).toBe(301);
    expect([output.failures.length, output.plans.length]).toEqual([300, 300]);
    expect(JSON.parse(output.summary).failures).toHaveLength(50);
  });

  it('include what stopped the enumeration', async () => {
    const { output, lines } = await close({ error: 'States.Timeout' });
    expect(output).toMatchObject({ succeeded: false, failed: 0 });
    expect(JSON.parse(output.summary)).toMatchObject({ error: 'States.Timeout' });
    expect(lines[0]?.level).toBe('error');
  });
});

describe('closing a cycle', () => {
  it('gives the lease back with the token it was taken with', async () => {
    expect((await close({ cycle: { fencing_token: 7 } })).released).toEqual([[CYCLE_ID, 7]]);
  });

  it('gives back no lease that a backfill never took', async () => {
    expect((await close({ cycle: { fencing_token: null } })).released).toEqual([]);
  });

  it('logs one line with the counts and without the plans', async () => {
    const { lines } = await close({});
    expect(lines).toEqual([
      {
        ...{ level: 'info', message: 'plan cycle closed' },
        data: {
          ...{ cycle_id: CYCLE_ID, dry_run: false, tenants: 0, activated: 0, stepsStarted: 0 },
          ...{ completed: 0, expired: 0, failed: 0, failures: [] },
        },
      },
    ]);
  });

  it('sums up in words what a failed execution shows', async () => {
    const { output } = await close({});
    expect(JSON.parse(output.summary)).toEqual({
      ...{ tenants: 0, activated: 0, stepsStarted: 0, completed: 0, expired: 0, failed: 0, failures: [] },
    });
  });
});
