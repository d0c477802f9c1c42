import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createDecisionReservations } from '../../../src/adapters/dynamodb/decision-reservation-store.ts';
import type { ReservationRequest } from '../../../src/application/ports/decisions.ts';
import { skip } from '../../../src/domain/decision/cost-gate.ts';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import { SCOPE } from '../../support/intents.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'IDEMPOTENCY_STORE_TABLE_NAME';
const [PK, SK] = ['IDEMPOTENCY#k1', 'METADATA'];
const [NOW, SOON, EXPIRY, LATER] = [minute(0), minute(0.5), minute(1), minute(2)];
const DAY_MINUTES = 24 * 60;
const TTL = Date.parse(minute(DAY_MINUTES)) / 1000;
const TAKEN = { reserved: true, granted: false };
const END = skip('BUDGET_EXHAUSTED', 'Nothing is left');
const COLLISION = { name: 'ValidationError', error_code: 'IDEMPOTENCY_COLLISION' };

const request = (owner: string, now = NOW, more: Partial<ReservationRequest> = {}): ReservationRequest => ({
  ...{ ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1', deferred_times: 0 },
  ...{ owner, now, expires_at: secondsAfter(now, 60), ...more },
});
const store = () => world.runtime.reservations;
const reserve = (...args: Parameters<typeof request>) => store().reserve(request(...args));
const row = () => world.row(TABLE, PK, SK);
const change = async (more: object) => world.put(TABLE, { ...(await row()), ...more });
const refused = (explanation: RegExp) => ({
  ...{ reserved: false, explanation: expect.stringMatching(explanation) },
});
const AT_WORK = refused(/^Another call has been at work .* since 2026-01-05T09:00:00.000Z$/);
/** Lets others act between reading a reservation and taking it over, each time. */
const beforeTakingOver = (act: () => Promise<void>) =>
  world.tables.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'PutItemCommand' && 'ExpressionAttributeValues' in args.input) await act();
        return next(args);
      },
    { step: 'initialize', name: 'beforeTakingOver' },
  );

describe('reserving an idempotency key', () => {
  it('gives it to the first who asks, for a day', async () => {
    expect(await reserve('one')).toEqual(TAKEN);
    expect(await row()).toEqual({
      ...{ pk: PK, sk: SK, ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1' },
      ...{ deferred_times: 0, state: 'IN_PROGRESS', owner: 'one', reserved_at: NOW, expires_at: EXPIRY },
      ttl: TTL,
    });
  });

  it('gives it to one of fifty who ask at once', async () => {
    const owners = Array.from({ length: 50 }, (_, index) => `owner-${index}`);
    const results = await Promise.all(owners.map((owner) => reserve(owner)));
    expect(results.filter(({ reserved }) => reserved)).toEqual([TAKEN]);
    expect(await world.rows(TABLE)).toHaveLength(1);
  });

  it('is refused to others while the first is at work, up to its expiry', async () => {
    await reserve('one');
    expect(await reserve('two', SOON)).toEqual(AT_WORK);
    expect(await reserve('two', EXPIRY)).toEqual(TAKEN);
    expect(await row()).toMatchObject({ owner: 'two', reserved_at: EXPIRY });
  });

  it('goes on at once for a retry of the same invocation', async () => {
    await reserve('one');
    expect(await reserve('one', SOON)).toEqual(TAKEN);
    expect(await row()).toMatchObject({ owner: 'one', reserved_at: SOON });
  });

  it.each([
    ['tenant_id', { tenant_id: 'globex' }],
    ['account_id', { account_id: 'a2' }],
    ['trigger_type', { trigger_type: 'POSTURE_CHANGE' }],
  ])('of another %s is an error that tells nothing of it, whatever its state', async (field, other) => {
    await reserve('one');
    const called = reserve('two', LATER, other);
    await expect(called).rejects.toMatchObject(COLLISION);
    await expect(called).rejects.toThrow(
      `idempotency_key: "k1": stands for another trigger: ${field} differs`,
    );
    await store().finish(request('one'), END, SOON);
    await expect(reserve('two', LATER, other)).rejects.toMatchObject(COLLISION);
    expect(await row()).toMatchObject(SCOPE);
  });

  it('is free again for anybody once a day is over, whether the row is deleted or not', async () => {
    await reserve('one');
    await store().finish(request('one'), END, SOON);
    const early = minute(DAY_MINUTES - 0.001);
    expect(await reserve('two', early)).toEqual(refused(/has come to its end/));
    const other = { tenant_id: 'globex' };
    expect(await reserve('two', minute(DAY_MINUTES), other)).toEqual(TAKEN);
    expect(await row()).toMatchObject({ tenant_id: 'globex', state: 'IN_PROGRESS' });
  });

  it('forgets after a day, too, that a run was granted', async () => {
    await reserve('one');
    await change({ granted_at: NOW });
    expect(await reserve('two', minute(DAY_MINUTES))).toEqual(TAKEN);
    expect(await row()).not.toHaveProperty('granted_at');
  });

  it('fails where the row in the way is no reservation, or DynamoDB does not answer', async () => {
    await world.put(TABLE, { pk: PK, sk: SK, state: 'FINISHED' });
    await expect(reserve('one')).rejects.toMatchObject({ name: 'StoredRowInvalidError' });
    const mock = mockClient(world.tables.documentClient);
    mock.on(PutCommand).rejects(new Error('no such table'));
    const mocked = createDecisionReservations(world.tables.documentClient, world.names);
    await expect(mocked.reserve(request('one'))).rejects.toThrow('no such table');
    mock.restore();
  });
});

describe('a dead reservation', () => {
  it('goes to one of many who ask at once', async () => {
    await reserve('one');
    const results = await Promise.all(['two', 'three', 'four'].map((owner) => reserve(owner, LATER)));
    expect(results.filter(({ reserved }) => reserved)).toEqual([TAKEN]);
  });

  it('hands on that its run was granted', async () => {
    await reserve('one');
    await change({ granted_at: NOW });
    expect(await reserve('two', EXPIRY)).toEqual({ reserved: true, granted: true });
    expect(await row()).toMatchObject({ owner: 'two', granted_at: NOW });
  });

  it.each([
    [
      'came to its end after all',
      { state: 'FINISHED', result: 'SKIP', reason: 'BUDGET_EXHAUSTED' },
      refused(/has come to its end: SKIP, BUDGET_EXHAUSTED/),
    ],
    ['went to a third', { owner: 'three', expires_at: minute(9) }, AT_WORK],
    ['was taken again by its owner', { reserved_at: SOON, expires_at: minute(9) }, refused(/at work/)],
  ])('is left alone when it %s after it was read', async (_, meanwhile, expected) => {
    await reserve('one');
    beforeTakingOver(() => change(meanwhile));
    expect(await reserve('two', LATER)).toEqual(expected);
    expect(await row()).toMatchObject(meanwhile);
  });

  it('is worth another try later when others keep taking it', async () => {
    await reserve('one');
    let owner = 0;
    beforeTakingOver(() => {
      owner += 1;
      return change({ owner: `other-${owner}` });
    });
    await expect(reserve('two', LATER)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('the end of a trigger', () => {
  it('makes whoever asks again a duplicate, at once and after the expiry', async () => {
    await reserve('one');
    expect(await store().finish(request('one'), END, SOON)).toBe(true);
    for (const [owner, now] of [
      ['one', SOON],
      ['two', LATER],
    ] as const)
      expect(await reserve(owner, now)).toEqual(refused(/come to its end: SKIP, BUDGET_EXHAUSTED$/));
    expect(await row()).toMatchObject({
      ...{ state: 'FINISHED', result: 'SKIP', reason: 'BUDGET_EXHAUSTED', finished_at: SOON, ttl: TTL },
    });
  });

  it('is not to be told by whoever lost the reservation, nor twice', async () => {
    await reserve('one');
    await reserve('two', LATER);
    expect(await store().finish(request('one'), END, LATER)).toBe(false);
    expect(await row()).toMatchObject({ state: 'IN_PROGRESS', owner: 'two' });
    expect(await store().finish(request('two'), END, LATER)).toBe(true);
    expect(await store().finish(request('two'), skip('DEBOUNCE', 'no'), LATER)).toBe(false);
    expect(await row()).toMatchObject({ reason: 'BUDGET_EXHAUSTED' });
  });
});

describe('a trigger that is put off', () => {
  const BACK = minute(90);
  const once = { deferred_times: 1 };
  const putOff = async () => {
    await reserve('one');
    return store().defer(request('one'), BACK);
  };

  it('comes back once, and everything else is a duplicate', async () => {
    expect(await putOff()).toBe(true);
    expect(await row()).toMatchObject({
      ...{ state: 'DEFERRED', deferred_times: 1, deferred_until: BACK, ttl: TTL + 90 * 60 },
    });
    expect(await reserve('two', SOON)).toEqual(refused(/was put off and will come back/));
    expect(await reserve('two', BACK, { deferred_times: 2 })).toEqual(refused(/was put off/));
    expect(await reserve('two', BACK, once)).toEqual(TAKEN);
    expect(await reserve('three', BACK, once)).toEqual(refused(/at work/));
    expect(await reserve('one', BACK)).toEqual(refused(/was put off and has come back/));
    expect(await reserve('one', minute(200))).toEqual(refused(/was put off and has come back/));
  });

  it('is remembered a day from now when it could run at once', async () => {
    await reserve('one', SOON);
    await store().defer(request('one', SOON), NOW);
    expect(await row()).toMatchObject({ ttl: TTL + 30 });
  });

  it('comes again later when it is back before anybody could say that it is put off', async () => {
    await reserve('one');
    await expect(reserve('two', SOON, once)).rejects.toMatchObject({ name: 'TransientError' });
    expect(await reserve('two', EXPIRY, once)).toEqual(TAKEN);
  });

  it('is not to be put off by whoever lost the reservation, nor once it has come to its end', async () => {
    await reserve('one');
    await reserve('two', LATER);
    expect(await store().defer(request('one'), BACK)).toBe(false);
    await store().finish(request('two'), END, LATER);
    expect(await store().defer(request('two'), BACK)).toBe(false);
    expect(await row()).toMatchObject({ state: 'FINISHED' });
  });
});

describe('a reservation that is given up', () => {
  it('goes to whoever asks next', async () => {
    await reserve('one');
    expect(await store().release(request('one'))).toBe(true);
    expect(await reserve('two', NOW)).toEqual(TAKEN);
  });

  it('stays with whoever took it over, and what has come to its end stays so', async () => {
    await reserve('one');
    await reserve('two', LATER);
    expect(await store().release(request('one'))).toBe(false);
    expect(await reserve('three', LATER)).toEqual(refused(/at work/));
    await store().finish(request('two'), END, LATER);
    expect(await store().release(request('two'))).toBe(false);
    expect(await row()).not.toHaveProperty('expires_at');
  });

  it('fails when DynamoDB does', async () => {
    const client = createDecisionReservations(world.tables.documentClient, {
      IDEMPOTENCY_STORE_TABLE_NAME: 'unheard-of',
    });
    await expect(client.release(request('one'))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
