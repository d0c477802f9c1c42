import { beforeEach, describe, expect, it } from '@jest/globals';
import { commandPlan, type PersonCommand } from '../../src/application/command-plan.ts';
import { INTENT, inFlight, storedPlan } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import { approveIntent, fail, minute, newPlan, start, toStatus } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const S1 = { step_id: 's1' };
const ask = (command: PersonCommand, by = 'ben', plan_id = 'p1') =>
  commandPlan(world.runtime, { key: { ...newPlan(), plan_id }, by, command });
const newest = async () => (await world.runtime.plans.ledger('p1')).at(-1);

beforeEach(async () => {
  world.clock.set(minute(30));
  await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme' });
});

describe('a person', () => {
  it('approves a plan, and is named for it', async () => {
    await tell(world.runtime.plans, toStatus('DRAFT'));
    expect(await ask({ do: 'approve_plan' })).toMatchObject({ ok: true, plan: { approved_by: 'ben' } });
    expect(await newest()).toMatchObject({
      ...{ event_type: 'PLAN_APPROVED', timestamp: minute(30), actor: { kind: 'human', id: 'ben' } },
    });
  });

  it.each<[PersonCommand, string]>([
    [{ do: 'pause', reason: 'holiday' }, 'PLAN_PAUSED'],
    [{ do: 'abort', reason: 'holiday' }, 'PLAN_ABORTED'],
    [{ do: 'skip_step', ...S1, reason: 'holiday' }, 'STEP_SKIPPED'],
  ])('asks to %j, and the ledger keeps the reason', async (command, event_type) => {
    await tell(world.runtime.plans, toStatus('ACTIVE'));
    expect((await ask(command)).ok).toBe(true);
    expect(await newest()).toMatchObject({ event_type, data: { reason: 'holiday' } });
  });

  it.each<PersonCommand>([{ do: 'pause' }, { do: 'pause', reason: '' }])(
    'need not say why: %j',
    async (command) => {
      await tell(world.runtime.plans, toStatus('ACTIVE'));
      await ask(command);
      expect(await newest()).toMatchObject({ data: { reason: 'no reason given' } });
    },
  );

  it('resumes a plan that nothing stands in the way of', async () => {
    await tell(world.runtime.plans, toStatus('PAUSED'));
    expect(await ask({ do: 'resume', reason: 'back' })).toMatchObject({ plan: { plan_status: 'ACTIVE' } });
    expect(await newest()).toMatchObject({ event_type: 'PLAN_RESUMED', data: { reason: 'back' } });
  });

  it('grants a failed step one more attempt', async () => {
    await inFlight(world, [approveIntent('s1', 4), fail('s1', 5)]);
    const result = await ask({ do: 'grant_attempt', ...S1, reason: 'the CRM is back' });
    expect(result).toMatchObject({ ok: true, plan: { steps: [{ granted_attempts: 1 }] } });
    expect(await newest()).toMatchObject({ data: { reason: 'the CRM is back' } });
  });
});

describe('an intent that a person approves', () => {
  const approve: PersonCommand = { do: 'approve_intent', ...S1 };

  it('is approved, and published', async () => {
    await inFlight(world);
    expect((await ask(approve)).ok).toBe(true);
    expect(await world.runtime.intents.get(SCOPE, INTENT)).toMatchObject({
      status: 'APPROVED',
      approved_by: 'ben',
    });
    expect(world.published).toEqual([
      { ...SCOPE, action_intent_id: INTENT, approval_source: 'HUMAN', auto_executed: false },
    ]);
  });

  it('is the one of the newest attempt', async () => {
    await inFlight(world, [approveIntent('s1', 4), fail('s1', 5), start('s1', 10, 1)]);
    await ask(approve);
    expect(await newest()).toMatchObject({ event_type: 'STEP_APPROVED', data: { attempt: 2 } });
  });

  it('is not approved by a second person, who learns who was first', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    expect(await ask(approve, 'carla')).toMatchObject({
      ...{ ok: false, code: 'NOT_WAITING_FOR_APPROVAL' },
      message: 'attempt 1 of step s1 of plan p1 is not waiting for an approval: ben has approved it',
    });
    expect(world.published).toEqual([]);
  });

  it('is told again, and nothing else, when the same person approves it again', async () => {
    await inFlight(world, [approveIntent('s1', 4)]);
    const before = await world.everything();
    expect(await ask(approve)).toMatchObject({ ok: true, events: [] });
    expect(await world.everything()).toEqual(before);
    expect(world.published).toMatchObject([{ action_intent_id: INTENT }]);
  });

  it('is not told again once its outcome is known', async () => {
    await inFlight(world, [approveIntent('s1', 4), fail('s1', 5)]);
    expect(await ask({ ...approve, attempt: 1 })).toMatchObject({ ok: true, events: [] });
    expect(world.published).toEqual([]);
  });

  it('is not approved by whoever created the plan', async () => {
    await inFlight(world);
    expect(await ask(approve, 'ana')).toMatchObject({ ok: false, code: 'SELF_APPROVAL' });
    expect(world.published).toEqual([]);
  });

  it('is rejected with what the person said', async () => {
    await inFlight(world);
    expect(await ask({ do: 'reject_intent', ...S1, reason: 'too early' })).toMatchObject({
      plan: { plan_status: 'PAUSED', steps: [{ failure_reason: 'approval_rejected' }] },
    });
    expect((await world.runtime.intents.get(SCOPE, INTENT))?.status).toBe('REJECTED');
  });
});

describe('what a person asks for in vain', () => {
  const every: PersonCommand[] = [
    ...[
      { do: 'approve_plan' } as const,
      { do: 'pause' } as const,
      { do: 'resume' } as const,
      { do: 'abort' } as const,
    ],
    ...(['skip_step', 'grant_attempt', 'approve_intent', 'reject_intent'] as const).map((what) => ({
      do: what,
      ...S1,
    })),
    { do: 'edit_intent', ...S1, parameters: { content: 'Better' } },
  ];

  it.each(every)('%j of a plan that does not exist', async (command) => {
    const before = await world.everything();
    expect(await ask(command)).toMatchObject({ ok: false, code: 'PLAN_NOT_FOUND' });
    expect(await world.everything()).toEqual(before);
  });

  it.each(every.filter((command) => 'step_id' in command))(
    '%j of a step that does not exist',
    async (command) => {
      await tell(world.runtime.plans, toStatus('ACTIVE'));
      const before = await world.everything();
      const result = await ask({ ...command, step_id: 's9' } as PersonCommand);
      expect(result).toMatchObject({ ok: false, code: 'STEP_NOT_FOUND' });
      expect(await world.everything()).toEqual(before);
    },
  );

  it('the approval of a plan by whoever created it', async () => {
    await tell(world.runtime.plans, toStatus('DRAFT'));
    expect(await ask({ do: 'approve_plan' }, 'ana')).toMatchObject({ ok: false, code: 'SELF_APPROVAL' });
  });

  it('the approval of a plan that the tenant wants approved by somebody else', async () => {
    const elevated_authority = { risk_at_least: 'LOW', approvers: ['carla'] };
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', plan_policy: { elevated_authority } });
    await tell(world.runtime.plans, toStatus('DRAFT'));
    expect(await ask({ do: 'approve_plan' })).toMatchObject({
      code: 'POLICY',
      reasons: [{ code: 'RISK_ELEVATED' }],
    });
    expect((await ask({ do: 'approve_plan' }, 'carla')).ok).toBe(true);
  });

  it('resuming a plan while another one is ACTIVE', async () => {
    await tell(world.runtime.plans, toStatus('PAUSED'));
    await tell(world.runtime.plans, toStatus('ACTIVE', { plan_id: 'p0' }));
    expect(await ask({ do: 'resume' })).toMatchObject({
      ok: false,
      reasons: [{ code: 'CONFLICT_ACTIVE_PLAN' }],
    });
    expect((await storedPlan(world))?.plan_status).toBe('PAUSED');
  });
});
