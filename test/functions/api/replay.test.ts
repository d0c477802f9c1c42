import { describe, expect, it } from '@jest/globals';
import { errorAnswer, replayAnswer } from '../../../src/contracts/execution-status.ts';
import { REPLAY, replayStarted } from '../../support/attempts.ts';
import { minute } from '../../support/plan-fixtures.ts';
import { useWorld } from '../../support/world.ts';
import { ID, INTENT, MACHINE_ARN, useApi } from './api-world.ts';

const world = useWorld();
const api = useApi(world);

describe('POST a replay', () => {
  it('api.starts it in the name of who asks, and answers with its execution', async () => {
    await api.ended();
    const { status, body } = await api.replay();
    expect(status).toBe(202);
    const name = `replay-${ID}-2`;
    const execution_arn = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
    expect(replayAnswer.parse(body)).toEqual({ execution_arn, attempt_count: 2 });
    expect(api.starts).toEqual([{ stateMachineArn: MACHINE_ARN, name, input: expect.any(String) }]);
    expect(JSON.parse(String(api.starts[0]?.input))).toMatchObject({
      replay: { ...REPLAY, requested_by: 'ben' },
    });
  });

  it('takes a body that API Gateway has encoded', async () => {
    await api.ended();
    const text = JSON.stringify({ account_id: 'a1', reason: 'again' });
    const body = Buffer.from(text).toString('base64');
    expect(await api.replay(body, { isBase64Encoded: true })).toMatchObject({ status: 202 });
  });

  it('is 404 when the account has no such intent', async () => {
    expect(await api.replay()).toMatchObject({ status: 404, body: { error: 'NOT_FOUND' } });
  });

  it('is 409 with the reason when it is refused', async () => {
    await api.ended();
    await replayStarted(world, INTENT, 9);
    const { status, body } = await api.replay();
    expect(status).toBe(409);
    const message = `action intent ${ID} is being executed since ${minute(9)}`;
    expect(errorAnswer.parse(body)).toEqual({ error: 'NOT_ENDED', message });
    expect(api.starts).toEqual([]);
  });

  it.each([
    ['no JSON', '{', /^body: must be a JSON object$/],
    ['a list', '[]', /^body: must be a JSON object$/],
    ['null', 'null', /^body: must be a JSON object$/],
    ['empty', '', /account_id: undefined: /],
    ['without a reason', { account_id: 'a1' }, /^reason: undefined: /],
    ['with an empty reason', { account_id: 'a1', reason: '  ' }, /^reason: " {2}": /],
    ['with a reason too long', { account_id: 'a1', reason: 'x'.repeat(2001) }, /^reason: /],
    [
      'with somebody else as who asks',
      { account_id: 'a1', reason: 'r', requested_by: 'eve' },
      /requested_by/,
    ],
    [
      'with another id',
      { account_id: 'a1', reason: 'r', action_intent_id: 'x' },
      /^action_intent_id: stands/,
    ],
    ['with a special key', '{"account_id":"a1","reason":"r","__proto__":{}}', /^__proto__: /],
  ])('is 400 when the body is %s', async (_, body, message) => {
    await api.ended();
    const answer = await api.replay(body);
    expect(answer.status).toBe(400);
    expect(errorAnswer.parse(answer.body).message).toMatch(message);
    expect(api.starts).toEqual([]);
  });

  it('does not look at the query', async () => {
    await api.ended();
    expect(await api.replay(undefined, { queryStringParameters: { account_id: 'a2' } })).toMatchObject({
      status: 202,
    });
  });
});
