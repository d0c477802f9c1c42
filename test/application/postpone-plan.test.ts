import { describe, expect, it } from '@jest/globals';
import { FAILED_PLAN_RETRY_SECONDS, postponePlan } from '../../src/application/postpone-plan.ts';
import { secondsAfter } from '../../src/domain/identifiers.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { tell } from '../support/plan-commits.ts';
import { minute, toStatus } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();
const PK = 'TENANT#acme#ACCOUNT#a1';
const error = { Error: 'StoredRowInvalidError', Cause: 'steps: is no list' };

const dueSk = async (): Promise<unknown> =>
  (await world.row('REVENUE_PLANS_TABLE_NAME', PK, 'PLAN#p1'))?.due_sk;

describe('a plan whose look failed', () => {
  it('is moved behind the others and named in the log, whatever its row has become', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    const row = await world.row('REVENUE_PLANS_TABLE_NAME', PK, 'PLAN#p1');
    await world.put('REVENUE_PLANS_TABLE_NAME', { ...row, steps: 'none', version: 'none' });
    world.clock.set(minute(30));
    const output = await postponePlan(world.runtime, { cycle: newCycle(), plan: newItem(), error });
    expect(output).toEqual({ postponed: true });
    expect(await dueSk()).toBe(`${secondsAfter(minute(30), FAILED_PLAN_RETRY_SECONDS)}#p1`);
    expect(world.lines).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ tenant_id: 'acme', plan_id: 'p1', ...error }),
      }),
    ]);
  });

  it('stays where it is in a dry run', async () => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    const before = await dueSk();
    const cycle = newCycle({ dry_run: true });
    expect(await postponePlan(world.runtime, { cycle, plan: newItem(), error })).toEqual({
      postponed: false,
    });
    expect(await dueSk()).toBe(before);
  });

  it('is not made up when its row is gone', async () => {
    await postponePlan(world.runtime, { cycle: newCycle(), plan: newItem(), error });
    expect(await world.rows('REVENUE_PLANS_TABLE_NAME')).toEqual([]);
  });
});
