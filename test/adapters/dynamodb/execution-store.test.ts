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

const take = (owner: string, now = NOW, deadline = DEADLINE) =>
  world.runtime.executions.startIfFree({ intent: APPROVED, owner, now, deadline_at: deadline });
const held = () => world.runtime.executions.get(SCOPE, ID);

describe('taking an intent', () => {
  it('gives it to the first who asks, with a deadline', async () => {
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
    await take('one');
    expect(await take('two')).toEqual(TAKEN);
    expect((await held())?.owner).toBe('one');
  });

  it('gives it again to the one who has it, unchanged', async () => {
    const first = await take('one');
    expect(await take('one', minute(6), minute(90))).toEqual(first);
  });

  it('gives it to one of two who ask at once', async () => {
    const results = await Promise.all([take('one'), take('two')]);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect(results).toContainEqual(TAKEN);
  });
});

describe('taking over from a dead execution', () => {
  it('is possible from its deadline on, and counted', async () => {
    await take('one');
    const result = await take('two', DEADLINE, minute(160));
    expect(result).toMatchObject({ started: true, execution: { owner: 'two', attempt_count: 2 } });
    expect(await held()).toEqual(result.started && result.execution);
  });

  it('is not possible a moment before', async () => {
    await take('one');
    expect(await take('two', minute(79))).toEqual(TAKEN);
  });

  it('is not possible once it has ended', async () => {
    await take('one');
    await world.runtime.executions.finishOnce(newOutcome());
    expect(await take('two', LATER)).toEqual(TAKEN);
  });

  it.each([
    ['ended', { status: 'SUCCEEDED' }],
    ['went to a third', { owner: 'three' }],
  ])('is lost when it %s after it was read', async (_, change) => {
    await take('one');
    const row = { pk: SCOPE_PK, sk: `EXECUTION#${ID}`, ...(await held()), ...change };
    afterFirst(world.tables.client, 'PutItemCommand', () => world.put('EXECUTION_ATTEMPTS_TABLE_NAME', row));
    expect(await take('two', LATER, minute(160))).toEqual(TAKEN);
    expect(await held()).toMatchObject({ owner: 'one', ...change });
  });

  it('succeeds for one of two who try at once', async () => {
    await take('one');
    const results = await Promise.all([take('two', LATER, minute(160)), take('three', LATER, minute(160))]);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect(results).toContainEqual(TAKEN);
    expect((await held())?.attempt_count).toBe(2);
  });
});

describe('replaying', () => {
  const REPLAY = { reason: 'the CRM was down', requested_by: 'dana' };
  const replay = (owner: string, now = LATER) =>
    world.runtime.executions.startReplay({ intent: APPROVED, owner, now, deadline_at: minute(160) }, REPLAY);
  const ended = async () => {
    await take('one');
    await world.runtime.executions.finishOnce(newOutcome({ status: 'FAILED', external_object_refs: [] }));
  };

  it('is a new execution of what has come to an end, counted, with an entry in the ledger', async () => {
    await ended();
    const result = await replay('two');
    expect(result).toMatchObject({
      started: true,
      execution: { owner: 'two', status: 'RUNNING', attempt_count: 2, replay: REPLAY },
    });
    expect(await held()).toEqual(result.started && result.execution);
    expect(await world.rows('LEDGER_TABLE_NAME')).toContainEqual(
      expect.objectContaining({
        eventType: 'REPLAY_STARTED',
        data: { action_intent_id: ID, attempt_count: 2, ...REPLAY },
      }),
    );
  });

  it('passes when the same execution starts again', async () => {
    await ended();
    const first = await replay('two');
    expect(await replay('two', minute(82))).toEqual(first);
  });

  it('is not possible while an execution runs, nor when there was none', async () => {
    expect(await replay('two')).toEqual(TAKEN);
    await take('one');
    expect(await replay('two')).toEqual(TAKEN);
    expect(await world.rows('LEDGER_TABLE_NAME')).toEqual([]);
  });

  it('is done by one of two who try at once', async () => {
    await ended();
    const results = await Promise.all([replay('two'), replay('three')]);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect((await held())?.attempt_count).toBe(2);
  });

  it.each([
    ['was begun again', { status: 'RUNNING' }],
    ['was replayed by another', { owner: 'three' }],
  ])('is lost when it %s after it was read', async (_, change) => {
    await ended();
    const row = { pk: SCOPE_PK, sk: `EXECUTION#${ID}`, ...(await held()), ...change };
    afterFirst(world.tables.client, 'GetItemCommand', () => world.put('EXECUTION_ATTEMPTS_TABLE_NAME', row));
    expect(await replay('two')).toEqual(TAKEN);
    expect(await held()).toMatchObject(change);
  });

  it('may be done again when the replay before it died, and not before that', async () => {
    await ended();
    await replay('two');
    expect(await replay('three', minute(159))).toEqual(TAKEN);
    expect(await replay('three', minute(160))).toMatchObject({
      started: true,
      execution: { owner: 'three', attempt_count: 3 },
    });
  });

  it('leaves the first outcome and adds one of its own', async () => {
    await ended();
    await replay('two');
    const second = newOutcome({ attempt_count: 2, completed_at: minute(83), replay: REPLAY });
    expect(await world.runtime.executions.finishOnce(second)).toEqual(second);
    expect((await world.runtime.executions.outcome(SCOPE, ID))?.status).toBe('FAILED');
    const statuses = (await world.runtime.executions.outcomes(SCOPE, ID)).map(({ status }) => status);
    expect(statuses).toEqual(['FAILED', 'SUCCEEDED']);
    expect((await held())?.status).toBe('SUCCEEDED');
  });
});
