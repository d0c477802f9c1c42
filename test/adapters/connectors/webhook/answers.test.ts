import { describe, expect, it } from '@jest/globals';
import {
  CALL,
  COMPENSATION,
  connectorFor,
  failureWith,
  json,
  rowFor,
  SIGNING_KEY,
  startServer,
} from './harness.ts';

const succeededWith = (object_id: string) => ({
  success: true,
  external_object_refs: [{ system: 'WEBHOOK', object_type: 'Delivery', object_id }],
  tool_run_ref: 'webhook/key1',
  tenant_id: 'acme',
});

const LONGEST = 'x'.repeat(255);
/** One byte more than is read. */
const TOO_LONG = JSON.stringify({ id: 'd1', filler: 'x'.repeat(64 * 1024 - 22) });

const executed = async (server: { host: string }, more: object = {}) =>
  connectorFor(rowFor(server.host, more)).execute(CALL);

describe('what the webhook connector makes of an answer', () => {
  it.each([
    ['the id of the body', 200, '{"id":"d1"}', 'd1'],
    ['the id of the body', 201, '{"id":"d1","success":true}', 'd1'],
    ['the longest id', 202, JSON.stringify({ id: LONGEST }), LONGEST],
    ['the key, for an id that is too long', 200, JSON.stringify({ id: `${LONGEST}x` }), 'key1'],
    ['the key, for an empty id', 200, '{"id":""}', 'key1'],
    ['the key, for an id that is no string', 200, '{"id":7}', 'key1'],
    ['the key, for no id', 200, '{}', 'key1'],
    ['the key, for a list', 200, '[{"id":"d1"}]', 'key1'],
    ['the key, for null', 200, 'null', 'key1'],
    ['the key, for what is no JSON', 200, '<html>{"success":false}</html>', 'key1'],
    ['the key, for no body', 204, '', 'key1'],
    ['the id, for success that is no boolean', 299, '{"id":"d1","success":"false"}', 'd1'],
    ['the key, for a body that is cut off', 200, TOO_LONG, 'key1'],
    ['the id, for the longest body that is not', 200, TOO_LONG.replace('x', ''), 'd1'],
  ])('names the delivery by %s (status %d)', async (_what, status, body, id) => {
    await using server = await startServer((response) => response.writeHead(status).end(body));
    expect(await executed(server)).toEqual(succeededWith(id));
  });

  it.each([
    [200, succeededWith('key1')],
    [500, failureWith('DOWNSTREAM', 'HTTP_500', 'UNKNOWN', false)],
  ])(
    'reads no more than it needs of a body without end, and closes the connection (status %d)',
    async (status, expected) => {
      const closed = Promise.withResolvers<void>();
      await using server = await startServer((response) => {
        const more = (): void => void response.write(Buffer.alloc(16 * 1024, ' '), () => setImmediate(more));
        response
          .on('error', () => {})
          .on('close', closed.resolve)
          .writeHead(status);
        more();
      });
      // A time-out that closes it comes later than this test's.
      const connector = connectorFor(rowFor(server.host), { timeoutMs: 600_000 });
      expect(await connector.execute(CALL)).toEqual(expected);
      await closed.promise;
    },
  );

  it('takes a success that says it is none for a failure, with the code and the words of the receiver', async () => {
    const body = { success: false, error_code: 'NO_SUCH_LIST', error_message: 'list 7 is gone', id: 'd1' };
    await using server = await startServer(json(200, body));
    expect(await executed(server, { honours_idempotency_key: true })).toEqual({
      ...{ success: false, error_class: 'DOWNSTREAM', error_code: 'NO_SUCH_LIST' },
      ...{ error_message: 'list 7 is gone', transient: false, effect: 'NONE', external_object_refs: [] },
      ...{ tool_run_ref: 'webhook/key1', tenant_id: 'acme' },
    });
  });

  it.each([{}, { error_code: '', error_message: '' }, { error_code: 7, error_message: null }])(
    'has a code and words of its own where the receiver gives none: %j',
    async (more) => {
      await using server = await startServer(json(200, { success: false, ...more }));
      expect(await executed(server)).toMatchObject({
        ...{ error_code: 'RECEIVER_REFUSED', error_message: 'the receiver refused the request' },
      });
    },
  );

  it('takes over no more than 1000 characters of words', async () => {
    await using server = await startServer(json(200, { success: false, error_message: 'x'.repeat(2000) }));
    expect(await executed(server)).toMatchObject({ error_message: 'x'.repeat(1000) });
  });

  it('cuts its key out of what the receiver says', async () => {
    const said = `of ${SIGNING_KEY}`;
    await using refusing = await startServer(
      json(200, { success: false, error_code: said, error_message: said }),
    );
    expect(await executed(refusing)).toMatchObject({ error_code: 'of ***', error_message: 'of ***' });
    await using accepting = await startServer(json(200, { id: said }));
    expect(await executed(accepting)).toEqual(succeededWith('of ***'));
  });

  it.each([
    [300, 'VALIDATION', 'REDIRECT_NOT_FOLLOWED', 'NONE', false, false],
    [304, 'VALIDATION', 'REDIRECT_NOT_FOLLOWED', 'NONE', false, false],
    [399, 'VALIDATION', 'REDIRECT_NOT_FOLLOWED', 'NONE', false, false],
    [400, 'VALIDATION', 'HTTP_400', 'NONE', false, false],
    [401, 'AUTH', 'HTTP_401', 'NONE', false, false],
    [403, 'AUTH', 'HTTP_403', 'NONE', false, false],
    [404, 'VALIDATION', 'HTTP_404', 'NONE', false, false],
    [408, 'DOWNSTREAM', 'HTTP_408', 'UNKNOWN', false, true],
    [409, 'VALIDATION', 'CONFLICT', 'NONE', false, false],
    [410, 'VALIDATION', 'HTTP_410', 'NONE', false, false],
    [422, 'VALIDATION', 'HTTP_422', 'NONE', false, false],
    [429, 'RATE_LIMIT', 'HTTP_429', 'NONE', true, true],
    [499, 'VALIDATION', 'HTTP_499', 'NONE', false, false],
    [500, 'DOWNSTREAM', 'HTTP_500', 'UNKNOWN', false, true],
    [501, 'DOWNSTREAM', 'HTTP_501', 'UNKNOWN', false, true],
    [502, 'DOWNSTREAM', 'HTTP_502', 'UNKNOWN', false, true],
    [503, 'DOWNSTREAM', 'HTTP_503', 'NONE', true, true],
    [504, 'DOWNSTREAM', 'HTTP_504', 'UNKNOWN', false, true],
    [599, 'DOWNSTREAM', 'HTTP_599', 'UNKNOWN', false, true],
  ] as const)(
    'takes status %d for %s/%s, effect %s, transient %s, or %s where keys are honoured',
    async (status, errorClass, code, effect, transient, honoured) => {
      await using server = await startServer(json(status, { id: 'd1', error_message: 'secret words' }));
      const expected = (isTransient: boolean) => ({
        ...{ success: false, error_class: errorClass, error_code: code, effect, transient: isTransient },
        ...{ error_message: `the receiver answered with status ${status}`, external_object_refs: [] },
        ...{ tool_run_ref: 'webhook/key1', tenant_id: 'acme' },
      });
      expect(await executed(server)).toEqual(expected(transient));
      expect(await executed(server, { honours_idempotency_key: true })).toEqual(expected(honoured));
    },
  );

  it('does not go where a redirect points', async () => {
    await using target = await startServer(json(200, {}));
    await using server = await startServer((response) =>
      response.writeHead(307, { location: `http://${target.host}/` }).end(),
    );
    expect(await executed(server)).toEqual(failureWith('VALIDATION', 'REDIRECT_NOT_FOLLOWED', 'NONE', false));
    expect(server.received).toHaveLength(1);
    expect(target.received).toEqual([]);
  });

  it.each([
    [500, failureWith('DOWNSTREAM', 'HTTP_500', 'UNKNOWN', false)],
    [503, failureWith('DOWNSTREAM', 'HTTP_503', 'NONE', true)],
    [401, failureWith('AUTH', 'HTTP_401', 'NONE', false)],
  ])('takes status %d of a compensation for the same', async (status, expected) => {
    await using server = await startServer(json(status, {}));
    expect(await connectorFor(rowFor(server.host)).compensate(COMPENSATION)).toEqual(expected);
  });
});
