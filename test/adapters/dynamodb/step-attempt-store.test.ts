import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createPlanStore } from '../../../src/adapters/dynamodb/plan-store.ts';
import { StoredRowInvalidError } from '../../../src/application/errors.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { commitOf, tell } from '../../support/plan-commits.ts';
import {
  approveIntent,
  at,
  ben,
  fail,
  minute,
  planIn,
  start,
  succeed,
  type Told,
  toStatus,
} from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'PLAN_STEP_EXECUTION_TABLE_NAME';
const PK = 'PLAN#p1';
const META = { pk: PK, sk: 'STEP#s1#META' };
const FIRST = { pk: PK, sk: 'STEP#s1#ATTEMPT#1' };
const SKIP: Told = [{ type: 'SKIP_STEP', step_id: 's1', reason: 'not needed' }, at(4, ben)];
const LOST_TO_ATTEMPT = { committed: false, lost_to: 'ATTEMPT' };

const active = () => tell(world.runtime.plans, toStatus('ACTIVE'));
const started = async () => tell(world.runtime.plans, [start('s1', 3)], await active());
const approved = async () => tell(world.runtime.plans, [approveIntent('s1', 3)], await started());
const failedOnce = async () => tell(world.runtime.plans, [fail('s1', 4)], await approved());
const meta = () => world.row(TABLE, META.pk, META.sk);

/** Nothing of a lost commit is there: neither the plan nor its intents have moved. */
const expectUnchanged = async (plan: Plan) => {
  expect(await world.runtime.plans.get(plan)).toEqual(plan);
  expect(await world.rows('ACTION_INTENT_TABLE_NAME')).toHaveLength(plan.steps[0]?.last_attempt ?? 0);
};

describe('starting an attempt', () => {
  it('counts it, marks it in flight and inserts its row', async () => {
    const plan = await started();
    const { action_intent_id } = plan.steps[0]?.in_flight ?? {};
    expect(await meta()).toEqual({ ...META, next_attempt: 1, in_flight_attempt: 1 });
    expect(await world.row(TABLE, FIRST.pk, FIRST.sk)).toEqual({
      ...{ ...FIRST, plan_id: 'p1', step_id: 's1', attempt: 1, action_intent_id },
      ...{ started_at: minute(3), status: 'STARTED' },
    });
  });

  it('numbers the next attempt 2, once the first has failed', async () => {
    await tell(world.runtime.plans, [start('s1', 10, 1)], await failedOnce());
    expect(await meta()).toEqual({ ...META, next_attempt: 2, in_flight_attempt: 2 });
  });

  it.each([
    ['the counter was there, though nobody had counted', { ...META, next_attempt: 1 }],
    ['another attempt was in flight', { ...META, in_flight_attempt: 1 }],
    ['the attempt had a row already', FIRST],
  ])('is lost for the first attempt when %s', async (_, row) => {
    const plan = await active();
    await world.put(TABLE, row);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(plan, start('s1', 3)))).toEqual(
      LOST_TO_ATTEMPT,
    );
    expect(await world.rows(TABLE)).toEqual([row]);
    await expectUnchanged(plan);
  });

  it.each([
    ['the counter has moved on', { ...META, next_attempt: 2 }],
    ['the counter is gone', META],
    ['another attempt is in flight', { ...META, next_attempt: 1, in_flight_attempt: 1 }],
    ['the attempt has a row already', { ...FIRST, sk: 'STEP#s1#ATTEMPT#2' }],
  ])('is lost for a later attempt when %s', async (_, row) => {
    const plan = await failedOnce();
    await world.put(TABLE, row);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(plan, start('s1', 10, 1)))).toEqual(
      LOST_TO_ATTEMPT,
    );
    await expectUnchanged(plan);
  });

  it('is done by one of two dispatchers that race', async () => {
    const plan = await active();
    const commits = [commitOf(plan, start('s1', 3)), commitOf(plan, start('s1', 3))];
    const results = await Promise.all(commits.map((commit) => world.runtime.plans.commitIfUnchanged(commit)));
    expect(results.filter(({ committed }) => committed)).toHaveLength(1);
    expect(await meta()).toEqual({ ...META, next_attempt: 1, in_flight_attempt: 1 });
    expect(await world.rows('ACTION_INTENT_TABLE_NAME')).toHaveLength(1);
  });

  it('asks DynamoDB to add one to the counter, and for an attempt row that is not there', async () => {
    const commit = commitOf(planIn('ACTIVE'), start('s1', 3));
    const mock = mockClient(world.tables.documentClient);
    mock.onAnyCommand().resolves({});
    await createPlanStore(world.tables.documentClient, world.names).commitIfUnchanged(commit);
    const [call] = mock.commandCalls(TransactWriteCommand);
    mock.restore();
    const items = call?.args[0].input.TransactItems;
    expect(items).toContainEqual({
      Update: expect.objectContaining({
        UpdateExpression: expect.stringContaining('ADD next_attempt :one'),
        ConditionExpression: 'attribute_not_exists(next_attempt) AND attribute_not_exists(in_flight_attempt)',
      }),
    });
    expect(items).toContainEqual({
      Put: expect.objectContaining({
        Item: expect.objectContaining({ status: 'STARTED' }),
        ConditionExpression: 'attribute_not_exists(sk)',
      }),
    });
  });
});

describe('settling an attempt', () => {
  it.each([
    ['SUCCEEDED', [approveIntent('s1', 3), succeed('s1', 4)], {}],
    ['FAILED', [approveIntent('s1', 3), fail('s1', 4)], { error_message: 'CRM_REFUSED' }],
    ['SKIPPED', [SKIP], { error_message: 'not needed' }],
  ])('closes its row as %s and frees the step', async (status, told, more) => {
    await tell(world.runtime.plans, told, await started());
    expect(await meta()).toEqual({ ...META, next_attempt: 1 });
    expect(await world.row(TABLE, FIRST.pk, FIRST.sk)).toMatchObject({
      ...{ status, completed_at: minute(4) },
      ...more,
    });
  });

  it.each(['SUCCEEDED', 'FAILED', 'SKIPPED'])('is lost when its row is %s already', async (status) => {
    const plan = await approved();
    const row = { ...FIRST, status };
    await world.put(TABLE, row);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(plan, succeed('s1', 4)))).toEqual(
      LOST_TO_ATTEMPT,
    );
    expect(await world.row(TABLE, FIRST.pk, FIRST.sk)).toEqual(row);
    await expectUnchanged(plan);
  });

  it('is lost when another attempt is in flight', async () => {
    const plan = await approved();
    const row = { ...META, next_attempt: 2, in_flight_attempt: 2 };
    await world.put(TABLE, row);
    expect(await world.runtime.plans.commitIfUnchanged(commitOf(plan, fail('s1', 4)))).toEqual(
      LOST_TO_ATTEMPT,
    );
    expect(await meta()).toEqual(row);
    await expectUnchanged(plan);
  });
});

describe('attemptsMade', () => {
  it('is 0 for a step that was never started', async () => {
    expect(await world.runtime.attempts.attemptsMade('p1', 's1')).toBe(0);
  });

  it('counts the attempt in flight', async () => {
    await started();
    expect(await world.runtime.attempts.attemptsMade('p1', 's1')).toBe(1);
  });

  it('counts every attempt of that step and of no other', async () => {
    await tell(world.runtime.plans, [start('s1', 10, 1)], await failedOnce());
    expect(await world.runtime.attempts.attemptsMade('p1', 's1')).toBe(2);
    expect(await world.runtime.attempts.attemptsMade('p1', 's2')).toBe(0);
  });

  it.each(['many', 1.5, -1])('refuses a counter of %p by the key of its row', async (next_attempt) => {
    await world.put(TABLE, { ...META, next_attempt });
    const asked = world.runtime.attempts.attemptsMade('p1', 's1');
    await expect(asked).rejects.toThrow(StoredRowInvalidError);
    await expect(asked).rejects.toThrow(/PLAN#p1 \/ STEP#s1#META: next_attempt/);
  });
});
