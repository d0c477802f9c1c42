import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createDecisionRunStates } from '../../../src/adapters/dynamodb/decision-run-state-store.ts';
import type { ReservationRequest } from '../../../src/application/ports/decisions.ts';
import { skip } from '../../../src/domain/decision/cost-gate.ts';
import { secondsAfter } from '../../../src/domain/identifiers.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TABLE = 'DECISION_RUN_STATE_TABLE_NAME';
const NOW = minute(0);
const HOUR = '2026-01-05T09';
const TYPE = 'SIGNAL_ARRIVED';
const NONE = { account_runs_this_hour: 0, tenant_runs_this_hour: 0 };
const LIMITS = {
  ...{ debounce_seconds: 60, cooldown_seconds: 300 },
  ...{ max_per_account_per_hour: 12, max_per_tenant_per_hour: 20 },
};
/** So that only the counters hold back. */
const NO_COOLDOWN = { ...LIMITS, cooldown_seconds: 0 };

const request = (key: string, now = NOW, more: Partial<ReservationRequest> = {}): ReservationRequest => ({
  ...{ ...SCOPE, trigger_type: TYPE, idempotency_key: key, deferred_times: 0 },
  ...{ owner: `owner of ${key}`, now, expires_at: secondsAfter(now, 60), ...more },
});
const states = () => createDecisionRunStates(world.tables.documentClient, world.names, () => 0);
const read = (now = NOW, type = TYPE, scope = SCOPE) => states().read(scope, type, now);
const grant = (of: ReservationRequest, limits = LIMITS) => states().grantWithinLimits(of, limits);
const run = async (of: ReservationRequest, limits = LIMITS) => {
  await world.runtime.reservations.reserve(of);
  return grant(of, limits);
};
const state = (type = TYPE) => world.row(TABLE, SCOPE_PK, `RUN_STATE#${type}`);
const count = (pk: string, hour = HOUR, type = TYPE) =>
  world.row(TABLE, pk, `RUN_STATE#${type}#HOUR#${hour}`);

describe('a run that is granted', () => {
  it('starts the cooldown, counts for account and tenant, and marks its reservation', async () => {
    expect(await run(request('k1'))).toBe(true);
    expect(await state()).toEqual({
      ...{ pk: SCOPE_PK, sk: 'RUN_STATE#SIGNAL_ARRIVED', last_allowed_at: NOW, updated_at: NOW },
      ttl: Date.parse(NOW) / 1000 + 300 + 86_400,
    });
    const ttl = Date.parse(minute(60)) / 1000 + 86_400;
    expect(await count(SCOPE_PK)).toMatchObject({ runs: 1, updated_at: NOW, ttl });
    expect(await count('TENANT#acme')).toMatchObject({ runs: 1, updated_at: NOW, ttl });
    expect(await world.row('IDEMPOTENCY_STORE_TABLE_NAME', 'IDEMPOTENCY#k1', 'METADATA')).toMatchObject({
      ...{ granted_at: NOW, state: 'IN_PROGRESS' },
    });
    expect(await read()).toEqual({
      ...{ last_allowed_at: NOW, waiting: undefined, account_runs_this_hour: 1, tenant_runs_this_hour: 1 },
    });
  });

  it('of one type does not hold up another, nor another account', async () => {
    await run(request('k1'));
    expect(await run(request('k2', NOW, { trigger_type: 'POSTURE_CHANGE' }))).toBe(true);
    expect(await run(request('k3', NOW, { account_id: 'a2' }))).toBe(true);
    expect(await read(NOW, 'POSTURE_CHANGE')).toMatchObject({ tenant_runs_this_hour: 1 });
    expect(await read()).toMatchObject({ account_runs_this_hour: 1, tenant_runs_this_hour: 2 });
    expect(await read(NOW, TYPE, { tenant_id: 'bolt', account_id: 'a1' })).toMatchObject(NONE);
  });

  it('ends the waiting of the trigger that runs', async () => {
    await states().noteWaiting(request('k1'), minute(5));
    expect(await read()).toMatchObject({ waiting: { since: NOW, until: minute(5) } });
    expect(await state()).toMatchObject({ ttl: Date.parse(minute(5)) / 1000 + 86_400 });
    await run(request('k1', minute(5)));
    expect(await read()).toMatchObject({ waiting: undefined });
  });
});

describe('no run is granted, and nothing is counted,', () => {
  const nothing = async (of: ReservationRequest, limits = LIMITS) => {
    await world.runtime.reservations.reserve(of);
    const before = await world.everything();
    expect(await grant(of, limits)).toBe(false);
    expect(await world.everything()).toEqual(before);
  };

  it('before the cooldown is over to the millisecond', async () => {
    await run(request('k1'));
    await nothing(request('k2', '2026-01-05T09:04:59.999Z'));
    expect(await run(request('k3', minute(5)))).toBe(true);
  });

  it('beyond what an account may have in a clock hour; the next one begins anew', async () => {
    const limits = { ...NO_COOLDOWN, max_per_account_per_hour: 2 };
    for (const key of ['k1', 'k2']) expect(await run(request(key), limits)).toBe(true);
    await nothing(request('k3', '2026-01-05T09:59:59.999Z'), limits);
    expect(await run(request('k4', minute(60)), limits)).toBe(true);
    expect(await count(SCOPE_PK, '2026-01-05T10')).toMatchObject({ runs: 1 });
    expect(await read(minute(61))).toMatchObject({ account_runs_this_hour: 1, tenant_runs_this_hour: 1 });
  });

  it('beyond what a tenant may have in a clock hour, whichever the account', async () => {
    const limits = { ...LIMITS, max_per_tenant_per_hour: 2 };
    for (const account_id of ['a1', 'a2'])
      expect(await run(request(account_id, NOW, { account_id }), limits)).toBe(true);
    await nothing(request('k3', NOW, { account_id: 'a3' }), limits);
    expect(await run(request('k4', minute(60), { account_id: 'a3' }), limits)).toBe(true);
  });

  it('to whoever lost the reservation', async () => {
    await world.runtime.reservations.reserve(request('k1'));
    await world.runtime.reservations.reserve(request('k1', minute(2), { owner: 'another' }));
    const before = await world.everything();
    expect(await grant(request('k1', minute(2)))).toBe(false);
    expect(await world.everything()).toEqual(before);
  });

  it('to a trigger that has come to its end', async () => {
    const of = request('k1');
    await world.runtime.reservations.reserve(of);
    await world.runtime.reservations.finish(of, skip('DEBOUNCE', 'covered'), NOW);
    const before = await world.everything();
    expect(await grant(of)).toBe(false);
    expect(await world.everything()).toEqual(before);
  });
});

describe('of fifty triggers at once', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => index);
  /** Each as often as it takes, for two transactions that meet may both be told to try again. */
  const grantedOf = async (requests: readonly ReservationRequest[], limits: typeof LIMITS) => {
    const once = async (of: ReservationRequest) => {
      await world.runtime.reservations.reserve(of);
      for (let tries = 0; tries < 5; tries += 1) if (await grant(of, limits)) return true;
      return false;
    };
    return (await Promise.all(requests.map(once))).filter((granted) => granted).length;
  };

  it('one runs while there is a cooldown', async () => {
    expect(
      await grantedOf(
        fifty.map((index) => request(`k${index}`)),
        LIMITS,
      ),
    ).toBe(1);
    expect(await count(SCOPE_PK)).toMatchObject({ runs: 1 });
  });

  it('no more run than an account may have', async () => {
    expect(
      await grantedOf(
        fifty.map((index) => request(`k${index}`)),
        NO_COOLDOWN,
      ),
    ).toBe(12);
    expect(await count(SCOPE_PK)).toMatchObject({ runs: 12 });
    expect(await count('TENANT#acme')).toMatchObject({ runs: 12 });
  });

  it('no more run than their tenant may have, each for another account', async () => {
    const requests = fifty.map((index) => request(`k${index}`, NOW, { account_id: `a${index}` }));
    expect(await grantedOf(requests, LIMITS)).toBe(20);
    expect(await count('TENANT#acme')).toMatchObject({ runs: 20 });
  });
});

describe('what ran before', () => {
  it('is nothing at the start', async () => {
    expect(await read()).toEqual({ last_allowed_at: undefined, waiting: undefined, ...NONE });
  });

  it('cannot be told when not all of it was read', async () => {
    const mock = mockClient(world.tables.documentClient);
    mock.on(BatchGetCommand).resolves({ UnprocessedKeys: { [world.names[TABLE]]: { Keys: [] } } });
    await expect(read()).rejects.toMatchObject({ name: 'TransientError' });
    mock.on(BatchGetCommand).resolves({});
    expect(await read()).toMatchObject(NONE);
    mock.restore();
  });
});
