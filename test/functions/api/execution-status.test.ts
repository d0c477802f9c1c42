import { describe, expect, it } from '@jest/globals';
import {
  errorAnswer,
  executionStatusAnswer,
  listExecutionsAnswer,
} from '../../../src/contracts/execution-status.ts';
import { approvedIntent, started } from '../../support/attempts.ts';
import { useWorld } from '../../support/world.ts';
import { CLAIMS, ID, useApi, withClaims } from './api-world.ts';

const world = useWorld();
const api = useApi(world);

describe('GET a status', () => {
  it('tells where an execution stands', async () => {
    await api.ended();
    const { status, body, headers } = await api.getStatus();
    expect(status).toBe(200);
    expect(executionStatusAnswer.parse(body)).toMatchObject({
      ...{ action_intent_id: ID, status: 'SUCCEEDED', outcomes: [{ status: 'SUCCEEDED' }] },
    });
    expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  });

  it.each([
    ['account', 'a2', {}],
    ['tenant', 'a1', withClaims({ ...CLAIMS, 'custom:tenant_id': 'beta' })],
  ])('is 404 for another %s', async (_, account_id, more) => {
    await api.ended();
    const { status, body } = await api.getStatus({ account_id }, more);
    expect(status).toBe(404);
    expect(errorAnswer.parse(body)).toEqual({
      ...{ error: 'NOT_FOUND', message: `the account has no action intent ${ID}` },
    });
  });

  it('is 400 without an account, and says what was given', async () => {
    const { status, body } = await api.getStatus({});
    expect(status).toBe(400);
    expect(errorAnswer.parse(body)).toMatchObject({
      ...{ error: 'VALIDATION_FAILED', provided: { action_intent_id: ID } },
      message: expect.stringMatching(/^account_id: undefined: /),
    });
  });

  it.each([
    ['a tenant', { account_id: 'a1', tenant_id: 'beta' }, /^tenant_id: "beta": is not known here$/],
    ['an id twice', { account_id: 'a1', action_intent_id: 'other' }, /^action_intent_id: stands in the path/],
    ['an account that is no identifier', { account_id: 'a1#b' }, /^account_id: "a1#b": must start with/],
    ['two accounts', { account_id: 'a1,a2' }, /^account_id: "a1,a2": must start with/],
    ['a special key', { account_id: 'a1', constructor: 'x' }, /^constructor: a key of that name/],
  ])('is 400 when the query says %s', async (_, query, message) => {
    const { status, body } = await api.getStatus(query);
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
  });

  it('shows no more of bad input than fits into a line', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 'x'.repeat(900)]));
    const { body } = await api.getStatus({ account_id: 'a1', ...many });
    const shown = Object.values<string>(body.provided);
    expect(shown).toHaveLength(10);
    expect(Math.max(...shown.map((text) => text.length))).toBe(120);
  });
});

describe('GET the executions of an account', () => {
  const three = async () => {
    for (const number of [2, 3, 4]) await started(world, approvedIntent(number), number);
  };

  it('tells them newest first, page by page', async () => {
    await three();
    const first = listExecutionsAnswer.parse((await api.list({ limit: '2' })).body);
    expect(first.executions).toMatchObject([
      { action_intent_id: 'intent-4', status: 'RUNNING' },
      { action_intent_id: 'intent-3', status: 'RUNNING' },
    ]);
    const { body } = await api.list({ limit: '2', next_token: first.next_token });
    const second = listExecutionsAnswer.parse(body);
    expect(second.executions).toMatchObject([{ action_intent_id: 'intent-2' }]);
    expect(second.next_token).toBeUndefined();
  });

  it('tells all of them without a limit, and none of another tenant', async () => {
    await three();
    const { status, body } = await api.list();
    expect([status, body.executions.length]).toEqual([200, 3]);
    const other = await api.list({}, withClaims({ ...CLAIMS, 'custom:tenant_id': 'beta' }));
    expect(other).toMatchObject({ status: 200, body: { executions: [] } });
  });

  it.each([
    ['limit', 'of none', '0'],
    ['limit', 'of more than a hundred', '101'],
    ['limit', 'in parts', '1.5'],
    ['limit', 'in words', 'many'],
    ['next_token', 'longer than any', 'x'.repeat(2001)],
    ['next_token', 'that was not given out', 'e30'],
  ])('is 400 for a %s %s, and names it', async (name, _, value) => {
    const { status, body } = await api.list({ [name]: value });
    expect(status).toBe(400);
    expect(errorAnswer.parse(body)).toMatchObject({
      message: expect.stringMatching(new RegExp(`^${name}: `)),
      provided: { account_id: 'a1', [name]: value.slice(0, 120) },
    });
  });

  it('is 400 for a page of another account', async () => {
    await three();
    const { body: page } = await api.list({ limit: '1' });
    const other = { pathParameters: { account_id: 'a2' } };
    const { status, body } = await api.list({ next_token: page.next_token }, other);
    expect([status, body.message]).toEqual([400, expect.stringMatching(/^next_token: /)]);
  });
});
