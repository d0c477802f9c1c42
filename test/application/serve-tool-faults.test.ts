import { describe, expect, it } from '@jest/globals';
import { TransientError, ValidationError } from '../../src/application/errors.ts';
import type { IdempotencyStore } from '../../src/application/ports/connectors.ts';
import { CLAIM_SECONDS } from '../../src/application/serve-tool.ts';
import { fake } from '../support/fakes/fake.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';
import { claimRow, connectorRow, DONE, failed, guarding, servingOn, UNKNOWN } from './serve-tool-harness.ts';

const world = useWorld();
const serving = servingOn(world);

describe('a call whose connector throws', () => {
  it('leaves its key in doubt and its slot free, and throws the same', async () => {
    const fault = new Error('a bug');
    const { serve, served } = serving([fault]);
    await expect(serve()).rejects.toBe(fault);
    expect(await claimRow(world)).toMatchObject({ state: 'UNCERTAIN' });
    expect(served.left).toEqual([false]);
    expect(await connectorRow(world)).toMatchObject({ slots: {} });
    expect(served.counted).toMatchObject([{ result: 'UNKNOWN' }]);
  });

  it('throws the same when that cannot be written down', async () => {
    const fault = new Error('a bug');
    const release = async () => Promise.reject(new Error('no such table'));
    const { serve } = serving([fault], {
      idempotency: { ...world.runtime.idempotency, release },
      ...guarding({ admit: async () => ({ admitted: true }), leave: release }),
    });
    await expect(serve()).rejects.toBe(fault);
    expect(await claimRow(world)).toMatchObject({ state: 'IN_PROGRESS' });
  });
});

describe('a call that is kept out', () => {
  const refusing = (reason: 'CIRCUIT_OPEN' | 'BUSY') =>
    guarding({ admit: async () => ({ admitted: false, reason, retry_at: minute(1) }) });

  it.each([
    ['CIRCUIT_OPEN', { error_class: 'DOWNSTREAM', error_code: 'CIRCUIT_OPEN' }],
    ['BUSY', { error_class: 'RATE_LIMIT', error_code: 'CONNECTOR_BUSY' }],
  ] as const)('for %s has done nothing and may come again', async (reason, expected) => {
    const { serve, served } = serving([], refusing(reason));
    expect(await serve()).toEqual({
      ...failed({ ...expected, transient: true }),
      error_message: expect.stringContaining(minute(1)),
    });
    expect(await claimRow(world)).toBeUndefined();
    expect(served).toMatchObject({ executed: [], counted: [{ result: reason, latency_ms: 0 }] });
  });

  it('cannot say that nothing was done where an earlier call may have acted', async () => {
    await serving([UNKNOWN]).serve();
    const { serve } = serving([], refusing('BUSY'));
    expect(await serve()).toMatchObject({ error_code: 'CONNECTOR_BUSY', transient: true, effect: 'UNKNOWN' });
    expect(await claimRow(world)).toMatchObject({ state: 'UNCERTAIN' });
  });

  it('by a guard in a hurry has done nothing and may come again', async () => {
    const details = { error_class: 'RATE_LIMIT', error_code: 'CONNECTOR_CONTENDED' } as const;
    const admit = async () => Promise.reject(new TransientError('too many', details));
    const { serve, served } = serving([], guarding({ admit }));
    expect(await serve()).toEqual(failed({ ...details, error_message: 'too many', transient: true }));
    expect(await claimRow(world)).toBeUndefined();
    expect(served.counted).toMatchObject([{ result: 'BUSY' }]);
  });

  it('by a guard that fails frees its key and throws the same', async () => {
    const fault = new Error('no such table');
    const { serve, served } = serving([], guarding({ admit: async () => Promise.reject(fault) }));
    await expect(serve()).rejects.toBe(fault);
    expect(await claimRow(world)).toBeUndefined();
    expect(served.executed).toEqual([]);
  });
});

describe('a call that has acted', () => {
  it('is answered although somebody else has taken over its claim', async () => {
    const idempotency: IdempotencyStore = { ...world.runtime.idempotency, settle: async () => false };
    expect(await serving([DONE], { idempotency }).serve()).toEqual(DONE);
  });

  it('is answered although the guard cannot be told', async () => {
    const leave = async () => Promise.reject(new TransientError('too many'));
    const { serve } = serving([DONE], guarding({ admit: async () => ({ admitted: true }), leave }));
    expect(await serve()).toEqual(DONE);
    expect(await claimRow(world)).toMatchObject({ state: 'SETTLED' });
  });

  it('throws when its answer cannot be kept, and converges when it is repeated after its claim', async () => {
    const settle = async () => Promise.reject(new Error('no such table'));
    const { serve, served } = serving([DONE], { idempotency: { ...world.runtime.idempotency, settle } });
    await expect(serve()).rejects.toThrow('no such table');
    expect(await claimRow(world)).toMatchObject({ state: 'IN_PROGRESS' });
    expect(served.left).toEqual([true]);
    world.clock.set(minute(CLAIM_SECONDS / 60));
    expect(await serving([DONE]).serve()).toEqual(DONE);
  });

  it('is not repeated after its claim where the tool must not act twice', async () => {
    const settle = async () => Promise.reject(new Error('no such table'));
    await expect(
      serving([DONE], { idempotency: { ...world.runtime.idempotency, settle } }).serve(),
    ).rejects.toThrow();
    world.clock.set(minute(CLAIM_SECONDS / 60));
    expect(await serving([]).serve(false)).toMatchObject({ error_code: 'OUTCOME_UNKNOWN', transient: false });
  });
});

describe('a key that cannot be claimed', () => {
  it.each([new TransientError('throttled'), new Error('no such table')])(
    'stops the call: %s',
    async (fault) => {
      const idempotency = fake<IdempotencyStore>('IdempotencyStore', {
        claim: async () => Promise.reject(fault),
      });
      await expect(serving([], { idempotency }).serve()).rejects.toBe(fault);
    },
  );

  it('is told of with the code that the store gives', async () => {
    const claim = async () => Promise.reject(new ValidationError('no', { error_code: 'SOME_CODE' }));
    const idempotency = fake<IdempotencyStore>('IdempotencyStore', { claim });
    expect(await serving([], { idempotency }).serve()).toMatchObject({
      ...{ error_class: 'VALIDATION', error_code: 'SOME_CODE', transient: false, effect: 'NONE' },
    });
  });
});
