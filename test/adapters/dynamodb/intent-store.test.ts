import { describe, expect, it } from '@jest/globals';
import { StoredRowInvalidError } from '../../../src/application/errors.ts';
import { actionIntentId } from '../../../src/domain/intent/action-intent.ts';
import { newIntent, SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { commitOf, tell } from '../../support/plan-commits.ts';
import {
  approveIntent,
  at,
  ben,
  cancelUnstarted,
  expireApproval,
  minute,
  newStep,
  requireApproval,
  start,
  type Told,
  toStatus,
} from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'ACTION_INTENT_TABLE_NAME';
const ID = actionIntentId('p1', 's1', 1);
const SK = `ACTION_INTENT#${ID}`;
const REJECT: Told = [{ type: 'REJECT_INTENT', step_id: 's1', attempt: 1 }, at(4, ben)];

const SKIP: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' }, at(4, ben)];
/** How long a meeting may wait for its approval, in minutes. */
const WEEK = 7 * 24 * 60;
const MEETING = { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' }), newStep('s2')] };

const started = () => tell(world.runtime.plans, [...toStatus('ACTIVE', MEETING), start('s1', 3)]);
const intent = () => world.runtime.intents.get(SCOPE, ID);

describe('an action intent', () => {
  it('is made with the attempt that it is for', async () => {
    await started();
    expect(await intent()).toMatchObject({ status: 'PENDING_APPROVAL', step_id: 's1', attempt: 1 });
  });

  it('is not made twice', async () => {
    const active = await tell(world.runtime.plans, toStatus('ACTIVE'));
    const row = { pk: SCOPE_PK, sk: SK, mine: true };
    await world.put(TABLE, row);
    const result = await world.runtime.plans.commitIfUnchanged(commitOf(active, start('s1', 3)));
    expect(result).toEqual({ committed: false, lost_to: 'INTENT' });
    expect(await world.row(TABLE, SCOPE_PK, SK)).toEqual(row);
    expect(await world.rows('PLAN_STEP_EXECUTION_TABLE_NAME')).toEqual([]);
  });

  it('names who approved it, when and how', async () => {
    await tell(world.runtime.plans, [approveIntent('s1', 4)], await started());
    expect(await intent()).toMatchObject({
      status: 'APPROVED',
      approved_by: 'ben',
      approval_source: 'HUMAN',
      approval_timestamp: minute(4),
    });
  });

  it.each([
    ['rejected', [REJECT], 'REJECTED'],
    ['left without an answer', [requireApproval('s1', 4), expireApproval('s1', 3 + WEEK)], 'EXPIRED'],
    ['never executed', [approveIntent('s1', 4), cancelUnstarted('s1', 9)], 'EXPIRED'],
    ['not needed any more', [SKIP], 'CANCELLED'],
  ])('is closed when it is %s', async (_, told, status) => {
    await tell(world.runtime.plans, told, await started());
    expect((await intent())?.status).toBe(status);
  });

  it.each([
    ['approve', approveIntent('s1', 4)],
    ['reject', REJECT],
  ])('that is gone is not made up again to %s it', async (_, told) => {
    const plan = await started();
    await world.remove(TABLE, SCOPE_PK, SK);
    const result = await world.runtime.plans.commitIfUnchanged(commitOf(plan, told));
    expect(result).toEqual({ committed: false, lost_to: 'INTENT' });
    expect(await world.rows(TABLE)).toEqual([]);
    expect(await world.runtime.plans.get(plan)).toEqual(plan);
  });

  it('counts as never executed only while no execution has taken it', async () => {
    const plan = await tell(world.runtime.plans, [approveIntent('s1', 4)], await started());
    const execution = { pk: SCOPE_PK, sk: `EXECUTION#${ID}`, status: 'RUNNING' };
    await world.put('EXECUTION_ATTEMPTS_TABLE_NAME', execution);
    const result = await world.runtime.plans.commitIfUnchanged(commitOf(plan, cancelUnstarted('s1', 9)));
    expect(result).toEqual({ committed: false, lost_to: 'EXECUTION' });
    expect((await intent())?.status).toBe('APPROVED');
  });

  it('is nothing for another account', async () => {
    await started();
    expect(await world.runtime.intents.get({ ...SCOPE, account_id: 'a2' }, ID)).toBeUndefined();
  });

  it('that cannot be read is named by the key of its row and by what is wrong', async () => {
    await world.put(TABLE, { pk: SCOPE_PK, sk: SK, ...newIntent(), risk_level: 'WILD' });
    await expect(intent()).rejects.toThrow(StoredRowInvalidError);
    await expect(intent()).rejects.toThrow(new RegExp(`${SK}: risk_level`));
  });
});
