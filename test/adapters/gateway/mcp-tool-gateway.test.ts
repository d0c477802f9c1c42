import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMcpToolGateway } from '../../../src/adapters/gateway/mcp-tool-gateway.ts';
import type { ToolGateway } from '../../../src/application/ports/tools.ts';
import { DONE, failed, faultOf, invocation, REF, tokens } from './gateway-calls.ts';
import {
  json,
  message,
  type RawGateway,
  result,
  rpcError,
  send,
  startRawGateway,
  text,
} from './raw-gateway.ts';

let gateway: RawGateway;
let tools: ToolGateway;
const gatewayCall = jest.fn();

beforeEach(async () => {
  gateway = await startRawGateway();
  tools = createMcpToolGateway({ url: gateway.url, token: tokens('one'), metrics: { gatewayCall } });
  gatewayCall.mockReset();
});
afterEach(() => gateway.stop());

const paramsOfCall = () => gateway.seen.find(({ method }) => method === 'tools/call')?.params;

describe('a call', () => {
  it('goes to the tool under the name of its target, with the arguments and what every tool is told', async () => {
    gateway.on('tools/call', json(DONE));
    await tools.invoke(invocation());
    expect(paramsOfCall()).toEqual({
      name: 'crm___crm.create_case',
      arguments: {
        subject: 'Escalation',
        tenant_id: 't1',
        account_id: 'a1',
        action_intent_id: 'i1',
        idempotency_key: 'k1',
      },
    });
  });

  it('lets no argument pass for whom the call is made for', async () => {
    gateway.on('tools/call', json(DONE));
    await tools.invoke(invocation({ arguments: { tenant_id: 't2', idempotency_key: 'mine' } }));
    expect(paramsOfCall()?.arguments).toMatchObject({ tenant_id: 't1', idempotency_key: 'k1' });
  });

  it('brings the token', async () => {
    gateway.on('tools/call', json(DONE));
    await tools.invoke(invocation());
    expect(new Set(gateway.seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer one']));
  });

  it('of compensation names the tool and what it made', async () => {
    gateway.on('tools/call', json(DONE));
    const { arguments: _, ...caller } = invocation();
    await expect(tools.compensate({ ...caller, external_object_refs: [REF] })).resolves.toMatchObject({
      success: true,
    });
    expect(paramsOfCall()).toEqual({
      name: 'crm___crm.compensate',
      arguments: {
        tenant_id: 't1',
        account_id: 'a1',
        action_intent_id: 'i1',
        idempotency_key: 'k1',
        tool_name: 'crm.create_case',
        external_object_refs: [REF],
      },
    });
  });

  it('of a tool that there is not reaches nobody', async () => {
    const { arguments: args, ...caller } = invocation({ tool_name: 'crm.drop_table' });
    const expected = { name: 'ToolMappingNotFoundError', error_code: 'TOOL_MAPPING_NOT_FOUND' };
    expect(await faultOf(tools.invoke({ ...caller, arguments: args }))).toMatchObject(expected);
    expect(await faultOf(tools.compensate({ ...caller, external_object_refs: [REF] }))).toMatchObject(
      expected,
    );
    expect(gateway.seen).toEqual([]);
  });
});

describe('an answer', () => {
  const RESULT = { success: true, external_object_refs: [REF], tool_run_ref: 'run-1' };

  it('of success is handed on', async () => {
    gateway.on('tools/call', json(DONE));
    expect(await tools.invoke(invocation())).toEqual(RESULT);
  });

  it('may stand in the structured content', async () => {
    gateway.on('tools/call', result({ content: [], structuredContent: DONE }));
    expect(await tools.invoke(invocation())).toEqual(RESULT);
  });

  it('may come as an event stream', async () => {
    gateway.on('tools/call', (response, seen) => {
      const reply = {
        jsonrpc: '2.0',
        id: seen.id,
        result: { content: [{ type: 'text', text: JSON.stringify(DONE) }] },
      };
      send(200, `event: message\ndata: ${JSON.stringify(reply)}\n\n`, 'text/event-stream')(response, seen);
    });
    expect(await tools.invoke(invocation())).toEqual(RESULT);
  });

  it('counts even where the reply is marked as an error', async () => {
    gateway.on('tools/call', text(JSON.stringify(failed()), true));
    expect(await tools.invoke(invocation())).toMatchObject({ success: false, error_code: 'CRM_DOWN' });
  });

  it('of failure is handed on with what was done nevertheless', async () => {
    gateway.on('tools/call', json(failed({ effect: 'PARTIAL', external_object_refs: [REF] })));
    expect(await tools.invoke(invocation())).toEqual({
      success: false,
      error_class: 'DOWNSTREAM',
      error_code: 'CRM_DOWN',
      error_message: 'the CRM is down',
      external_object_refs: [REF],
      tool_run_ref: 'run-1',
    });
  });

  it.each([
    [{}, 'CRM_DOWN: the CRM is down'],
    [{ error_message: undefined }, 'CRM_DOWN'],
  ])(
    'of a failure that may have had an effect says so and keeps class and code: %j gives %s',
    async (fields, said) => {
      gateway.on('tools/call', json(failed({ effect: 'UNKNOWN', ...fields })));
      expect(await tools.invoke(invocation())).toMatchObject({
        success: false,
        error_class: 'DOWNSTREAM',
        error_code: 'OUTCOME_UNKNOWN',
        error_message: said,
      });
    },
  );

  it.each([
    ['NONE', 'TransientError'],
    ['PARTIAL', 'EffectUnknownError'],
    ['UNKNOWN', 'EffectUnknownError'],
  ])('of a passing failure with effect %s is worth another try, as %s', async (effect, name) => {
    gateway.on('tools/call', json(failed({ transient: true, effect, error_class: 'RATE_LIMIT' })));
    expect(await faultOf(tools.invoke(invocation()))).toEqual({
      name,
      message: 'the CRM is down',
      error_class: 'RATE_LIMIT',
      error_code: 'CRM_DOWN',
    });
  });

  it('of a passing failure without a message is told by its code', async () => {
    gateway.on('tools/call', json(failed({ transient: true, error_message: undefined })));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject({ message: 'CRM_DOWN' });
  });

  it.each<[string, object, string]>([
    ['without content', {}, 'crm.create_case answered without JSON'],
    ['with empty content', { content: [] }, 'crm.create_case answered without JSON'],
    [
      'with no text',
      { content: [{ type: 'image', data: 'aaaa', mimeType: 'image/png' }] },
      'crm.create_case answered without JSON',
    ],
    [
      'with text that is no JSON',
      { content: [{ type: 'text', text: 'done' }] },
      'crm.create_case answered without JSON',
    ],
    [
      'with JSON of another shape',
      { content: [{ type: 'text', text: '"done"' }] },
      'the answer of crm.create_case does not fit at answer',
    ],
    [
      'with structured content of another shape',
      { content: [], structuredContent: { success: 'secret' } },
      'the answer of crm.create_case does not fit at success',
    ],
    [
      'of success that made nothing',
      { content: [{ type: 'text', text: JSON.stringify({ ...DONE, external_object_refs: [] }) }] },
      'the answer of crm.create_case does not fit at external_object_refs',
    ],
    [
      'with a wrong value',
      {
        content: [
          {
            type: 'text',
            text: JSON.stringify({ ...DONE, external_object_refs: [{ ...REF, system: 'secret' }] }),
          },
        ],
      },
      'the answer of crm.create_case does not fit at external_object_refs.0.system',
    ],
  ])('%s makes no sense, and no value of it is repeated', async (_, value, said) => {
    gateway.on('tools/call', result(value));
    expect(await faultOf(tools.invoke(invocation()))).toEqual({
      name: 'InvalidToolResponseError',
      message: said,
      error_class: 'UNKNOWN',
      error_code: 'INVALID_TOOL_RESPONSE',
    });
  });

  it('for another tenant is not taken', async () => {
    gateway.on('tools/call', json({ ...DONE, tenant_id: 't2' }));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject({
      name: 'InvalidToolResponseError',
      error_code: 'TENANT_MISMATCH',
    });
  });
});

describe('the connection', () => {
  const echo = (key: string) => ({ ...DONE, external_object_refs: [{ ...REF, object_id: key }] });

  it('serves many calls at once, each with its own answer', async () => {
    gateway.on('tools/call', (response, seen) => {
      const { idempotency_key } = seen.params.arguments as { idempotency_key: string };
      setTimeout(() => json(echo(idempotency_key))(response, seen), Number(idempotency_key.slice(1)) % 7);
    });
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    const results = await Promise.all(keys.map((key) => tools.invoke(invocation({ idempotency_key: key }))));
    expect(results.map((one) => one.external_object_refs?.[0]?.object_id)).toEqual(keys);
    expect(gateway.count('initialize')).toBe(1);
  });

  it('speaks the version that was agreed on', async () => {
    gateway.on('tools/call', (response, seen) => {
      json({ ...DONE, tool_run_ref: String(response.req.headers['mcp-protocol-version']) })(response, seen);
    });
    expect(await tools.invoke(invocation())).toMatchObject({ tool_run_ref: '2025-06-18' });
  });
});

describe('the metric of a try', () => {
  const latency_ms = expect.any(Number);

  it('counts an answer, whatever it says', async () => {
    gateway.on('tools/call', json(DONE), json(failed({ transient: true })));
    await tools.invoke(invocation());
    await tools.invoke(invocation()).catch(() => undefined);
    expect(gatewayCall.mock.calls).toEqual([
      [{ tool_name: 'crm.create_case', ok: true, latency_ms }],
      [{ tool_name: 'crm.create_case', ok: true, latency_ms }],
    ]);
  });

  it('counts what makes no sense as not ok', async () => {
    gateway.on('tools/call', json({ ...DONE, tenant_id: 't2' }), rpcError(-32603), message({}));
    for (let call = 0; call < 3; call += 1) await tools.invoke(invocation()).catch(() => undefined);
    expect(gatewayCall.mock.calls).toEqual(
      Array(3).fill([{ tool_name: 'crm.create_case', ok: false, latency_ms }]),
    );
  });
});
