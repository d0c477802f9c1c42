import { describe, expect, it } from '@jest/globals';
import { fold, tamperings } from '../../../src/domain/ledger/plan-ledger.ts';
import { SCOPE_PK } from '../../support/intents.ts';
import { commitOf, tell } from '../../support/plan-commits.ts';
import {
  at,
  ben,
  editIntent,
  newPlan,
  planIn,
  requireApproval,
  start,
  type Told,
  toStatus,
} from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const LOST_TO_PLAN = { committed: false, lost_to: 'PLAN' };
const CREATE: Told = [{ type: 'CREATE_PLAN', plan: newPlan(), trigger: 'test' }, at(0, ben)];
const APPROVE: Told = [{ type: 'APPROVE_PLAN' }, at(1, ben)];
const ABORT: Told = [{ type: 'ABORT_PLAN', reason: 'lost' }, at(1, ben)];

describe('a commit of a plan', () => {
  it('stores the plan and one ledger entry per event', async () => {
    const { plans } = world.runtime;
    const plan = await tell(plans, toStatus('APPROVED'));
    const entries = await plans.ledger('p1');
    expect(await plans.get(plan)).toEqual(plan);
    expect(entries.map(({ seq, event_type }) => [seq, event_type])).toEqual([
      [1, 'PLAN_CREATED'],
      [2, 'PLAN_APPROVED'],
    ]);
    expect([fold(entries), tamperings(entries)]).toEqual([plan, []]);
  });

  it('creates no plan over a row that is there already', async () => {
    const row = { pk: SCOPE_PK, sk: 'PLAN#p1', plan_id: 'p1', mine: true };
    await world.put('REVENUE_PLANS_TABLE_NAME', row);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(undefined, CREATE))).toEqual(LOST_TO_PLAN);
    expect(await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1')).toEqual(row);
    expect(await world.rows('PLAN_LEDGER_TABLE_NAME')).toEqual([]);
  });

  it('changes no plan that has another version than the one that was read', async () => {
    const draft = await tell(world.runtime.plans, toStatus('DRAFT'));
    const moved = { pk: SCOPE_PK, sk: 'PLAN#p1', ...draft, version: 7 };
    await world.put('REVENUE_PLANS_TABLE_NAME', moved);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(draft, APPROVE))).toEqual(LOST_TO_PLAN);
    expect(await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1')).toEqual(moved);
    expect(await world.rows('PLAN_LEDGER_TABLE_NAME')).toHaveLength(1);
  });

  it('changes no plan that is gone', async () => {
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(planIn('DRAFT'), APPROVE))).toEqual(
      LOST_TO_PLAN,
    );
  });

  it('never writes over an entry of the ledger', async () => {
    const draft = await tell(world.runtime.plans, toStatus('DRAFT'));
    const entry = { pk: 'PLAN#p1', sk: 'EVENT#0000000002', mine: true };
    await world.put('PLAN_LEDGER_TABLE_NAME', entry);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(draft, APPROVE))).toEqual(LOST_TO_PLAN);
    expect(await world.row('PLAN_LEDGER_TABLE_NAME', 'PLAN#p1', 'EVENT#0000000002')).toEqual(entry);
    expect(await world.runtime.plans.get(draft)).toEqual(draft);
  });

  it('edits no attempt that is closed', async () => {
    const waiting = await tell(world.runtime.plans, [
      ...toStatus('ACTIVE'),
      start('s1', 3),
      requireApproval('s1', 4),
    ]);
    const edit = commitOf(waiting, editIntent(waiting, 's1', 5));
    const row = await world.row('PLAN_STEP_EXECUTION_TABLE_NAME', 'PLAN#p1', 'STEP#s1#ATTEMPT#1');
    await world.put('PLAN_STEP_EXECUTION_TABLE_NAME', { ...row, status: 'SKIPPED' });
    expect(await world.runtime.plans.commitIfUnchanged(edit)).toEqual({
      ...{ committed: false, lost_to: 'ATTEMPT' },
    });
    await world.put('PLAN_STEP_EXECUTION_TABLE_NAME', row as never);
    expect(await world.runtime.plans.commitIfUnchanged(edit)).toEqual({ committed: true });
    const { action_intent_id } = edit.plan.steps[0]?.in_flight ?? {};
    const revised = await world.row('PLAN_STEP_EXECUTION_TABLE_NAME', 'PLAN#p1', 'STEP#s1#ATTEMPT#1');
    expect(revised).toEqual({ ...row, action_intent_id });
  });

  it('lets one of two racing writers win, and keeps nothing of the other', async () => {
    const { plans } = world.runtime;
    const draft = await tell(plans, toStatus('DRAFT'));
    const rivals = [commitOf(draft, APPROVE), commitOf(draft, ABORT)];
    const results = await Promise.all(rivals.map((commit) => plans.commitIfUnchanged(commit)));
    const winners = rivals.filter((_, index) => results[index]?.committed);
    expect(winners).toHaveLength(1);
    expect(results).toContainEqual(LOST_TO_PLAN);
    expect(await plans.get(draft)).toEqual(winners[0]?.plan);
    expect(fold(await plans.ledger('p1'))).toEqual(winners[0]?.plan);
  });
});
