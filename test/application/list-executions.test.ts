import { describe, expect, it } from '@jest/globals';
import { createExecutionHistory } from '../../src/adapters/dynamodb/execution-history.ts';
import { type ListExecutionsInput, listExecutions } from '../../src/application/list-executions.ts';
import type { ExecutionHistory } from '../../src/application/ports/executions.ts';
import { approvedIntent, finished, started } from '../support/attempts.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const list = (more: Partial<ListExecutionsInput> = {}) => {
  const history = createExecutionHistory(world.tables.documentClient, world.names);
  return listExecutions({ clock: world.clock, history }, { ...SCOPE, ...more });
};

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the executions of an account', () => {
  it('come newest first, each with where it stands', async () => {
    const [first, second] = [approvedIntent(1), approvedIntent(2)];
    await started(world, first, 5);
    await finished(world, first, 5);
    await started(world, second, 7);
    const { executions, next_token } = await list();
    expect(executions).toMatchObject([
      { action_intent_id: 'intent-2', status: 'RUNNING', waits_for: { code: 'TOOL' } },
      { action_intent_id: first.action_intent_id, status: 'SUCCEEDED', completed_at: minute(6) },
    ]);
    expect(next_token).toBeUndefined();
  });

  it('come page by page, to the last, under tokens that fit into a query', async () => {
    for (const number of [2, 3, 4]) await started(world, approvedIntent(number), number);
    const first = await list({ limit: 2 });
    expect(first.next_token).toMatch(/^[\w-]+$/);
    const second = await list({ limit: 2, next_token: first.next_token });
    const ids = [first, second].map(({ executions }) => executions.map((one) => one.action_intent_id));
    expect(ids).toEqual([['intent-4', 'intent-3'], ['intent-2']]);
    expect(second.next_token).toBeUndefined();
  });

  it('come fifty at a time, unless somebody says otherwise', async () => {
    const asked: number[] = [];
    const history = fake<ExecutionHistory>('ExecutionHistory', {
      page: async (_, { limit }) => {
        asked.push(limit);
        return { executions: [] };
      },
    });
    await listExecutions({ clock: world.clock, history }, SCOPE);
    await listExecutions({ clock: world.clock, history }, { ...SCOPE, limit: 100 });
    expect(asked).toEqual([50, 100]);
  });
});

describe('a token for the next page', () => {
  const fields = { ...SCOPE, started_at: minute(3), action_intent_id: 'intent-3' };

  it('is taken when it is whole', async () => {
    await started(world, approvedIntent(2), 2);
    expect((await list({ next_token: encoded(fields) })).executions).toHaveLength(1);
  });

  it.each([
    ['of another account', encoded({ ...fields, account_id: 'a2' })],
    ['of another tenant', encoded({ ...fields, tenant_id: 'beta' })],
    ['without a field', encoded({ ...fields, started_at: undefined })],
    ['with a field too many', encoded({ ...fields, pk: 'TENANT#beta#ACCOUNT#b1' })],
    ['with an instant that is none', encoded({ ...fields, started_at: 'yesterday' })],
    ['that is no object', encoded('next')],
    ['that is no JSON', Buffer.from('{').toString('base64url')],
    ['that is no base64', '%%%'],
    ['that is empty', ''],
  ])('%s is refused by name', async (_, next_token) => {
    const asked = list({ next_token });
    await expect(asked).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'next_token: is none that was given out for this account',
    });
  });
});
