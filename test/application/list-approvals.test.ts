import { describe, expect, it } from '@jest/globals';
import { type ListApprovalsInput, listApprovals } from '../../src/application/list-approvals.ts';
import type { IntentStore } from '../../src/application/ports/executions.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { intentContentHash } from '../../src/domain/intent/intent-content.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { tell } from '../support/plan-commits.ts';
import {
  approveIntent,
  at,
  ben,
  blockApproval,
  editIntent,
  escalateApproval,
  minute,
  newStep,
  requireApproval,
  start,
  type Told,
  toStatus,
  WEEK_MINUTES,
} from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const meeting = newStep('s1', {
  action_type: 'REQUEST_RENEWAL_MEETING',
  risk_estimate: 'high',
  constraints: { content: 'Draft' },
});
const introduce = (plan_id: string, told: readonly Told[], more: object = {}) =>
  tell(world.runtime.plans, [...toStatus('ACTIVE', { plan_id, steps: [meeting], ...more }), ...told]);
const waitSince = (minutes: number) => [start('s1', minutes), requireApproval('s1', minutes + 1)];
const list = (more: Partial<ListApprovalsInput> = {}) =>
  listApprovals(world.runtime, { tenant_id: 'acme', ...more });
const idsOf = (shown: readonly { readonly plan: { readonly plan_id: string } }[]) =>
  shown.map(({ plan }) => plan.plan_id);

describe('the list of what waits for a person', () => {
  it('shows each attempt with everything that it takes to decide', async () => {
    const plan = await introduce('p1', waitSince(3));
    world.clock.set(minute(10));
    const { waiting, ...rest } = await list();
    const id = actionIntentId('p1', 's1', 1);
    const intent = await world.runtime.intents.get(SCOPE, id);
    expect(waiting).toEqual([
      {
        ...{ tenant_id: 'acme', account_id: 'a1', step_id: 's1', attempt: 1, action_intent_id: id },
        plan: {
          ...{ plan_id: 'p1', objective: plan.objective, plan_status: 'ACTIVE' },
          ...{ created_by: 'ana', approved_by: 'ben' },
        },
        ...{ action_type: 'REQUEST_RENEWAL_MEETING', risk: 'HIGH', registry_version: 1 },
        ...{ target: { entity_type: 'ACCOUNT', entity_id: 'a1' }, parameters: { content: 'Draft' } },
        ...{ content_hash: intentContentHash(intent as never), edited_by: [], edited_fields: [] },
        ...{ since: minute(3), deadline: minute(3 + WEEK_MINUTES), escalated_at: null, lapsed: false },
        ...{ reason: 'TENANT_POLICY', policy_clause: null, explanation: 'TENANT_POLICY' },
      },
    ]);
    expect(rest).toEqual({ blocked: [], unreadable: [] });
  });

  it('shows what has been escalated', async () => {
    const minutes = 3 + WEEK_MINUTES - 9;
    await introduce('p1', [...waitSince(3), escalateApproval('s1', minutes)]);
    expect((await list()).waiting).toMatchObject([{ escalated_at: minute(minutes) }]);
  });

  it('shows an edit, and by whom', async () => {
    const plan = await introduce('p1', waitSince(3));
    await tell(world.runtime.plans, [editIntent(plan, 's1', 10)], plan);
    const { waiting } = await list();
    expect(waiting).toMatchObject([
      {
        ...{ parameters: { content: 'Better' }, edited_by: ['ben'], explanation: 'ben has changed content' },
        edited_fields: [{ field: 'content', from: 'Draft', to: 'Better' }],
        action_intent_id: actionIntentId('p1', 's1', 1, 1),
      },
    ]);
  });

  it('begins with the oldest deadline, and keeps what is blocked apart', async () => {
    await introduce('p1', waitSince(30), { account_id: 'a1' });
    await introduce('p2', waitSince(3), { account_id: 'a2' });
    await introduce('p3', [start('s1', 3), blockApproval('s1', 4)], { account_id: 'a3' });
    await introduce('p4', [...waitSince(3), approveIntent('s1', 5)], { account_id: 'a4' });
    await introduce('p5', [...waitSince(3), [{ type: 'ABORT_PLAN', reason: 'lost' }, at(5, ben)]], {
      account_id: 'a5',
    });
    await introduce('p6', waitSince(3), { tenant_id: 'globex' });
    const { waiting, blocked } = await list();
    expect(idsOf(waiting)).toEqual(['p2', 'p1']);
    expect(blocked).toMatchObject([
      { plan: { plan_id: 'p3' }, blocked_by: 'KILL_SWITCH_ENABLED', check_at: minute(9) },
    ]);
    expect(blocked[0]).not.toHaveProperty('explanation');
  });

  it('is one of an account when somebody asks for that', async () => {
    await introduce('p1', waitSince(3), { account_id: 'a1' });
    await introduce('p2', waitSince(3), { account_id: 'a2' });
    expect(idsOf((await list({ account_id: 'a2' })).waiting)).toEqual(['p2']);
  });

  it('comes page by page, to the last', async () => {
    for (const [index, minutes] of [5, 3, 4].entries())
      await introduce(`p${index}`, waitSince(minutes), { account_id: `a${index}` });
    await introduce('p9', [start('s1', 3), blockApproval('s1', 4)], { account_id: 'a9' });
    const pages: string[][] = [];
    let next_token: string | undefined;
    do {
      const page = await list({ limit: 2, next_token });
      pages.push([...idsOf(page.waiting), ...idsOf(page.blocked)]);
      next_token = page.next_token;
    } while (next_token !== undefined);
    expect(pages).toEqual([
      ['p1', 'p2'],
      ['p0', 'p9'],
    ]);
  });

  it.each<[string, Partial<ListApprovalsInput>]>([
    ['another tenant', { tenant_id: 'globex' }],
    ['one account', { account_id: 'a1' }],
  ])('knows a token from that of %s', async (_of, other) => {
    for (const id of ['1', '2']) await introduce(`p${id}`, waitSince(3), { account_id: `a${id}` });
    const { next_token } = await list({ limit: 1 });
    await expect(list({ ...other, next_token })).rejects.toThrow(/^next_token: is none/);
  });

  it.each(['', 'x', Buffer.from('{"tenant_id":"acme"}').toString('base64url')])(
    'takes no other text for a token: %j',
    (next_token) => expect(list({ next_token })).rejects.toThrow(/^next_token: is none/),
  );

  it('names what cannot be read, and shows the others', async () => {
    await introduce('p1', waitSince(3), { account_id: 'a1' });
    await introduce('p2', waitSince(4), { account_id: 'a2' });
    await introduce('p3', waitSince(5), { account_id: 'a3' });
    const pk = 'TENANT#acme#ACCOUNT#a1';
    const row = await world.row('REVENUE_PLANS_TABLE_NAME', pk, 'PLAN#p1');
    await world.put('REVENUE_PLANS_TABLE_NAME', { ...row, steps: 'none' });
    const intentSk = `ACTION_INTENT#${actionIntentId('p2', 's1', 1)}`;
    await world.remove('ACTION_INTENT_TABLE_NAME', 'TENANT#acme#ACCOUNT#a2', intentSk);
    const { waiting, unreadable } = await list();
    expect(idsOf(waiting)).toEqual(['p3']);
    expect(unreadable).toMatchObject([
      { plan_id: 'p1', error: expect.stringMatching(/^StoredRowInvalidError: /) },
      { plan_id: 'p2', error: expect.stringMatching(/^IntentNotFoundError: /) },
    ]);
  });

  it('names an intent that is none', async () => {
    await introduce('p1', waitSince(3));
    const sk = `ACTION_INTENT#${actionIntentId('p1', 's1', 1)}`;
    const row = await world.row('ACTION_INTENT_TABLE_NAME', 'TENANT#acme#ACCOUNT#a1', sk);
    await world.put('ACTION_INTENT_TABLE_NAME', { ...row, attempt: 'one' });
    expect((await list()).unreadable).toMatchObject([
      { plan_id: 'p1', error: expect.stringMatching(/^StoredRowInvalidError: /) },
    ]);
  });

  it('fails when the intents cannot be read at all', async () => {
    await introduce('p1', waitSince(3));
    const intents = fake<IntentStore>('IntentStore', {
      get: async () => {
        throw new Error('no access');
      },
    });
    const { clock, plans } = world.runtime;
    await expect(listApprovals({ clock, plans, intents }, { tenant_id: 'acme' })).rejects.toThrow(
      'no access',
    );
  });
});
