import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inExchange } from '../../../src/adapters/gateway/gateway-exchange.ts';
import { lost } from '../../../src/adapters/gateway/gateway-faults.ts';
import { createMcpToolGateway } from '../../../src/adapters/gateway/mcp-tool-gateway.ts';
import type { TokenSource } from '../../../src/adapters/gateway/token-source.ts';
import { ConfigurationError } from '../../../src/application/errors.ts';
import { DONE, faultOf, invocation, tokens } from './gateway-calls.ts';
import {
  type Answer,
  cut,
  hang,
  json,
  message,
  type RawGateway,
  rpcError,
  send,
  startRawGateway,
  status,
  welcome,
} from './raw-gateway.ts';

let gateway: RawGateway;

beforeEach(async () => {
  gateway = await startRawGateway();
});
afterEach(() => gateway.stop());

const connect = (token: TokenSource = tokens('one'), timeoutMs = 10_000) =>
  createMcpToolGateway({ url: gateway.url, token, timeoutMs });

/** Long enough to connect first. */
const SOON_MS = 200;

/** Breaks off in the middle of the body. */
const half =
  (type: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': type, 'content-length': '1000' });
    response.write('data: {"jsonrpc":', () => response.destroy());
  };

const EFFECT_UNKNOWN = { name: 'EffectUnknownError', error_class: 'TIMEOUT', error_code: 'TIMEOUT' };
const NO_SENSE = { name: 'InvalidToolResponseError', error_code: 'INVALID_TOOL_RESPONSE' };
const DOWN = { name: 'EffectUnknownError', error_class: 'DOWNSTREAM', error_code: 'GATEWAY_ERROR' };
const REFUSED = { name: 'ConfigurationError', error_class: 'VALIDATION', error_code: 'GATEWAY_REFUSED' };
const THROTTLED = { name: 'TransientError', error_class: 'RATE_LIMIT', error_code: 'GATEWAY_THROTTLED' };
const UNREACHABLE = { name: 'TransientError', error_class: 'DOWNSTREAM', error_code: 'GATEWAY_UNREACHABLE' };

describe('a call', () => {
  it.each<[string, Answer, object]>([
    ['that is throttled', status(429), THROTTLED],
    ['that the gateway fails at', status(500), DOWN],
    ['that the gateway is too busy for', status(503), DOWN],
    ['that is not understood', status(400), REFUSED],
    ['that is forbidden', status(403), REFUSED],
    ['to a place where nothing is', status(404), REFUSED],
    [
      'that is sent elsewhere',
      send(307, '', 'text/html', { location: 'http://127.0.0.1:1/mcp' }),
      { ...REFUSED, message: 'the gateway redirects' },
    ],
    ['answered with HTML', send(200, '<html>secret words</html>', 'text/html'), NO_SENSE],
    ['answered with nothing', send(200, ''), NO_SENSE],
    ['answered with broken JSON', send(200, '{"jsonrpc":'), NO_SENSE],
    ['answered with JSON that is no message', send(200, '{"message":"secret words"}'), NO_SENSE],
    ['answered with a message of no result', message({}), NO_SENSE],
    ['answered with a result of another shape', message({ result: { content: 'secret words' } }), NO_SENSE],
    ['answered with an error of the protocol', rpcError(-32603), NO_SENSE],
    ['cut off', cut, EFFECT_UNKNOWN],
    ['cut off within the answer', half('application/json'), EFFECT_UNKNOWN],
    ['cut off within a stream', half('text/event-stream'), EFFECT_UNKNOWN],
  ])('%s is named for what it is, and repeats no words', async (_, answer, expected) => {
    gateway.on('tools/call', answer);
    const fault = await faultOf(connect().invoke(invocation()));
    expect(fault).toMatchObject(expected);
    expect(JSON.stringify(fault)).not.toContain('secret words');
    expect(gateway.count('tools/call')).toBe(1);
  });

  it.each<[string, Answer]>([
    ['answered by nobody', hang],
    ['accepted without an answer', send(202, '')],
    ['answered to another message', message({ id: 4711, result: {} })],
  ])('that is %s may have acted, and is not called off', async (_, answer) => {
    gateway.on('tools/call', answer, json(DONE));
    const tools = connect(tokens('one'), SOON_MS);
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject(EFFECT_UNKNOWN);
    await tools.invoke(invocation());
    expect(gateway.seen.map(({ method }) => method)).not.toContain('notifications/cancelled');
  });

  it('that nothing is left of the time for is not made', async () => {
    const exchange = { signal: AbortSignal.abort(), acts: true };
    const send = () => Promise.reject(new Error('sent'));
    expect(await faultOf(inExchange(exchange, send))).toMatchObject({
      ...UNREACHABLE,
      error_class: 'TIMEOUT',
    });
  });

  it('to a gateway that is not there has done nothing', async () => {
    const tools = connect();
    await gateway.stop();
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject(UNREACHABLE);
  });

  it.each([
    ['ECONNREFUSED', UNREACHABLE],
    ['ENOTFOUND', UNREACHABLE],
    ['UND_ERR_CONNECT_TIMEOUT', UNREACHABLE],
    ['ECONNRESET', EFFECT_UNKNOWN],
    ['UND_ERR_SOCKET', EFFECT_UNKNOWN],
  ])('that fails with %s is judged by that code', async (code, expected) => {
    const exchange = { signal: new AbortController().signal, acts: true };
    const asCause = lost(exchange, Object.assign(new TypeError('fetch failed'), { cause: { code } }));
    expect(await faultOf(Promise.reject(asCause))).toMatchObject(expected);
    const itself = lost(exchange, Object.assign(new Error('failed'), { code }));
    expect(await faultOf(Promise.reject(itself))).toMatchObject(expected);
  });
});

describe('connecting', () => {
  it.each<[string, Answer, object]>([
    ['throttled', status(429), THROTTLED],
    ['answered with 503', status(503), { ...UNREACHABLE, error_code: 'GATEWAY_ERROR' }],
    ['answered with HTML', send(200, '<html>', 'text/html'), UNREACHABLE],
    ['answered with an error of the protocol', rpcError(-32603), UNREACHABLE],
    ['cut off', cut, UNREACHABLE],
    ['not answered', hang, { ...UNREACHABLE, error_class: 'TIMEOUT' }],
  ])('that is %s has done nothing, and the next call connects anew', async (_, answer, expected) => {
    gateway.on('initialize', answer, welcome());
    gateway.on('tools/call', json(DONE));
    const tools = connect(tokens('one'), answer === hang ? SOON_MS : 10_000);
    const [first, second] = await Promise.all([
      faultOf(tools.invoke(invocation())),
      faultOf(tools.invoke(invocation())),
    ]);
    expect(first).toMatchObject(expected);
    expect(second).toEqual(first);
    expect(gateway.count('initialize')).toBe(1);
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
  });

  it('happens again after a connection that was lost', async () => {
    gateway.on('tools/call', cut, json(DONE));
    const tools = connect();
    await tools.invoke(invocation()).catch(() => undefined);
    await tools.invoke(invocation());
    expect(gateway.count('initialize')).toBe(2);
  });

  it('does not happen again after an answer, whatever it says', async () => {
    gateway.on('tools/call', status(429), rpcError(-32603), json(DONE));
    const tools = connect();
    for (let call = 0; call < 3; call += 1) await tools.invoke(invocation()).catch(() => undefined);
    expect(gateway.count('initialize')).toBe(1);
  });
});

describe('a session', () => {
  it('that the gateway has forgotten is replaced, and the call repeated', async () => {
    gateway.on('initialize', welcome('first'), welcome('second'));
    gateway.on('tools/call', json(DONE), status(404), json(DONE));
    const tools = connect();
    await tools.invoke(invocation());
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
    const calls = gateway.seen.filter(({ method }) => method === 'tools/call');
    expect(calls.map(({ session }) => session)).toEqual(['first', 'first', 'second']);
  });

  it('that is forgotten at once is not tried a second time', async () => {
    gateway.on('initialize', welcome('first'));
    gateway.on('tools/call', status(404));
    expect(await faultOf(connect().invoke(invocation()))).toMatchObject(UNREACHABLE);
    expect(gateway.count('tools/call')).toBe(1);
  });

  it('is replaced once for all calls that find it forgotten', async () => {
    gateway.on('initialize', welcome('first'), welcome('second'));
    gateway.on('tools/call', json(DONE));
    const tools = connect();
    await tools.invoke(invocation());
    gateway.on('tools/call', (response, seen) => {
      (seen.session === 'first' ? status(404) : json(DONE))(response, seen);
    });
    await Promise.all(Array.from({ length: 10 }, () => tools.invoke(invocation())));
    expect(gateway.count('initialize')).toBe(2);
  });
});

describe('a token', () => {
  const onlyWith =
    (bearer: string): Answer =>
    (response, seen) =>
      (seen.authorization === `Bearer ${bearer}` ? json(DONE) : status(401))(response, seen);

  it('that is not accepted is renewed once, and the call repeated', async () => {
    gateway.on('tools/call', onlyWith('new'));
    const token = tokens('old', 'new');
    await expect(connect(token).invoke(invocation())).resolves.toMatchObject({ success: true });
    expect(token.renewed).toBe(1);
    expect(gateway.count('tools/call')).toBe(2);
  });

  it('that another call has renewed meanwhile is taken from there', async () => {
    gateway.on('tools/call', onlyWith('new'));
    const held = ['old', 'old', 'old', 'new'];
    const renew = () => Promise.reject(new Error('renewed twice'));
    const token = { get: async () => held.shift() ?? 'new', renew };
    await expect(connect(token).invoke(invocation())).resolves.toMatchObject({ success: true });
  });

  it('that is not accepted even when new fails the call', async () => {
    gateway.on('tools/call', status(401));
    const fault = await faultOf(connect(tokens('old', 'new')).invoke(invocation()));
    expect(fault).toMatchObject({ name: 'AuthError', error_class: 'AUTH', error_code: 'AUTH_FAILED' });
    expect(gateway.count('tools/call')).toBe(2);
  });

  it('that cannot be had fails the call as its source says', async () => {
    const nobody = () => Promise.reject(new ConfigurationError('there is no secret'));
    const fault = await faultOf(connect({ get: nobody, renew: nobody }).invoke(invocation()));
    expect(fault).toMatchObject({ name: 'ConfigurationError', message: 'there is no secret' });
    expect(gateway.seen).toEqual([]);
  });

  it('whose source fails in a way of its own fails the call as unauthorised', async () => {
    const nobody = () => Promise.reject(new Error('secret words'));
    const fault = await faultOf(connect({ get: nobody, renew: nobody }).invoke(invocation()));
    expect(fault).toMatchObject({ name: 'AuthError', message: 'there is no token for the gateway' });
  });
});
