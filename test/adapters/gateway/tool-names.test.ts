import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMcpToolGateway } from '../../../src/adapters/gateway/mcp-tool-gateway.ts';
import type { ToolGateway } from '../../../src/application/ports/tools.ts';
import { DONE, faultOf, invocation, tokens } from './gateway-calls.ts';
import {
  type Answer,
  json,
  type RawGateway,
  result,
  rpcError,
  startRawGateway,
  status,
  text,
  tools as toolList,
} from './raw-gateway.ts';

let gateway: RawGateway;
let tools: ToolGateway;

beforeEach(async () => {
  gateway = await startRawGateway();
  tools = createMcpToolGateway({ url: gateway.url, token: tokens('one'), log });
});
afterEach(() => gateway.stop());

const log = { info: () => undefined, error: () => undefined };

const NAME = 'crm___crm.create_case';
const unknown: [string, Answer][] = [
  ['code -32602', rpcError(-32602)],
  ['code -32601', rpcError(-32601)],
  ['a reply marked as an error', text('MCP error -32602: Tool not found', true)],
];

/** Knows the tool by one name only. */
const onlyAs =
  (known: string, otherwise: Answer = rpcError(-32602)): Answer =>
  (response, seen) =>
    (seen.params.name === known ? json(DONE) : otherwise)(response, seen);

describe('a tool that the gateway does not know by its name', () => {
  it.each(unknown)('is missing when it is not listed either (%s)', async (_, answer) => {
    gateway.on('tools/call', answer);
    gateway.on('tools/list', toolList('crm___crm.create_task', 'crm.create_case.other'));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject({
      name: 'ToolMappingNotFoundError',
      error_code: 'TOOL_MAPPING_NOT_FOUND',
    });
    expect([gateway.count('tools/call'), gateway.count('tools/list')]).toEqual([1, 1]);
  });

  it.each(unknown)('is called by the name of another target (%s)', async (_, answer) => {
    gateway.on('tools/call', onlyAs('dev-crm___crm.create_case', answer));
    gateway.on('tools/list', toolList('crm___crm.create_task', 'dev-crm___crm.create_case'));
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
  });

  it('is called by its bare name', async () => {
    gateway.on('tools/call', onlyAs('crm.create_case'));
    gateway.on('tools/list', toolList('crm.create_case'));
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
  });

  it('keeps the name it was found by', async () => {
    gateway.on('tools/call', onlyAs('crm.create_case'));
    gateway.on('tools/list', toolList('crm.create_case'));
    await tools.invoke(invocation());
    await tools.invoke(invocation());
    expect([gateway.count('tools/call'), gateway.count('tools/list')]).toEqual([3, 1]);
  });

  it('is found again when that name is gone as well', async () => {
    gateway.on('tools/call', onlyAs('crm.create_case'));
    gateway.on('tools/list', toolList('crm.create_case'));
    await tools.invoke(invocation());
    gateway.on('tools/call', onlyAs(NAME));
    gateway.on('tools/list', toolList(NAME));
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
  });

  it('is looked for on every page of the list', async () => {
    gateway.on('tools/call', onlyAs('crm.create_case'));
    const page = { tools: [], nextCursor: 'page-2' };
    gateway.on('tools/list', result(page), toolList('crm.create_case'));
    await expect(tools.invoke(invocation())).resolves.toMatchObject({ success: true });
    const cursors = gateway.seen.filter(({ method }) => method === 'tools/list').map(({ params }) => params);
    expect(cursors).toEqual([{}, { cursor: 'page-2' }]);
  });

  it('is not looked for a second time when the name that was found is refused too', async () => {
    gateway.on('tools/call', rpcError(-32602));
    gateway.on('tools/list', toolList('crm.create_case'));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject({ error_code: 'TOOL_ARGUMENTS_REFUSED' });
    expect([gateway.count('tools/call'), gateway.count('tools/list')]).toEqual([2, 1]);
  });
});

describe('a tool that is listed', () => {
  it.each<[string, Answer, object]>([
    [
      'and refused with code -32602 was given wrong arguments',
      rpcError(-32602),
      { name: 'ValidationError', error_class: 'VALIDATION', error_code: 'TOOL_ARGUMENTS_REFUSED' },
    ],
    [
      'and refused with code -32601 makes no sense',
      rpcError(-32601),
      { name: 'InvalidToolResponseError', error_code: 'INVALID_TOOL_RESPONSE' },
    ],
    [
      'and failed may have acted',
      text('TypeError', true),
      { name: 'EffectUnknownError', error_class: 'UNKNOWN', error_code: 'ADAPTER_FAILED' },
    ],
  ])('%s', async (_, answer, expected) => {
    gateway.on('tools/call', answer);
    gateway.on('tools/list', toolList(NAME));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject(expected);
    expect(gateway.count('tools/call')).toBe(1);
  });
});

describe('when the tools cannot be listed', () => {
  it('a call that was refused is worth another try', async () => {
    gateway.on('tools/call', rpcError(-32602));
    gateway.on('tools/list', status(503));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject({ name: 'TransientError' });
  });

  it('a call that failed may still have acted', async () => {
    gateway.on('tools/call', text('TypeError', true));
    gateway.on('tools/list', status(503));
    expect(await faultOf(tools.invoke(invocation()))).toMatchObject({ error_code: 'ADAPTER_FAILED' });
  });
});
