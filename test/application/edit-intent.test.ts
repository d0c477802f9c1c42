import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import { commandPlan, type PersonCommand } from '../../src/application/command-plan.ts';
import { decideApproval } from '../../src/application/decide-approval.ts';
import { startExecution } from '../../src/application/start-execution.ts';
import { validatePreflight } from '../../src/application/validate-preflight.ts';
import type { ExecutionState } from '../../src/contracts/execute-action.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import { intentContentHash } from '../../src/domain/intent/intent-content.ts';
import { rowViolations } from '../../src/domain/ledger/violations.ts';
import { INTENT, inFlight, lastEvents, storedPlan } from '../support/in-flight.ts';
import { SCOPE } from '../support/intents.ts';
import { minute, newPlan, requireApproval } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const S1 = { step_id: 's1' };
const EDIT = { do: 'edit_intent', ...S1, parameters: { content: 'Better' } } as const;
const REVISED = actionIntentId('p1', 's1', 1, 1);
const ask = (command: PersonCommand, by = 'ben') =>
  commandPlan(world.runtime, { key: newPlan(), by, command });
const intent = (id = INTENT) => world.runtime.intents.get(SCOPE, id);
const hash = async (id = INTENT) => intentContentHash((await intent(id)) as never);

beforeEach(async () => {
  world.clock.set(minute(30));
  await createActionTypeRegistry(world.tables.documentClient, world.names).seed(
    DEFAULT_ACTION_TYPES,
    minute(0),
  );
  await inFlight(world, [requireApproval('s1', 4)]);
});

describe('an intent that a person edits', () => {
  it('is superseded by another one, in one transaction with the plan and its ledger', async () => {
    expect((await ask({ ...EDIT, reason: 'clearer' })).ok).toBe(true);
    expect(await intent()).toMatchObject({ status: 'SUPERSEDED', parameters: {} });
    expect(await intent(REVISED)).toMatchObject({
      ...{ status: 'PENDING_APPROVAL', supersedes: INTENT, revision: 1, edited_by: 'ben' },
      parameters: { content: 'Better' },
      edited_fields: [{ field: 'content', to: 'Better' }],
    });
    expect(await lastEvents(world, 1)).toEqual(['STEP_INTENT_EDITED']);
    const plan = await storedPlan(world);
    expect(rowViolations(plan as never, await world.runtime.plans.ledger('p1'))).toEqual([]);
    expect(world.published).toEqual([]);
  });

  it('is approved by somebody else, and published under its new id', async () => {
    await ask(EDIT);
    expect(await ask({ do: 'approve_intent', ...S1 })).toMatchObject({ code: 'SELF_APPROVAL' });
    expect((await ask({ do: 'approve_intent', ...S1 }, 'carla')).ok).toBe(true);
    expect(await intent(REVISED)).toMatchObject({ status: 'APPROVED', approved_by: 'carla' });
    expect(world.published).toMatchObject([{ action_intent_id: REVISED }]);
  });

  it('is approved in the same act, and twice is once', async () => {
    const both = { ...EDIT, approve: true };
    await Promise.all([ask(both), ask(both)]);
    expect(await ask(both)).toMatchObject({ ok: true, events: [] });
    expect(await lastEvents(world, 3)).toEqual([
      'STEP_APPROVAL_REQUIRED',
      'STEP_INTENT_EDITED',
      'STEP_APPROVED',
    ]);
    expect(await intent(REVISED)).toMatchObject({ status: 'APPROVED', approval_source: 'HUMAN' });
    expect(new Set(world.published.map(({ action_intent_id }) => action_intent_id))).toEqual(
      new Set([REVISED]),
    );
  });

  it('is edited with what its registry version knows, and nothing else', async () => {
    const before = await world.everything();
    expect(await ask({ ...EDIT, parameters: { colour: 'red' } })).toMatchObject({
      code: 'INVALID_PARAMETERS',
      message: 'PREP_RENEWAL_BRIEF does not know colour; it knows content',
    });
    expect(await world.everything()).toEqual(before);
    await world.remove(
      'ACTION_TYPE_REGISTRY_TABLE_NAME',
      'ACTION_TYPE#PREP_RENEWAL_BRIEF',
      'REGISTRY_VERSION#000001',
    );
    expect(await ask(EDIT)).toMatchObject({
      message: 'PREP_RENEWAL_BRIEF does not know content; it knows nothing',
    });
  });

  it('is not edited when it is not what was shown', async () => {
    const shown = await hash();
    expect((await ask({ ...EDIT, shown }, 'carla')).ok).toBe(true);
    const other = { ...EDIT, parameters: { content: 'Other' }, shown };
    expect(await ask(other)).toMatchObject({ ok: false, code: 'CONTENT_CHANGED' });
  });
});

describe('an intent that was superseded', () => {
  const approved = {
    ...SCOPE,
    action_intent_id: INTENT,
    approval_source: 'HUMAN',
    auto_executed: false,
  } as const;

  it('never starts, however late its approval is told', async () => {
    await ask({ ...EDIT, approve: true });
    const before = await world.everything();
    const late = startExecution(world.runtime, { execution_id: 'e1', input: { detail: { data: approved } } });
    await expect(late).rejects.toThrow(`action intent ${INTENT} is SUPERSEDED, not APPROVED`);
    expect(await world.everything()).toEqual(before);
  });

  it('is refused by the preflight', async () => {
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
    await ask(EDIT);
    const execution = { ...approved, action_type: 'PREP_RENEWAL_BRIEF' } as unknown as ExecutionState;
    await expect(validatePreflight(world.runtime, { execution })).rejects.toMatchObject({
      error_code: 'INTENT_NOT_APPROVED',
    });
  });

  it.each([false, true])('is not approved by the gate (new one approved: %s)', async (approve) => {
    await world.put('TENANTS_TABLE_NAME', { tenantId: 'acme', status: 'active' });
    await ask({ ...EDIT, approve });
    world.published.length = 0;
    const before = await world.everything();
    const { result } = await decideApproval(world.runtime, { ...SCOPE, action_intent_id: INTENT });
    expect(result).toBe(approve ? 'BLOCKED' : 'REQUIRE_APPROVAL');
    expect(await world.everything()).toEqual(before);
    expect(world.published).toEqual([]);
  });
});

describe.each([
  ['approve_intent', 'STEP_APPROVED'],
  ['reject_intent', 'STEP_FAILED'],
] as const)('%s', (what, event_type) => {
  it('is refused when something else is there than was shown, and keeps the hash otherwise', async () => {
    const shown = await hash();
    const command = { do: what, ...S1, attempt: 1, shown };
    await ask(EDIT, 'carla');
    expect(await ask(command)).toMatchObject({ ok: false, code: 'CONTENT_CHANGED' });
    expect(await ask({ ...command, attempt: 2 })).toMatchObject({ ok: false, code: 'CONTENT_CHANGED' });
    const now = await hash(REVISED);
    expect((await ask({ ...command, shown: now })).ok).toBe(true);
    const entries = await world.runtime.plans.ledger('p1');
    const decided = entries.filter((entry) => entry.event_type === event_type);
    expect(decided).toMatchObject([{ data: { content_hash: now } }]);
  });

  it('by two clicks at once is one event', async () => {
    const results = await Promise.all([1, 2].map(() => ask({ do: what, ...S1 })));
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    const entries = await world.runtime.plans.ledger('p1');
    expect(entries.filter((entry) => entry.event_type === event_type)).toHaveLength(1);
  });

  it('by two people at once is the act of one of them', async () => {
    const results = await Promise.all(['ben', 'carla'].map((by) => ask({ do: what, ...S1 }, by)));
    const [won, lost] = [...results].sort((a, b) => Number(b.ok) - Number(a.ok));
    expect([won?.ok, lost?.ok]).toEqual([true, false]);
    expect(lost).toMatchObject({
      message: expect.stringMatching(/(ben|carla) has (approved|rejected) it$|PAUSED/),
    });
  });
});
