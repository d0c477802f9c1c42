import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClientCredentials } from '../../../src/adapters/gateway/client-credentials.ts';
import { createMcpToolGateway } from '../../../src/adapters/gateway/mcp-tool-gateway.ts';
import type { TokenSource } from '../../../src/adapters/gateway/token-source.ts';
import { TOOLS } from '../../../src/contracts/tools.ts';
import { type LocalGateway, startLocalGateway } from '../../../src/local/gateway/gateway-server.ts';
import { invocation, REF } from '../../adapters/gateway/gateway-calls.ts';
import { settableClock } from '../../support/settable-clock.ts';

const NOW = '2026-01-05T09:00:00.000Z';
const credentials = { clientId: 'client', clientSecret: 'secret' };
const clock = settableClock(NOW);

let gateway: LocalGateway;
let invoked: unknown[][];
let adapter: (event: Readonly<Record<string, unknown>>) => Promise<unknown>;

const succeed = async ({ tenant_id, idempotency_key }: Readonly<Record<string, unknown>>) => ({
  ...{ success: true, tenant_id, tool_run_ref: 'run-1' },
  external_object_refs: [{ ...REF, object_id: String(idempotency_key) }],
});

beforeAll(async () => {
  gateway = await startLocalGateway({
    ...{ clock, credentials },
    invokeAdapter: (...args) => {
      invoked.push(args);
      return adapter(args[1]);
    },
  });
});
afterAll(() => gateway.stop());

beforeEach(() => {
  clock.set(NOW);
  invoked = [];
  adapter = succeed;
});

const tokenSource = (at = clock): TokenSource =>
  createClientCredentials({
    tokenUrl: gateway.tokenUrl,
    credentials: async () => ({ client_id: 'client', client_secret: 'secret' }),
    clock: at,
  });
const connect = (token = tokenSource()) => createMcpToolGateway({ url: gateway.url, token });

const post = async (body: unknown, { token = '', path = '/mcp', method = 'POST' } = {}): Promise<Response> =>
  fetch(`${gateway.issuer}${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      accept: 'application/json, text/event-stream',
    },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

const rpc = async (method: string, params: object = {}) => {
  const token = await tokenSource().get();
  const response = await post({ jsonrpc: '2.0', id: 7, method, params }, { token });
  return (await response.json()) as { result?: Record<string, unknown>; error?: { code: number } };
};

describe('the local gateway', () => {
  it('lists every tool under the name of its target, with the schema of its arguments', async () => {
    const { result } = await rpc('tools/list');
    const tools = result?.tools as {
      name: string;
      inputSchema: { required: string[]; properties: object };
    }[];
    expect(tools.map(({ name }) => name)).toEqual(
      TOOLS.map(({ connector, name }) => `${connector}___${name}`),
    );
    const createCase = tools.find(({ name }) => name === 'crm___crm.create_case')?.inputSchema;
    expect(createCase).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        subject: { type: 'string', maxLength: 255 },
        priority: { enum: ['Low', 'Medium', 'High'] },
      },
    });
    expect(createCase?.required).toContain('idempotency_key');
  });

  it('hands a call to the adapter of its target as the real gateway does', async () => {
    const { result } = await rpc('tools/call', {
      name: 'webhook___webhook.send',
      arguments: { anything: ['at', 'all'], tenant_id: 't1' },
    });
    expect(invoked).toEqual([
      [
        'webhook',
        { anything: ['at', 'all'], tenant_id: 't1' },
        {
          custom: {
            bedrockAgentCoreToolName: 'webhook___webhook.send',
            bedrockAgentCoreGatewayId: 'local-gateway',
            bedrockAgentCoreTargetId: 'webhook',
            bedrockAgentCoreMcpMessageId: '7',
          },
        },
      ],
    ]);
    expect(result).toEqual({
      content: [{ type: 'text', text: JSON.stringify(await succeed({ tenant_id: 't1' })) }],
    });
  });

  it('calls with no arguments as well', async () => {
    await rpc('tools/call', { name: 'crm___crm.create_case' });
    expect(invoked[0]?.[1]).toEqual({});
  });

  it('knows a tool by no other name', async () => {
    const { error } = await rpc('tools/call', { name: 'crm.create_case', arguments: {} });
    expect(error?.code).toBe(-32602);
    expect(invoked).toEqual([]);
  });

  it('tells no more of an adapter that throws than the name of the error', async () => {
    adapter = () => Promise.reject(new TypeError('secret words'));
    const { result } = await rpc('tools/call', { name: 'crm___crm.create_case', arguments: {} });
    expect(result).toEqual({ isError: true, content: [{ type: 'text', text: 'TypeError' }] });
  });
});

describe('with the client', () => {
  it('carries a call to the adapter and its answer back', async () => {
    expect(await connect().invoke(invocation())).toEqual({
      success: true,
      external_object_refs: [{ ...REF, object_id: 'k1' }],
      tool_run_ref: 'run-1',
    });
  });

  it('carries a hundred calls at once', async () => {
    const tools = connect();
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    const results = await Promise.all(keys.map((key) => tools.invoke(invocation({ idempotency_key: key }))));
    expect(results.map((one) => one.external_object_refs?.[0]?.object_id)).toEqual(keys);
  });

  it('shows an adapter that throws as an effect that nobody knows', async () => {
    adapter = () => Promise.reject(new TypeError('secret words'));
    await expect(connect().invoke(invocation())).rejects.toMatchObject({
      name: 'EffectUnknownError',
      error_code: 'ADAPTER_FAILED',
    });
  });

  it('has a token that expired meanwhile renewed within the call', async () => {
    const tools = connect(tokenSource(settableClock(NOW)));
    await tools.invoke(invocation());
    clock.set('2026-01-05T11:00:00.000Z');
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
  });

  it('goes on serving others when a caller has gone', async () => {
    let answered: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      answered = resolve;
    });
    adapter = async (event) => {
      await waiting;
      return succeed(event);
    };
    const hasty = createMcpToolGateway({ url: gateway.url, token: tokenSource(), timeoutMs: 200 });
    await expect(hasty.invoke(invocation())).rejects.toMatchObject({ name: 'EffectUnknownError' });
    answered();
    await expect(connect().invoke(invocation())).resolves.toMatchObject({ success: true });
  });
});

describe('a request', () => {
  it.each(['', 'none'])('without a token that is good is turned away (%j)', async (token) => {
    const response = await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, { token });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('without any authorization is turned away', async () => {
    const response = await fetch(gateway.url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  });

  it.each([
    ['that is no POST', {}, { method: 'GET' }, 405],
    ['whose body is no JSON', '{', {}, 400],
    ['to another place', {}, { path: '/elsewhere' }, 404],
    ['that is too large', 'x'.repeat(6_291_457), {}, 413],
  ])('%s is refused', async (_, body, options, status) => {
    const token = await tokenSource().get();
    expect((await post(body, { token, ...options })).status).toBe(status);
  });

  it('that the server fails at is answered nevertheless', async () => {
    const token = await tokenSource().get();
    clock.set('no instant');
    expect((await post({}, { token })).status).toBe(500);
  });
});

describe('its port', () => {
  it('can be chosen, and is named when it is taken', async () => {
    const { port } = new URL(gateway.url);
    const options = { clock, credentials, invokeAdapter: () => Promise.resolve() };
    await expect(startLocalGateway({ ...options, port: Number(port) })).rejects.toMatchObject({
      name: 'PortInUseError',
      port: Number(port),
    });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const free = (other.address() as AddressInfo).port;
    await new Promise((resolve) => other.close(resolve));
    const chosen = await startLocalGateway({ ...options, port: free });
    expect(new URL(chosen.url).port).toBe(String(free));
    await chosen.stop();
  });

  it('that nobody may listen on fails as the system says', async () => {
    const options = { clock, credentials, invokeAdapter: () => Promise.resolve() };
    await expect(startLocalGateway({ ...options, port: 65_536 })).rejects.toMatchObject({
      code: 'ERR_SOCKET_BAD_PORT',
    });
  });
});
