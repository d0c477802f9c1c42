import { beforeEach, describe, expect, it } from '@jest/globals';
import { type DecideApprovalDeps, decideApproval } from '../../src/application/decide-approval.ts';
import { IntentNotFoundError, TransientError } from '../../src/application/errors.ts';
import type { KillSwitchStore } from '../../src/application/ports/configuration.ts';
import type { EventPublisher } from '../../src/application/ports/events.ts';
import type { Scope } from '../../src/application/ports/scope.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { fake } from '../support/fakes/fake.ts';
import { racingPlans } from '../support/fakes/racing-plans.ts';
import { INTENT, inFlight, lastEvents, ONE_STEP, storedPlan } from '../support/in-flight.ts';
import { SCOPE, SCOPE_PK } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
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
  toStatus,
} from '../support/plan-fixtures.ts';
import { turnSwitch } from '../support/turn-switch.ts';
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

const deps = (): DecideApprovalDeps => ({
  ...{ clock: world.clock, plans: world.runtime.plans, intents: world.runtime.intents },
  ...{ tenants: world.runtime.tenants, killSwitches: world.runtime.killSwitches },
  ...{ autonomy: world.runtime.autonomy, events: world.runtime.events },
});
const decide = (more: Partial<DecideApprovalDeps> = {}) =>
  decideApproval({ ...deps(), ...more }, { ...SCOPE, action_intent_id: INTENT });
const intent = () => world.runtime.intents.get(SCOPE, INTENT);
const waiting = (reason: string) => ({
  ...{ result: 'REQUIRE_APPROVAL', reason, already_published: false },
  effect: `waits for a person: ${reason}`,
});
const blocked = (reason: string) => ({
  ...{ result: 'BLOCKED', reason, already_published: false, effect: `blocked: ${reason}` },
});
const stopTenant = (stopped: boolean) =>
  turnSwitch(world.tables.documentClient, world.names, {
    ...{ scope: { tenant_id: 'acme' }, stopped, reason: 'drill', by: 'ben', at: minute(4) },
  });
const dueSk = async () => (await world.row('REVENUE_PLANS_TABLE_NAME', SCOPE_PK, 'PLAN#p1'))?.due_sk;

beforeEach(async () => {
  world.clock.set(minute(4));
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
  await configure('ALLOWLIST#AUTO_EXEC', { action_types: [TYPE, 'REQUEST_RENEWAL_MEETING'] });
  await configure('AUTONOMY#DEFAULT', { mode: 'AUTO_EXECUTE' });
  await budgetOf(2);
});

describe('an intent that the policy approves', () => {
  it('is approved, counted and published', async () => {
    await inFlight(world);
    expect(await decide()).toEqual({
      ...{ result: 'AUTO_EXECUTED', reason: null, action_intent_id: INTENT },
      ...{ policy_version: 'AutoApprovalPolicyV1', effect: 'approved by policy', already_published: false },
      policy_clause: 'AUTO_EXECUTE_ALLOWED',
      explanation: `${TYPE} of LOW risk may run by itself, within the budget of 2026-01-05`,
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
      data: {
        ...{ source: 'POLICY', policy_version: 'AutoApprovalPolicyV1' },
        policy_clause: 'AUTO_EXECUTE_ALLOWED',
        budget: { day: '2026-01-05', counters: [{ level: 'ACCOUNT', max: 2 }] },
      },
    });
  });

  it('spends its budget once, and is not approved again', async () => {
    await inFlight(world);
    await decide();
    await budgetOf(0);
    expect(await decide()).toMatchObject({
      ...{ result: 'AUTO_EXECUTED', already_published: true, reason: null },
      explanation: `approved by policy at ${minute(4)}`,
    });
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

  it('is one of which its proposal is not sure enough', async () => {
    await inFlight(world, [], { steps: [newStep('s1', { confidence_score: 0.5 })] });
    await expectWaiting('CONFIDENCE_BELOW_THRESHOLD');
  });

  it('is one of which its proposal says that it is risky', async () => {
    await inFlight(world, [], { steps: [newStep('s1', { risk_estimate: 'medium' })] });
    await expectWaiting('RISK_LEVEL_HIGH');
  });

  it('is one of an account that has no budget row, whatever its tenant has', async () => {
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
    expect(await decide()).toMatchObject({
      ...waiting('TENANT_POLICY'),
      ...{ policy_clause: null, explanation: 'TENANT_POLICY' },
    });
    expect(await world.everything()).toEqual(before);
  });

  it('is told of with what stood in the way then', async () => {
    await configure('AUTONOMY#DEFAULT', { mode: 'PROPOSE_ONLY' });
    await inFlight(world);
    const first = await decide();
    await configure('AUTONOMY#DEFAULT', { mode: 'AUTO_EXECUTE' });
    expect(first).toMatchObject({ explanation: `${TYPE}: account_default is PROPOSE_ONLY` });
    expect(await decide()).toEqual(first);
  });
});

describe('an intent that is blocked', () => {
  it('waits, is in the ledger each time that the gate was due, and is approved when the block is gone', async () => {
    await inFlight(world);
    await stopTenant(true);
    expect(await decide()).toMatchObject({
      ...blocked('KILL_SWITCH_ENABLED'),
      ...{ policy_clause: 'NO_KILL_SWITCH' },
      explanation: `the kill switch of tenant acme stops ${TYPE}`,
    });
    expect(await dueSk()).toBe(`${minute(9)}#p1`);
    expect(await decide()).toMatchObject(blocked('KILL_SWITCH_ENABLED'));
    expect(await lastEvents(world, 2)).toEqual(['STEP_STARTED', 'STEP_APPROVAL_BLOCKED']);
    world.clock.set(minute(9));
    expect(await decide()).toMatchObject(blocked('KILL_SWITCH_ENABLED'));
    expect(await lastEvents(world, 2)).toEqual(['STEP_APPROVAL_BLOCKED', 'STEP_APPROVAL_BLOCKED']);
    expect(await dueSk()).toBe(`${minute(15)}#p1`);
    expect([world.published, await spent()]).toEqual([[], undefined]);
    await stopTenant(false);
    expect(await decide()).toMatchObject({ result: 'AUTO_EXECUTED' });
    expect((await storedPlan(world))?.steps[0]?.in_flight).not.toHaveProperty('blocked_by');
  });

  it('is told of again when something else blocks it', async () => {
    await inFlight(world);
    await stopTenant(true);
    await decide();
    await stopTenant(false);
    await configure(`AUTONOMY#${TYPE}`, { mode: 'DISABLED' });
    expect(await decide()).toMatchObject(blocked('ACTION_TYPE_DISABLED'));
    expect(await lastEvents(world, 2)).toEqual(['STEP_APPROVAL_BLOCKED', 'STEP_APPROVAL_BLOCKED']);
    await configure(`AUTONOMY#${TYPE}`, { mode: 'PROPOSE_ONLY' });
    expect(await decide()).toMatchObject(waiting('PROPOSE_ONLY'));
  });

  it.each(['suspended', 'deleted'])('is one of a tenant that is %s', async (status) => {
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status });
    await inFlight(world);
    expect(await decide()).toMatchObject(blocked('TENANT_NOT_ACTIVE'));
  });

  it('is not decided on while the switches cannot be read', async () => {
    await inFlight(world);
    const killSwitches = fake<KillSwitchStore>('KillSwitchStore', {
      check: () => Promise.reject(new Error('no access')),
    });
    const before = await world.everything();
    await expect(decide({ killSwitches })).rejects.toThrow('no access');
    expect([await world.everything(), world.published]).toEqual([before, []]);
  });

  it('fails when it has lapsed, and the plan waits for a person', async () => {
    const steps = [newStep('s1', { action_type: 'REQUEST_RENEWAL_MEETING' })];
    await inFlight(world, [], { steps });
    world.clock.set(minute(3 + 7 * 24 * 60));
    expect(await decide()).toMatchObject(blocked('INTENT_EXPIRED'));
    expect(await lastEvents(world, 2)).toEqual(['STEP_FAILED', 'PLAN_PAUSED']);
    expect(await intent()).toMatchObject({ status: 'EXPIRED' });
  });
});

describe('the budget of a day', () => {
  it('is that of the day in the time zone of the tenant', async () => {
    const config = { timezone: 'America/Los_Angeles' };
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active', config });
    world.clock.set('2026-01-06T05:00:00.000Z');
    await inFlight(world);
    expect(await decide()).toMatchObject({ result: 'AUTO_EXECUTED' });
    expect(await spent()).toBe(1);
  });

  /** As the machine does, with what passes. */
  const persistently = async (scope: Scope, action_intent_id: string) => {
    for (;;) {
      try {
        return await decideApproval(deps(), { ...scope, action_intent_id });
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
      }
    }
  };

  it('never lets more of a tenant through than there are, however many accounts ask at once', async () => {
    await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', {
      ...{ pk: 'TENANT#acme', sk: 'BUDGET#CONFIG', max_autonomous_per_day: 7 },
    });
    await world.put('AUTONOMY_CONFIG_TABLE_NAME', {
      pk: 'TENANT#acme',
      sk: 'AUTONOMY#DEFAULT',
      mode: 'AUTO_EXECUTE',
    });
    await world.put('AUTONOMY_CONFIG_TABLE_NAME', {
      ...{ pk: 'TENANT#acme', sk: 'ALLOWLIST#AUTO_EXEC', action_types: [TYPE] },
    });
    const asked = Array.from({ length: 100 }, (_, index) => `many${index}`);
    for (const id of asked) {
      await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', {
        ...{ pk: `TENANT#acme#ACCOUNT#${id}`, sk: 'BUDGET#CONFIG', max_autonomous_per_day: 2 },
      });
      const of = { plan_id: id, account_id: id, steps: [newStep('s1')] };
      await tell(world.runtime.plans, [...toStatus('ACTIVE', of), start('s1', 3)]);
    }
    const outputs = await Promise.all(
      asked.map((id) => persistently({ tenant_id: 'acme', account_id: id }, actionIntentId(id, 's1', 1))),
    );
    const approved = outputs.filter(({ result }) => result === 'AUTO_EXECUTED');
    expect([approved.length, world.published.length]).toEqual([7, 7]);
    const refused = outputs.filter(({ result }) => result !== 'AUTO_EXECUTED');
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['BUDGET_EXCEEDED']));
    const row = await world.row('AUTONOMY_BUDGET_STATE_TABLE_NAME', 'TENANT#acme', DAY.sk);
    expect(row).toMatchObject({ total: 7, [`count_${TYPE}`]: 7 });
  });

  it('never lets more of an account through than there are, in all and by type', async () => {
    await world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', {
      ...{ pk: SCOPE_PK, sk: 'BUDGET#CONFIG', max_autonomous_per_day: 9 },
      max_per_action_type: { [TYPE]: 3 },
    });
    const steps = Array.from({ length: 10 }, (_, index) => newStep(`s${index + 1}`));
    const starts = steps.map(({ step_id }) => start(step_id, 3));
    await tell(world.runtime.plans, [...toStatus('ACTIVE', { steps }), ...starts]);
    const outputs = await Promise.all(
      steps.map(({ step_id }) => persistently(SCOPE, actionIntentId('p1', step_id, 1))),
    );
    expect(outputs.filter(({ result }) => result === 'AUTO_EXECUTED')).toHaveLength(3);
    expect(await spent()).toBe(3);
  });
});

describe('an intent about which there is nothing left to decide', () => {
  it('is one of a plan that is not ACTIVE any more', async () => {
    const pause: Told = [{ type: 'PAUSE_PLAN', reason: 'holiday' }, at(3, ben)];
    await inFlight(world, [pause]);
    const before = await world.everything();
    expect(await decide()).toMatchObject(blocked('INVALID_TRANSITION'));
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
    expect(await decide()).toMatchObject({
      ...blocked('INTENT_NOT_OPEN'),
      explanation: `ben has approved it at ${minute(4)}`,
    });
    expect(world.published).toEqual([]);
  });

  it('is one of an attempt that is over', async () => {
    await inFlight(world, [autoApprove('s1', 4), fail('s1', 5), start('s1', 10, 1)]);
    expect(await decide()).toMatchObject(blocked('NOT_WAITING_FOR_APPROVAL'));
    expect([world.published, await spent()]).toEqual([[], undefined]);
  });
});
