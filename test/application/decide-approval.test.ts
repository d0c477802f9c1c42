import { beforeEach, describe, expect, it } from '@jest/globals';
import { decideApproval } from '../../src/application/decide-approval.ts';
import { IntentNotFoundError } from '../../src/application/errors.ts';
import type { EventPublisher } from '../../src/application/ports/events.ts';
import type { PlanStore } from '../../src/application/ports/plans.ts';
import { fake } from '../support/fakes/fake.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { INTENT, inFlight, lastEvents, ONE_STEP, storedPlan } from '../support/in-flight.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import {
  approveIntent,
  at,
  autoApprove,
  ben,
  fail,
  minute,
  newStep,
  requireApproval,
  start,
  type Told,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const TYPE = 'PREP_RENEWAL_BRIEF';
const EVENT = { ...SCOPE, action_intent_id: INTENT, approval_source: 'POLICY', auto_executed: true };
const DAY = { pk: SCOPE_PK, sk: 'BUDGET_STATE#2026-01-05' };
const budgetOf = (max: number) =>
  world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', {
    pk: SCOPE_PK,
    sk: 'BUDGET#CONFIG',
    max_autonomous_per_day: max,
  });
const spent = async () => (await world.row('AUTONOMY_BUDGET_STATE_TABLE_NAME', DAY.pk, DAY.sk))?.total;
const configure = (sk: string, row: object) =>
  world.put('AUTONOMY_CONFIG_TABLE_NAME', { pk: SCOPE_PK, sk, ...row });

const decide = (more: { plans?: PlanStore; events?: EventPublisher } = {}) =>
  decideApproval(
    {
      ...{ clock: world.clock, plans: world.runtime.plans, intents: world.runtime.intents },
      ...{ autonomy: world.runtime.autonomy, events: world.runtime.events, ...more },
    },
    { ...SCOPE, action_intent_id: INTENT },
  );
const intent = () => world.runtime.intents.get(SCOPE, INTENT);
const waiting = (reason: string) => ({
  result: 'REQUIRE_APPROVAL',
  reason,
  effect: `waits for a person: ${reason}`,
});

beforeEach(async () => {
  world.clock.set(minute(4));
  await configure('ALLOWLIST#AUTO_EXEC', { action_types: [TYPE, 'REQUEST_RENEWAL_MEETING'] });
  await configure('AUTONOMY#DEFAULT', { mode: 'AUTO_EXECUTE' });
  await budgetOf(2);
});

describe('an intent that the policy approves', () => {
  it('is approved, counted and published', async () => {
    await inFlight(world);
    expect(await decide()).toEqual({
      ...{ result: 'AUTO_EXECUTED', reason: null, action_intent_id: INTENT },
      ...{ policy_version: 'AutoApprovalPolicyV1', effect: 'approved by policy' },
    });
    expect(await intent()).toMatchObject({ status: 'APPROVED', approval_source: 'POLICY' });
    expect(await storedPlan(world)).toMatchObject({ steps: [{ status: 'AUTO_EXECUTED' }] });
    expect([await spent(), world.published]).toEqual([1, [EVENT]]);
  });

  it('is in the ledger as the decision of the policy', async () => {
    await inFlight(world);
    await decide();
    expect((await world.runtime.plans.ledger('p1')).at(-1)).toMatchObject({
      ...{ event_type: 'STEP_APPROVED', actor: { kind: 'policy', id: 'AutoApprovalPolicyV1' } },
      data: { source: 'POLICY', policy_version: 'AutoApprovalPolicyV1' },
    });
  });

  it('spends its budget once, and is not approved again', async () => {
    await inFlight(world);
    await decide();
    await decide();
    expect(await spent()).toBe(1);
    expect(await lastEvents(world, 2)).toEqual(['STEP_STARTED', 'STEP_APPROVED']);
  });

  it('is published when the task is tried again after the bus did not take it', async () => {
    await inFlight(world);
    const down = fake<EventPublisher>('EventPublisher', {
      publishActionApproved: () => Promise.reject(new Error('bus is down')),
    });
    await expect(decide({ events: down })).rejects.toThrow('bus is down');
    expect(world.published).toEqual([]);
    expect(await decide()).toMatchObject({ result: 'AUTO_EXECUTED', effect: 'approved by policy' });
    expect([world.published, await spent()]).toEqual([[EVENT], 1]);
  });
});

describe('an intent that the policy leaves to a person', () => {
  const expectWaiting = async (reason: string) => {
    expect(await decide()).toMatchObject(waiting(reason));
    expect(await intent()).toMatchObject({ status: 'PENDING_APPROVAL' });
    expect(world.published).toEqual([]);
    expect((await world.runtime.plans.ledger('p1')).at(-1)).toMatchObject({
      ...{ event_type: 'STEP_APPROVAL_REQUIRED', data: { reason } },
    });
  };

  it('is one of a type that is not allowlisted', async () => {
    await configure('ALLOWLIST#AUTO_EXEC', { action_types: [] });
    await inFlight(world);
    await expectWaiting('ACTION_TYPE_NOT_ALLOWLISTED');
  });

  it('is one of a mode that asks for it', async () => {
    await configure(`AUTONOMY#${TYPE}`, { mode: 'PROPOSE_ONLY' });
    await inFlight(world);
    await expectWaiting('PROPOSE_ONLY');
  });

  it('is one of a high risk', async () => {
    await inFlight(world, [], { steps: [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })] });
    await expectWaiting('RISK_LEVEL_HIGH');
  });

  it('is one of an account that has no budget row', async () => {
    await world.remove('AUTONOMY_BUDGET_STATE_TABLE_NAME', SCOPE_PK, 'BUDGET#CONFIG');
    await inFlight(world);
    await expectWaiting('BUDGET_EXCEEDED');
  });

  it('is one of a day whose budget is spent, and of no other day', async () => {
    await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { ...DAY, total: 2 });
    await inFlight(world);
    await expectWaiting('BUDGET_EXCEEDED');
    expect(await spent()).toBe(2);
  });

  it('is one whose budget a racer was first to spend', async () => {
    await inFlight(world);
    const race = () => world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { ...DAY, total: 2 });
    const output = await decide({ plans: racingPlans(world.runtime.plans, race) });
    expect(output).toMatchObject(waiting('BUDGET_EXCEEDED'));
    expect([await spent(), world.published]).toEqual([2, []]);
    expect((await intent())?.status).toBe('PENDING_APPROVAL');
  });

  it('is told of once, however often it is asked about', async () => {
    await inFlight(world, [requireApproval('s1', 3)]);
    await configure('ALLOWLIST#AUTO_EXEC', { action_types: [] });
    const before = await world.everything();
    expect(await decide()).toMatchObject(waiting('ACTION_TYPE_NOT_ALLOWLISTED'));
    expect(await world.everything()).toEqual(before);
  });
});

describe('an intent about which there is nothing left to decide', () => {
  it('is one of a plan that is not ACTIVE any more', async () => {
    const pause: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(3, ben)];
    await inFlight(world, [pause]);
    const before = await world.everything();
    expect(await decide()).toMatchObject(waiting('INVALID_TRANSITION'));
    expect([await world.everything(), world.published]).toEqual([before, []]);
  });

  it('is one that does not exist', async () => {
    await expect(decide()).rejects.toThrow(IntentNotFoundError);
    await expect(decide()).rejects.toThrow(`tenant acme, account a1 has no action intent ${INTENT}`);
  });

  it('is one that was approved by a cycle that was first', async () => {
    const told = autoApprove('s1', 4);
    await inFlight(world, [told], ONE_STEP);
    await decide();
    expect(await spent()).toBeUndefined();
    expect(await lastEvents(world, 1)).toEqual(['STEP_APPROVED']);
  });

  it('is one that a person has approved meanwhile', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    expect(await decide()).toMatchObject(waiting('NOT_WAITING_FOR_APPROVAL'));
    expect(world.published).toEqual([]);
  });

  it('is one of an attempt that is over', async () => {
    await inFlight(world, [autoApprove('s1', 4), fail('s1', 5), start('s1', 10, 1)]);
    expect(await decide()).toMatchObject(waiting('NOT_WAITING_FOR_APPROVAL'));
    expect([world.published, await spent()]).toEqual([[], undefined]);
  });
});
