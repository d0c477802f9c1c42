import { describe, expect, it } from '@jest/globals';
import { createPlan } from '../../src/application/create-plan.ts';
import { type DecisionCostGateDeps, decisionCostGate } from '../../src/application/decision-cost-gate.ts';
import { TransientError } from '../../src/application/errors.ts';
import type {
  DecisionRequeue,
  DecisionReservations,
  DecisionRunStates,
  ProposalGenerator,
  ProposedPlan,
} from '../../src/application/ports/decisions.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import type { RunDecisionDetail } from '../../src/contracts/decisions.ts';
import { decisionPlanId } from '../../src/domain/decision/trigger-hash.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { EXPIRY, minute, newPlan, newStep } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const DETAIL: RunDecisionDetail = { ...SCOPE, trigger_type: 'SIGNAL_ARRIVED', idempotency_key: 'k1' };
const PLAN_ID = decisionPlanId(DETAIL);
const PROPOSAL: ProposedPlan = {
  ...{ plan_type: 'RENEWAL_DEFENSE', objective: 'Secure the renewal', expires_at: EXPIRY },
  steps: [newStep('s1')],
};
const SLOW = new TransientError('slow down');

type Requeued = [instant: string, detail: RunDecisionDetail];

const generator = (propose: ProposalGenerator['propose']) =>
  fake<ProposalGenerator>('ProposalGenerator', { propose });

const depsWith = (more: Partial<DecisionCostGateDeps> = {}) => {
  const requeued: Requeued[] = [];
  const requeue = fake<DecisionRequeue>('DecisionRequeue', {
    at: async (...asked) => void requeued.push(asked),
  });
  const { clock, log, tenants, plans, reservations, runStates } = world.runtime;
  const proposals = generator(async () => undefined);
  return {
    requeued,
    deps: { clock, log, tenants, plans, reservations, runStates, proposals, requeue, ...more },
  };
};

const acme = (status = 'active') => world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status });
const trigger = async (
  more: Partial<RunDecisionDetail> = {},
  deps: Partial<DecisionCostGateDeps> = {},
  owner = 'request-1',
) => decisionCostGate(depsWith(deps).deps, { detail: { ...DETAIL, ...more } }, owner);

const reservation = (key = 'k1') =>
  world.row('IDEMPOTENCY_STORE_TABLE_NAME', `IDEMPOTENCY#${key}`, 'METADATA');
const plan = () => world.runtime.plans.get({ ...SCOPE, plan_id: PLAN_ID });
const ALLOWED = { result: 'ALLOW', reason: 'WITHIN_LIMITS' };
const DUPLICATE = { result: 'SKIP', reason: 'DUPLICATE' };

/** A port of which one call fails so many times. */
const failing = <T extends object, K extends keyof T>(port: T, call: K, times = 1): T => {
  let left = times;
  return {
    ...port,
    [call]: async (...args: unknown[]) => {
      left -= 1;
      if (left >= 0) throw SLOW;
      return (port[call] as (...all: unknown[]) => unknown)(...args);
    },
  };
};

describe('a trigger that is allowed', () => {
  it('asks the generator once, and is remembered as finished', async () => {
    await acme();
    const asked: unknown[] = [];
    const proposals = generator(async (of) => void asked.push(of));
    expect(await trigger({}, { proposals })).toEqual({
      ...ALLOWED,
      explanation: 'Nothing stands in the way of a run of SIGNAL_ARRIVED for the account',
      evaluated_at: minute(0),
      decision: { proposed: false, explanation: 'No plan was proposed' },
    });
    expect(asked).toEqual([{ ...SCOPE, trigger_type: 'SIGNAL_ARRIVED' }]);
    expect(await reservation()).toMatchObject({ state: 'FINISHED', ...ALLOWED });
    expect(world.lines).toEqual([
      expect.objectContaining({
        message: 'decision trigger evaluated',
        data: expect.objectContaining({ ...DETAIL, ...ALLOWED, deferred_times: 0 }),
      }),
    ]);
  });

  it('makes a plan in DRAFT of what is proposed, by nobody who could approve it', async () => {
    await acme();
    const proposals = generator(async () => PROPOSAL);
    expect(await trigger({}, { proposals })).toMatchObject({
      decision: { proposed: true, plan_id: PLAN_ID },
    });
    expect(await plan()).toMatchObject({
      ...{
        ...SCOPE,
        plan_status: 'DRAFT',
        created_by: 'decision-scheduler',
        objective: 'Secure the renewal',
      },
    });
    const [entry, ...more] = await world.runtime.plans.ledger(PLAN_ID);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ event_type: 'PLAN_CREATED', actor: { kind: 'system', id: 'decision-scheduler' } },
      data: { trigger: 'SIGNAL_ARRIVED' },
    });
  });

  it('ends in an error that says why, when what is proposed is no plan', async () => {
    await acme();
    const proposals = generator(async () => ({ ...PROPOSAL, plan_type: 'WORLD_PEACE' }));
    const called = trigger({}, { proposals });
    await expect(called).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(called).rejects.toThrow('proposal: plan_type: "WORLD_PEACE": is no plan type');
    expect(await plan()).toBeUndefined();
  });

  it('is to be tried again when its plan cannot be stored now', async () => {
    await acme();
    const plans = fake<PlanStore>('PlanStore', {
      get: async () => undefined,
      commitIfUnchanged: async () => ({ committed: false, lost_to: 'PLAN' }),
      locate: async () => undefined,
    });
    const proposals = generator(async () => PROPOSAL);
    await expect(trigger({}, { proposals, plans })).rejects.toMatchObject({ name: 'TransientError' });
    expect(await reservation()).toMatchObject({ state: 'IN_PROGRESS', granted_at: minute(0) });
  });
});

describe('a plan whose id somebody else has taken', () => {
  it('is not made, and not taken for the plan of the trigger', async () => {
    await acme();
    const foreign = newPlan({ plan_id: PLAN_ID, account_id: 'a2' });
    await createPlan(world.runtime, { plan: foreign, by: 'ana', trigger: 'test' });
    expect(await trigger({}, { proposals: generator(async () => PROPOSAL) })).toMatchObject({
      ...{ ...ALLOWED, decision: { proposed: false, explanation: `plan ${PLAN_ID} exists already` } },
    });
    expect(await plan()).toBeUndefined();
  });
});

describe('the same trigger again', () => {
  it('is a duplicate, whoever asks and however often', async () => {
    await acme();
    await trigger();
    const { rows } = world;
    const before = await rows('DECISION_RUN_STATE_TABLE_NAME');
    for (const owner of ['request-1', 'request-2']) {
      world.clock.set(minute(30));
      expect(await trigger({}, {}, owner)).toEqual({
        ...{ ...DUPLICATE, evaluated_at: minute(30) },
        explanation: expect.stringMatching(/has come to its end: ALLOW, WITHIN_LIMITS$/),
      });
    }
    expect(await rows('IDEMPOTENCY_STORE_TABLE_NAME')).toHaveLength(1);
    expect(await rows('DECISION_RUN_STATE_TABLE_NAME')).toEqual(before);
  });

  it('fifty times at once runs once', async () => {
    await acme();
    let proposed = 0;
    const proposals = generator(async () => {
      proposed += 1;
      return undefined;
    });
    const owners = Array.from({ length: 50 }, (_, index) => `request-${index}`);
    const results = await Promise.all(owners.map((owner) => trigger({}, { proposals }, owner)));
    expect(results.filter(({ result }) => result === 'ALLOW')).toHaveLength(1);
    expect(results.filter(({ reason }) => reason === 'DUPLICATE')).toHaveLength(49);
    expect(proposed).toBe(1);
    expect(await world.rows('IDEMPOTENCY_STORE_TABLE_NAME')).toHaveLength(1);
  });

  it('of another tenant is an error, and tells it nothing of the first', async () => {
    await acme();
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'bolt', status: 'active' });
    await trigger();
    const message: Error = await trigger({ tenant_id: 'bolt' }).then(
      () => new Error('nothing was thrown'),
      (error: Error) => error,
    );
    expect(message).toMatchObject({ name: 'ValidationError', error_code: 'IDEMPOTENCY_COLLISION' });
    expect(message.message).not.toContain('acme');
    expect(await reservation()).toMatchObject({ tenant_id: 'acme', state: 'FINISHED' });
  });
});

describe('triggers of one account', () => {
  it('fifty at once, each with a key of its own, run once; the others wait, and come back', async () => {
    await acme();
    const { deps, requeued } = depsWith();
    const keys = Array.from({ length: 50 }, (_, index) => `k${index}`);
    const results = await Promise.all(
      keys.map((idempotency_key) =>
        decisionCostGate(deps, { detail: { ...DETAIL, idempotency_key } }, `of ${idempotency_key}`),
      ),
    );
    expect(results.filter(({ result }) => result === 'ALLOW')).toHaveLength(1);
    const deferred = results.filter(({ reason }) => reason === 'COOLDOWN');
    expect(deferred.length).toBeGreaterThan(0);
    expect(deferred.length + results.filter(({ reason }) => reason === 'DEBOUNCE').length).toBe(49);
    expect(requeued).toHaveLength(deferred.length);
    expect(new Set(requeued.map(([instant]) => instant))).toEqual(new Set([minute(5)]));
  });

  it('of different types do not wait for each other', async () => {
    await acme();
    await trigger();
    expect(await trigger({ trigger_type: 'TIME_RITUAL_DAILY_BRIEF', idempotency_key: 'k2' })).toMatchObject(
      ALLOWED,
    );
  });
});

describe('a trigger that has to wait', () => {
  const waits = async () => {
    await acme();
    await trigger();
    world.clock.set(minute(2));
    const { deps, requeued } = depsWith();
    const detail = { ...DETAIL, idempotency_key: 'k2', budget_remaining: 3 };
    const result = await decisionCostGate(deps, { detail }, 'request-2');
    return { result, requeued, deps };
  };

  it('comes back when its time has come, counted, and runs then', async () => {
    const { result, requeued, deps } = await waits();
    expect(result).toMatchObject({
      ...{ result: 'DEFER', reason: 'COOLDOWN', defer_until: minute(5), retry_after_seconds: 180 },
      evaluated_at: minute(2),
    });
    expect(result).not.toHaveProperty('decision');
    const back = { ...DETAIL, idempotency_key: 'k2', budget_remaining: 3, deferred_times: 1 };
    expect(requeued).toEqual([[minute(5), back]]);
    expect(await reservation('k2')).toMatchObject({ state: 'DEFERRED', deferred_times: 1 });
    world.clock.set(minute(5));
    expect(await decisionCostGate(deps, { detail: back }, 'request-3')).toMatchObject(ALLOWED);
    expect(await decisionCostGate(deps, { detail: back }, 'request-4')).toMatchObject(DUPLICATE);
  });

  it('is a duplicate while it waits, and covers others that come at once', async () => {
    const { deps, requeued } = await waits();
    const again = { ...DETAIL, idempotency_key: 'k2' };
    expect(await decisionCostGate(deps, { detail: again }, 'request-3')).toMatchObject(DUPLICATE);
    expect(await trigger({ idempotency_key: 'k3' })).toMatchObject({ result: 'SKIP', reason: 'DEBOUNCE' });
    expect(requeued).toHaveLength(1);
  });

  it('is dropped when it has waited often enough', async () => {
    await acme();
    await trigger();
    expect(await trigger({ idempotency_key: 'k2', deferred_times: 5 })).toMatchObject({
      ...{ result: 'SKIP', reason: 'DEFERRED_TOO_OFTEN' },
    });
    expect(await reservation('k2')).toMatchObject({ state: 'FINISHED', reason: 'DEFERRED_TOO_OFTEN' });
  });

  it.each([
    ['requeue', 'at', 'DEFER'],
    ['reservations', 'defer', 'DEFER'],
    ['runStates', 'noteWaiting', 'SKIP'],
  ] as const)(
    'is not lost when %s.%s fails once: a retry says %s, and it comes back',
    async (port, call, said) => {
      await acme();
      await trigger();
      const { deps, requeued } = depsWith();
      const broken = { ...deps, [port]: failing<object, never>(deps[port], call as never) };
      const detail = { ...DETAIL, idempotency_key: 'k2' };
      await expect(decisionCostGate(broken, { detail }, 'request-2')).rejects.toThrow(SLOW);
      expect(await decisionCostGate(broken, { detail }, 'request-2')).toMatchObject({ result: said });
      world.clock.set(minute(5));
      const back = requeued.map(([, of]) => of);
      expect(back).toEqual(back.map(() => ({ ...detail, deferred_times: 1 })));
      const results = [];
      for (const of of back) results.push((await decisionCostGate(deps, { detail: of }, 'request-3')).result);
      expect(results[0]).toBe('ALLOW');
      expect(results.slice(1).filter((result) => result !== 'SKIP')).toEqual([]);
    },
  );
});

describe('a trigger comes to nothing', () => {
  it.each([
    [{ budget_remaining: 0 }, 'BUDGET_EXHAUSTED'],
    [{ action_saturation_score: 1 }, 'MARGINAL_VALUE_LOW'],
    [{ trigger_type: 'FULL_MOON' }, 'UNKNOWN_TRIGGER_TYPE'],
  ])('with %j: %s', async (more, reason) => {
    await acme();
    expect(await trigger(more)).toMatchObject({ result: 'SKIP', reason, evaluated_at: minute(0) });
    expect(await reservation()).toMatchObject({ state: 'FINISHED', reason });
    expect(await world.rows('DECISION_RUN_STATE_TABLE_NAME')).toEqual([]);
  });

  it.each([['suspended'], ['deleted']])('for a tenant that is %s', async (status) => {
    await acme(status);
    expect(await trigger()).toMatchObject({
      ...{ result: 'SKIP', reason: 'TENANT_NOT_ACTIVE', explanation: `The tenant is ${status}` },
    });
  });

  it('for a tenant that there is not', async () => {
    expect(await trigger()).toMatchObject({
      ...{ result: 'SKIP', reason: 'TENANT_NOT_ACTIVE', explanation: 'There is no tenant acme' },
    });
  });
});

describe('a run is not lost', () => {
  const proposals = generator(async () => PROPOSAL);

  it.each([
    ['tenants', 'get'],
    ['runStates', 'read'],
    ['runStates', 'grantWithinLimits'],
    ['proposals', 'propose'],
    ['plans', 'commitIfUnchanged'],
    ['reservations', 'finish'],
  ] as const)('when %s.%s fails once: whoever comes next goes on', async (port, call) => {
    await acme();
    const { deps } = depsWith({ proposals });
    const broken = { ...deps, [port]: failing<object, never>(deps[port], call as never) };
    await expect(decisionCostGate(broken, { detail: DETAIL }, 'request-1')).rejects.toThrow(SLOW);
    expect(await decisionCostGate(broken, { detail: DETAIL }, 'request-2')).toMatchObject({
      ...{ ...ALLOWED, decision: { proposed: true, plan_id: PLAN_ID } },
    });
    expect(await plan()).toMatchObject({ plan_status: 'DRAFT' });
    expect(await world.runtime.plans.ledger(PLAN_ID)).toHaveLength(1);
    const runs = await world.row(
      ...([
        'DECISION_RUN_STATE_TABLE_NAME',
        'TENANT#acme',
        'RUN_STATE#SIGNAL_ARRIVED#HOUR#2026-01-05T09',
      ] as const),
    );
    expect(runs).toMatchObject({ runs: 1 });
  });

  it('when not even the reservation can be given up: a retry goes on at once, others when it is dead', async () => {
    await acme();
    const { deps } = depsWith({ proposals });
    const reservations = failing<DecisionReservations, 'release'>(deps.reservations, 'release');
    const runStates = failing<DecisionRunStates, 'read'>(deps.runStates, 'read', 2);
    const broken = { ...deps, reservations, runStates };
    await expect(decisionCostGate(broken, { detail: DETAIL }, 'request-1')).rejects.toThrow(SLOW);
    expect(world.lines).toEqual([
      expect.objectContaining({ message: 'a reservation could not be given up; it lapses by itself' }),
    ]);
    expect(await trigger({}, {}, 'request-2')).toMatchObject(DUPLICATE);
    await expect(decisionCostGate(broken, { detail: DETAIL }, 'request-1')).rejects.toThrow(SLOW);
    world.clock.set(minute(1));
    expect(await trigger({}, { proposals }, 'request-2')).toMatchObject(ALLOWED);
  });

  it('when others always run first: it is to be tried again', async () => {
    await acme();
    const { deps } = depsWith();
    let grants = 0;
    const runStates = {
      ...deps.runStates,
      grantWithinLimits: async () => {
        grants += 1;
        return false;
      },
    };
    await expect(trigger({}, { runStates })).rejects.toMatchObject({ name: 'TransientError' });
    expect(grants).toBe(8);
    expect(await trigger({}, {}, 'request-2')).toMatchObject(ALLOWED);
  });
});
