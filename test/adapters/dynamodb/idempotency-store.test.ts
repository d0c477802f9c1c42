import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createIdempotencyStore } from '../../../src/adapters/dynamodb/idempotency-store.ts';
import type { ClaimRequest } from '../../../src/application/ports/connectors.ts';
import type { ToolAnswer } from '../../../src/contracts/tools.ts';
import { SCOPE } from '../../support/intents.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const KEY = 'k1';
const TABLE = 'EXTERNAL_WRITE_DEDUPE_TABLE_NAME';
const [PK, SK] = [`IDEMPOTENCY_KEY#${KEY}`, 'CLAIM'];
const [NOW, SOON, EXPIRY, LATER] = [minute(0), minute(0.5), minute(1), minute(2)];
const ANSWER: ToolAnswer = {
  ...{ success: true, tool_run_ref: 'crm/k1', tenant_id: 'acme' },
  external_object_refs: [{ system: 'CRM', object_type: 'Task', object_id: 't1' }],
};
const CLAIMED = { claimed: true, uncertain: false };
const TAKEN_OVER = { claimed: true, uncertain: true };
const UNCERTAIN = { claimed: false, state: 'UNCERTAIN' };
const SETTLED = { claimed: false, state: 'SETTLED', answer: ANSWER };
const inProgress = (until = EXPIRY) => ({ claimed: false, state: 'IN_PROGRESS', until });

const store = () => world.runtime.idempotency;
const request = (owner: string, now = NOW, more: Partial<ClaimRequest> = {}): ClaimRequest => ({
  ...{ ...SCOPE, idempotency_key: KEY, action_intent_id: 'i1', tool_name: 'crm.create_task' },
  ...{ owner, now, expires_at: now === NOW ? EXPIRY : minute(3), repeatable: true, ...more },
});
const claim = (...args: Parameters<typeof request>) => store().claim(request(...args));
const once = { repeatable: false };
/** A claim while DynamoDB refuses every write. */
const failingWith = async (error: Error) => {
  const mock = mockClient(world.tables.documentClient);
  mock.on(PutCommand).rejects(error);
  try {
    const mocked = createIdempotencyStore(world.tables.documentClient, world.names);
    return await mocked.claim(request('one'));
  } finally {
    mock.restore();
  }
};
const row = () => world.row(TABLE, PK, SK);
const change = async (more: object) => world.put(TABLE, { ...(await row()), ...more });
/** Lets others act between reading a claim and taking it over, each time. */
const beforeTakingOver = (act: () => Promise<void>) =>
  world.tables.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'PutItemCommand' && 'ExpressionAttributeValues' in args.input) await act();
        return next(args);
      },
    { step: 'initialize', name: 'beforeTakingOver' },
  );
const settle = (owner: string) => store().settle(KEY, owner, ANSWER, SOON);
const release = (owner: string, uncertain: boolean) => store().release(KEY, owner, uncertain);

describe('claiming an idempotency key', () => {
  it('gives it to the first who asks', async () => {
    expect(await claim('one')).toEqual(CLAIMED);
    expect(await row()).toEqual({
      ...{
        pk: PK,
        sk: SK,
        ...SCOPE,
        idempotency_key: KEY,
        action_intent_id: 'i1',
        tool_name: 'crm.create_task',
      },
      ...{ state: 'IN_PROGRESS', owner: 'one', claimed_at: NOW, expires_at: EXPIRY },
    });
  });

  it('keeps everybody else waiting while the first has it', async () => {
    await claim('one');
    expect(await claim('two', SOON)).toEqual(inProgress());
    expect(await row()).toMatchObject({ owner: 'one' });
  });

  it('gives it to one of many who ask at once', async () => {
    const owners = ['one', 'two', 'three', 'four'];
    const claims = await Promise.all(owners.map((owner) => claim(owner)));
    expect(claims.filter(({ claimed }) => claimed)).toEqual([CLAIMED]);
    expect(claims.filter(({ claimed }) => !claimed)).toEqual([inProgress(), inProgress(), inProgress()]);
  });

  it.each([true, false])('gives it again to the very same claim (repeatable: %s)', async (repeatable) => {
    await claim('one', NOW, { repeatable });
    expect(await claim('one', NOW, { repeatable })).toEqual(CLAIMED);
  });

  it('gives it in doubt to the same request that comes again later, since it may have acted', async () => {
    await claim('one');
    expect(await claim('one', SOON)).toEqual(TAKEN_OVER);
    expect(await row()).toMatchObject({ claimed_at: SOON, uncertain: true });
    expect(await claim('one', SOON)).toEqual(TAKEN_OVER);
    expect(await claim('one', SOON, once)).toEqual(TAKEN_OVER);
  });

  it('does not give it again to a request that must not act twice', async () => {
    await claim('one');
    expect(await claim('one', SOON, once)).toEqual(UNCERTAIN);
    expect(await row()).toMatchObject({ claimed_at: NOW });
  });

  it.each([
    ['tenant', { tenant_id: 'globex' }],
    ['intent', { action_intent_id: 'i2' }],
  ])('is refused to another %s, whatever state it is in', async (_, other) => {
    const refusal = { name: 'ValidationError', error_code: 'IDEMPOTENCY_COLLISION' };
    await claim('one');
    await expect(claim('two', LATER, other)).rejects.toMatchObject(refusal);
    await settle('one');
    await expect(claim('two', LATER, other)).rejects.toMatchObject(refusal);
  });

  it('is not possible where the row in the way is no claim, or is not shown', async () => {
    await world.put(TABLE, { pk: PK, sk: SK, state: 'SETTLED' });
    await expect(claim('one')).rejects.toMatchObject({ name: 'StoredRowInvalidError' });
    const notShown = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    await expect(failingWith(notShown)).rejects.toMatchObject({ name: 'StoredRowInvalidError' });
  });

  it('fails when DynamoDB does', async () => {
    await expect(failingWith(new Error('no such table'))).rejects.toThrow('no such table');
  });
});

describe('a dead claim', () => {
  it('is taken over from its expiry on, in doubt', async () => {
    await claim('one');
    expect(await claim('two', minute(0.999))).toEqual(inProgress());
    expect(await claim('two', EXPIRY)).toEqual(TAKEN_OVER);
    expect(await row()).toMatchObject({ state: 'IN_PROGRESS', owner: 'two', uncertain: true });
  });

  it('stays in doubt where the tool must not be called twice', async () => {
    await claim('one');
    expect(await claim('two', EXPIRY, once)).toEqual(UNCERTAIN);
    expect(await row()).toMatchObject({ owner: 'one' });
  });

  it('goes to one of many who ask at once', async () => {
    await claim('one');
    const claims = await Promise.all(['two', 'three', 'four'].map((owner) => claim(owner, LATER)));
    expect(claims.filter(({ claimed }) => claimed)).toEqual([TAKEN_OVER]);
    expect(claims.filter(({ claimed }) => !claimed)).toEqual([inProgress(minute(3)), inProgress(minute(3))]);
  });

  it.each([
    ['ended after all', { state: 'SETTLED', answer: ANSWER, settled_at: SOON }, SETTLED],
    ['went to a third', { owner: 'three', expires_at: minute(9) }, inProgress(minute(9))],
    ['was taken again by its owner', { claimed_at: SOON, expires_at: minute(9) }, inProgress(minute(9))],
  ])('is left alone when it %s after it was read', async (_, meanwhile, expected) => {
    await claim('one');
    beforeTakingOver(() => change(meanwhile));
    expect(await claim('two', LATER)).toEqual(expected);
    expect(await row()).toMatchObject(meanwhile);
  });

  it('is given to whoever asks when it was given back in between', async () => {
    await claim('one');
    beforeTakingOver(() => world.remove(TABLE, PK, SK));
    expect(await claim('two', LATER)).toEqual(CLAIMED);
  });

  it('is worth another try later when others keep taking and losing it', async () => {
    await claim('one');
    let owner = 0;
    beforeTakingOver(() => {
      owner += 1;
      return change({ state: 'UNCERTAIN', owner: `other-${owner}` });
    });
    await expect(claim('two', LATER)).rejects.toMatchObject({
      ...{ name: 'TransientError', error_code: 'IDEMPOTENCY_CONTENDED' },
    });
  });
});

describe('settling a claim', () => {
  it('gives the answer to whoever asks again, at once and after its expiry', async () => {
    await claim('one');
    expect(await settle('one')).toBe(true);
    expect(await claim('two', SOON)).toEqual(SETTLED);
    expect(await claim('one', LATER, once)).toEqual(SETTLED);
    expect(await row()).toMatchObject({ state: 'SETTLED', owner: 'one', settled_at: SOON, answer: ANSWER });
  });

  it('is not possible for whoever lost the claim', async () => {
    await claim('one');
    await claim('two', LATER);
    expect(await settle('one')).toBe(false);
    expect(await row()).toMatchObject({ state: 'IN_PROGRESS', owner: 'two' });
  });

  it.each([
    ['that nobody made', async () => false],
    ['that is settled', () => claim('one').then(() => settle('one'))],
    ['that was given back in doubt', () => claim('one').then(() => release('one', true))],
  ])('is not possible of a claim %s', async (_, before: () => Promise<boolean>) => {
    await before();
    const stored = await row();
    expect(await store().settle(KEY, 'one', { ...ANSWER, tool_run_ref: 'other' }, LATER)).toBe(false);
    expect(await row()).toEqual(stored);
  });
});

describe('giving a claim back', () => {
  it('frees the key when nothing was done', async () => {
    await claim('one');
    expect(await release('one', false)).toBe(true);
    expect(await row()).toBeUndefined();
    expect(await claim('two', SOON, once)).toEqual(CLAIMED);
  });

  it('leaves the key in doubt when nobody can tell', async () => {
    await claim('one');
    expect(await release('one', true)).toBe(true);
    expect(await row()).toMatchObject({ state: 'UNCERTAIN', owner: 'one' });
    expect(await claim('two', SOON, once)).toEqual(UNCERTAIN);
    expect(await claim('two', SOON)).toEqual(TAKEN_OVER);
  });

  it.each([true, false])('keeps the doubt about an earlier holder (uncertain: %s)', async (uncertain) => {
    await claim('one');
    await claim('two', LATER);
    expect(await release('two', uncertain)).toBe(true);
    expect(await claim('three', LATER, once)).toEqual(UNCERTAIN);
  });

  it.each([true, false])('is not possible for whoever lost the claim (uncertain: %s)', async (uncertain) => {
    await claim('one');
    await change({ owner: 'two' });
    expect(await release('one', uncertain)).toBe(false);
    expect(await row()).toMatchObject({ state: 'IN_PROGRESS', owner: 'two' });
  });

  it.each([true, false])('is not possible of a settled claim (uncertain: %s)', async (uncertain) => {
    await claim('one');
    await settle('one');
    expect(await release('one', uncertain)).toBe(false);
    expect(await claim('two', LATER)).toEqual(SETTLED);
  });

  it('does nothing where there is no claim', async () => {
    expect(await release('one', false)).toBe(false);
    expect(await release('one', true)).toBe(false);
    expect(await row()).toBeUndefined();
  });
});

describe('forgetting a settled answer', () => {
  it('lets the action be carried out again', async () => {
    await claim('one');
    await settle('one');
    await store().forget(KEY);
    expect(await claim('two', LATER, once)).toEqual(CLAIMED);
  });

  it('leaves alone what is not settled', async () => {
    await claim('one');
    await store().forget(KEY);
    expect(await row()).toMatchObject({ state: 'IN_PROGRESS' });
    await release('one', true);
    await store().forget(KEY);
    expect(await row()).toMatchObject({ state: 'UNCERTAIN' });
  });

  it('does nothing where there is no claim', async () => {
    await store().forget(KEY);
    expect(await row()).toBeUndefined();
  });
});

describe('looking at a key', () => {
  it('finds nothing where nobody has claimed it, and claims nothing', async () => {
    expect(await store().look(KEY)).toEqual({ state: 'FREE' });
    expect(await row()).toBeUndefined();
  });

  it('finds that somebody calls, or may have acted', async () => {
    await claim('one');
    expect(await store().look(KEY)).toEqual({ state: 'OPEN' });
    await store().release(KEY, 'one', true);
    expect(await store().look(KEY)).toEqual({ state: 'OPEN' });
  });

  it('finds the answer that was settled', async () => {
    await claim('one');
    await store().settle(KEY, 'one', ANSWER, SOON);
    expect(await store().look(KEY)).toEqual({ state: 'SETTLED', answer: ANSWER });
  });
});
