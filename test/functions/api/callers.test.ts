import { describe, expect, it } from '@jest/globals';
import { handler } from '../../../functions/api/execution-status.ts';
import { errorAnswer } from '../../../src/contracts/execution-status.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';
import { CLAIMS, called, ID, LIST, newEvent, STATUS, useApi, withClaims } from './api-world.ts';

const world = useWorld();
const api = useApi(world);

describe('a caller', () => {
  it.each([
    ['no claims', undefined],
    ['no tenant', { sub: 'ben' }],
    ['a tenant that is no identifier', { ...CLAIMS, 'custom:tenant_id': 'acme#ACCOUNT' }],
    ['no subject', { 'custom:tenant_id': 'acme' }],
    ['an empty subject', { ...CLAIMS, sub: '' }],
  ])('with %s is 401', async (_, claims) => {
    await api.ended();
    const { status, body } = await api.getStatus(undefined, withClaims(claims));
    expect([status, errorAnswer.parse(body).error]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('without an authorizer is 401', async () => {
    const { status } = await api.getStatus(undefined, { requestContext: { authorizer: {} } });
    expect(status).toBe(401);
  });

  it.each([
    ['an account of another list', '["a2","a3"]'],
    ['an empty list', '[]'],
    ['no list', '"a1"'],
    ['no JSON', '[a1 a2]'],
    ['an empty text', ''],
    ['a list of something else', '[1]'],
    ['no text', ['a1']],
  ])('whose accounts are %s is 403', async (_, accounts) => {
    await api.ended();
    const claims = withClaims({ ...CLAIMS, 'custom:account_ids': accounts });
    for (const { status, body } of [
      await api.getStatus(undefined, claims),
      await api.list({}, claims),
      await api.replay(undefined, claims),
    ])
      expect([status, errorAnswer.parse(body).error]).toEqual([403, 'FORBIDDEN']);
    expect(api.starts).toEqual([]);
  });

  it('who is held to accounts may use those', async () => {
    await api.ended();
    const claims = withClaims({ ...CLAIMS, 'custom:account_ids': '["a2","a1"]' });
    expect(await api.getStatus(undefined, claims)).toMatchObject({ status: 200 });
  });
});

describe('the handler', () => {
  it('is 404 for a route that it does not have', async () => {
    for (const routeKey of ['GET /', 'constructor', '$default'])
      expect(await api.call(newEvent(routeKey))).toMatchObject({ status: 404, body: { error: 'NOT_FOUND' } });
  });

  it('is 500 without details when something breaks, which is logged', async () => {
    await api.ended();
    await world.put('EXECUTION_ATTEMPTS_TABLE_NAME', {
      ...{ pk: 'TENANT#acme#ACCOUNT#a1', sk: `EXECUTION#${ID}`, started_at: minute(5), status: 'odd' },
    });
    const { status, body } = await api.getStatus();
    expect([status, errorAnswer.parse(body)]).toEqual([
      500,
      { error: 'INTERNAL_ERROR', message: 'something went wrong; try again later' },
    ]);
    expect(world.lines).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ name: 'StoredRowInvalidError' }) }),
    ]);
  });

  it('is 500 for what is no event of an HTTP API', async () => {
    expect(await api.call({})).toMatchObject({ status: 500 });
  });

  it.each(handler.environment)('fails before any work when %s is missing, and names it', async (name) => {
    const broken = { ...api.runtime, environment: { ...api.runtime.environment, [name]: '' } };
    await expect(called(broken, newEvent(STATUS))).rejects.toThrow(`Missing env ${name}`);
  });

  it('takes its variables from the process on Lambda', async () => {
    await expect(handler(newEvent(STATUS))).rejects.toMatchObject({ name: 'ConfigurationError' });
  });

  it('answers one request after the other', async () => {
    await api.ended();
    const serve = handler.with(api.runtime);
    const event = newEvent(LIST, { pathParameters: { account_id: 'a1' } });
    const answers = [await serve(event), await serve(event)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  });
});
