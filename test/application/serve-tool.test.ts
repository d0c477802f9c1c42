import { describe, expect, it } from '@jest/globals';
import type { Connector } from '../../src/application/ports/connectors.ts';
import { serveTool } from '../../src/application/serve-tool.ts';
import { fake } from '../support/fakes/fake.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';
import {
  CALL,
  claimRow,
  connectorRow,
  DEFINITE,
  DONE,
  failed,
  PARTIAL,
  servingOn,
  TRANSIENT,
  UNKNOWN,
} from './serve-tool-harness.ts';

const world = useWorld();
const serving = servingOn(world);

describe('a call of a tool', () => {
  it('is carried out, kept and counted, and leaves its slot', async () => {
    const { serve, served } = serving([DONE]);
    expect(await serve()).toEqual(DONE);
    expect(served.executed).toEqual([CALL]);
    expect(await claimRow(world)).toMatchObject({
      state: 'SETTLED',
      answer: DONE,
      tool_name: 'crm.create_task',
    });
    expect(served.left).toEqual([true]);
    expect(await connectorRow(world)).toMatchObject({ slots: {} });
    expect(served.counted).toEqual([
      { tool_name: 'crm.create_task', connector: 'crm', latency_ms: 0, result: 'SUCCEEDED' },
    ]);
  });

  it('is given the first answer when it is repeated', async () => {
    const { serve, served } = serving([DONE]);
    await serve();
    expect(await serve(false)).toEqual(DONE);
    expect(served.executed).toHaveLength(1);
    expect(served.counted).toHaveLength(1);
  });

  it('is carried out once of many at once, and the others are told to come back', async () => {
    const { serve, served } = serving([DONE]);
    const answers = await Promise.all([serve(), serve(), serve()]);
    expect(served.executed).toHaveLength(1);
    for (const answer of answers) {
      const isEarly = { ...failed(), error_code: 'ALREADY_IN_PROGRESS', transient: true, effect: 'UNKNOWN' };
      if (answer.success) expect(answer).toEqual(DONE);
      else expect(answer).toEqual({ ...isEarly, error_message: expect.stringContaining(minute(1)) });
    }
  });

  it('is turned down for what its schema cannot tell, before anything is done', async () => {
    const connector = fake<Connector>('Connector', { id: 'crm', validate: async () => 'start_at: is past' });
    const { serve, served } = serving([], { connector });
    expect(await serve()).toEqual(
      failed({
        error_class: 'VALIDATION',
        error_code: 'VALIDATION_FAILED',
        error_message: 'start_at: is past',
      }),
    );
    expect(await claimRow(world)).toBeUndefined();
    expect(served.executed).toEqual([]);
  });

  it('is turned down when its key stands for another action', async () => {
    const { deps } = serving([DONE]);
    await serveTool(deps, { ...CALL, repeatable: true });
    const answer = await serveTool(deps, { ...CALL, action_intent_id: 'i2', repeatable: true });
    expect(answer).toEqual({
      ...failed({ error_class: 'VALIDATION', error_code: 'IDEMPOTENCY_COLLISION' }),
      error_message: expect.stringContaining('action_intent_id'),
    });
  });

  it('takes as long as the connector does', async () => {
    const { serve, served } = serving([], {
      connector: fake<Connector>('Connector', {
        id: 'crm',
        validate: async () => undefined,
        execute: async () => {
          world.clock.set(minute(0.05));
          return DONE;
        },
      }),
    });
    await serve();
    expect(served.counted).toMatchObject([{ latency_ms: 3000 }]);
  });

  it('goes by without a guard where there is none', async () => {
    const { serve } = serving([DONE], { guard: undefined });
    expect(await serve()).toEqual(DONE);
    expect(await connectorRow(world)).toBeUndefined();
  });
});

describe('a call that fails', () => {
  it.each([
    ['for good, with nothing done', DEFINITE],
    ['for now, with nothing done', TRANSIENT],
  ])('%s frees its key', async (_, answer) => {
    const { serve } = serving([answer, DONE]);
    expect(await serve(false)).toEqual(answer);
    expect(await claimRow(world)).toBeUndefined();
    expect(await serve(false)).toEqual(DONE);
  });

  it.each([
    ['with nobody knowing what was done', UNKNOWN],
    ['with a part of it done', PARTIAL],
  ])('%s leaves its key in doubt', async (_, answer) => {
    const { serve, served } = serving([answer]);
    expect(await serve(false)).toEqual(answer);
    expect(await claimRow(world)).toMatchObject({ state: 'UNCERTAIN' });
    expect(await serve(false)).toEqual({
      ...failed({ error_class: 'UNKNOWN', error_code: 'OUTCOME_UNKNOWN', effect: 'UNKNOWN' }),
      error_message: expect.any(String),
    });
    expect(served.executed).toHaveLength(1);
  });

  it('is repeated where the tool converges on one effect', async () => {
    const { serve, served } = serving([UNKNOWN, DONE]);
    await serve();
    expect(await serve()).toEqual(DONE);
    expect(served.executed).toHaveLength(2);
    expect(await claimRow(world)).toMatchObject({ state: 'SETTLED' });
  });

  it.each([DEFINITE, TRANSIENT])(
    'cannot say that nothing was done where an earlier call may have acted (%#)',
    async (answer) => {
      const { serve } = serving([UNKNOWN, answer]);
      await serve();
      expect(await serve()).toEqual({ ...answer, effect: 'UNKNOWN' });
      expect(await claimRow(world)).toMatchObject({ state: 'UNCERTAIN' });
    },
  );

  it('says what it did although an earlier call may have acted', async () => {
    const { serve } = serving([UNKNOWN, PARTIAL]);
    await serve();
    expect(await serve()).toEqual(PARTIAL);
  });

  it.each([
    ['VALIDATION', true],
    ['AUTH', true],
    ['RATE_LIMIT', false],
    ['DOWNSTREAM', false],
    ['TIMEOUT', false],
    ['UNKNOWN', false],
  ] as const)('with class %s tells whether the system is well: %s', async (error_class, healthy) => {
    const { serve, served } = serving([failed({ error_class })]);
    await serve();
    expect(served.left).toEqual([healthy]);
    expect(served.counted).toMatchObject([{ result: error_class }]);
  });
});
