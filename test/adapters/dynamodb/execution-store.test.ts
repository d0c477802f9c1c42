import { describe, expect, it } from '@jest/globals';
import { afterFirst } from '../../support/after-first.ts';
import { newIntent, SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { newOutcome } from '../../support/outcomes.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const [NOW, DEADLINE, LATER] = [minute(5), minute(80), minute(81)];
const APPROVED = newIntent({ status: 'APPROVED' });
const ID = APPROVED.action_intent_id;
const TAKEN = { started: false, reason: 'TAKEN' };
const NOT_APPROVED = { started: false, reason: 'NOT_APPROVED' };

const store = (intent = APPROVED) =>
  world.put('ACTION_INTENT_TABLE_NAME', { pk: SCOPE_PK, sk: `ACTION_INTENT#${ID}`, ...intent });
const take = (owner: string, now = NOW, deadline = DEADLINE) =>
  world.runtime.executions.startIfFree(APPROVED, owner, now, deadline);
const held = () => world.runtime.executions.get(SCOPE, ID);

describe('taking an intent', () => {
  it('gives it to the first who asks, with a deadline', async () => {
    await store();
    const result = await take('one');
    expect(result).toEqual({
      started: true,
      execution: expect.objectContaining({
        ...{ action_intent_id: ID, status: 'RUNNING', owner: 'one', attempt_count: 1 },
        ...{ started_at: NOW, deadline_at: DEADLINE },
      }),
    });
    expect(await held()).toEqual(result.started && result.execution);
  });

  it('gives it to nobody else while the first has it', async () => {
    await store();
    await take('one');
    expect(await take('two')).toEqual(TAKEN);
    expect((await held())?.owner).toBe('one');
  });

  it('gives it again to the one who has it, unchanged', async () => {
    await store();
    const first = await take('one');
    expect(await take('one', minute(6), minute(90))).toEqual(first);
  });

  it('gives it to one of two who ask at once', async () => {
    await store();
    const results = await Promise.all([take('one'), take('two')]);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect(results).toContainEqual(TAKEN);
  });

  it.each([
    ['is not there', undefined],
    ['waits for its approval', newIntent()],
    ['was cancelled', newIntent({ status: 'CANCELLED' })],
    ['has lapsed this instant', { ...APPROVED, expires_at: NOW }],
  ])('gives it to nobody when it %s', async (_, intent) => {
    if (intent) await store(intent);
    expect(await take('one')).toEqual(NOT_APPROVED);
    expect(await world.rows('EXECUTION_ATTEMPTS_TABLE_NAME')).toEqual([]);
  });
});

describe('taking over from a dead execution', () => {
  it('is possible from its deadline on, and counted', async () => {
    await store();
    await take('one');
    const result = await take('two', DEADLINE, minute(160));
    expect(result).toMatchObject({ started: true, execution: { owner: 'two', attempt_count: 2 } });
    expect(await held()).toEqual(result.started && result.execution);
  });

  it('is not possible a moment before', async () => {
    await store();
    await take('one');
    expect(await take('two', minute(79))).toEqual(TAKEN);
  });

  it('is not possible once it has ended', async () => {
    await store();
    await take('one');
    await world.runtime.executions.finishOnce(newOutcome());
    expect(await take('two', LATER)).toEqual(TAKEN);
  });

  it('is not possible when the intent is not approved any more', async () => {
    await store();
    await take('one');
    await store(newIntent({ status: 'CANCELLED' }));
    expect(await take('two', LATER)).toEqual(NOT_APPROVED);
    expect((await held())?.owner).toBe('one');
  });

  it.each([
    ['ended', { status: 'SUCCEEDED' }],
    ['went to a third', { owner: 'three' }],
  ])('is lost when it %s after it was read', async (_, change) => {
    await store();
    await take('one');
    const row = { pk: SCOPE_PK, sk: `EXECUTION#${ID}`, ...(await held()), ...change };
    afterFirst(world.tables.client, 'GetItemCommand', () => world.put('EXECUTION_ATTEMPTS_TABLE_NAME', row));
    expect(await take('two', LATER, minute(160))).toEqual(TAKEN);
    expect(await held()).toMatchObject({ owner: 'one', ...change });
  });

  it('succeeds for one of two who try at once', async () => {
    await store();
    await take('one');
    const results = await Promise.all([take('two', LATER, minute(160)), take('three', LATER, minute(160))]);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect(results).toContainEqual(TAKEN);
    expect((await held())?.attempt_count).toBe(2);
  });
});
