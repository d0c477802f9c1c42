import { describe, expect, it } from '@jest/globals';
import { handler } from '../../functions/events/decision-cost-gate.ts';
import { ValidationError } from '../../src/application/errors.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const DETAIL = { ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1' };

const call = (event: unknown, awsRequestId = 'request-1') =>
  handler.with(world.runtimeWith(handler.environment))(event, { awsRequestId });

describe('the function of the cost gate', () => {
  it('takes what Invoke was given, and has nothing proposed where no generator is configured', async () => {
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
    expect(await call({ detail: DETAIL })).toEqual({
      ...{ result: 'ALLOW', reason: 'WITHIN_LIMITS', explanation: expect.any(String) },
      evaluated_at: minute(0),
      decision: { proposed: false, explanation: 'No plan was proposed' },
    });
    expect(await call({ detail: DETAIL }, 'request-2')).toMatchObject({
      result: 'SKIP',
      reason: 'DUPLICATE',
    });
    expect(await world.rows('IDEMPOTENCY_STORE_TABLE_NAME')).toEqual([
      expect.objectContaining({ pk: 'IDEMPOTENCY#k1', sk: 'METADATA', owner: 'request-1', ...SCOPE }),
    ]);
  });

  it('takes an event of the bus, of which only the detail counts', async () => {
    const envelope = {
      version: '0',
      id: 'e1',
      source: 'cc-native',
      'detail-type': 'RUN_DECISION',
      resources: [],
    };
    expect(await call({ ...envelope, detail: DETAIL })).toMatchObject({ reason: 'TENANT_NOT_ACTIVE' });
  });

  it.each([
    [{}, /detail: undefined/],
    [null, /input: null/],
    ['text', /input: "text"/],
    [{ detail: { ...DETAIL, tenant_id: 'a#b' } }, /detail\.tenant_id: "a#b": must start with/],
    [{ detail: { ...DETAIL, idempotency_key: 'a b' } }, /detail\.idempotency_key: "a b": must be 1 to 256/],
    [{ detail: { ...DETAIL, idempotency_key: undefined } }, /detail\.idempotency_key: undefined/],
    [{ detail: { ...DETAIL, trigger_type: 7 } }, /detail\.trigger_type: 7/],
    [{ detail: { ...DETAIL, deferred_times: -1 } }, /detail\.deferred_times: -1/],
    [{ detail: { ...DETAIL, budget_remaining: 'much' } }, /detail\.budget_remaining: "much"/],
    [{ detail: { ...DETAIL, approved_by: 'ana' } }, /detail\.approved_by: "ana": is not known here/],
    [JSON.parse('{"detail":{"__proto__":{"tenant_id":"acme"}}}'), /__proto__/],
  ])('refuses %j by path and value, and writes nothing', async (event, message) => {
    const called = call(event);
    await expect(called).rejects.toThrow(ValidationError);
    await expect(called).rejects.toThrow(message);
    expect(await world.rows('IDEMPOTENCY_STORE_TABLE_NAME')).toEqual([]);
  });
});
