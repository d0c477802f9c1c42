import { describe, expect, it } from '@jest/globals';
import type { CompensationCall, Connector, ConnectorGuard } from '../../src/application/ports/connectors.ts';
import type { Metrics } from '../../src/application/ports/observability.ts';
import { type ServeToolDeps, serveCompensation } from '../../src/application/serve-tool.ts';
import type { ToolAnswer } from '../../src/contracts/tools.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { minute } from '../support/plan-fixtures.ts';
import { useWorld } from '../support/world.ts';
import { claimRow, connectorRow } from './serve-tool-harness.ts';

const world = useWorld();

const REFS = [{ system: 'CRM' as const, object_type: 'Task', object_id: 't1' }];
const CALL: CompensationCall = {
  ...{ ...SCOPE, tool_name: 'crm.create_task', action_intent_id: 'i1', idempotency_key: 'k1' },
  external_object_refs: REFS,
};
const RUN = { tool_run_ref: 'crm/k1', tenant_id: 'acme' };
const UNDONE: ToolAnswer = { ...RUN, success: true, external_object_refs: REFS };
const FAILED: ToolAnswer = {
  ...{ ...RUN, success: false, error_class: 'DOWNSTREAM', error_code: 'CRM_DOWN', transient: true },
  ...{ effect: 'NONE', external_object_refs: [] },
};

const compensating = (answer: ToolAnswer | Error, more: Partial<ServeToolDeps> = {}) => {
  const counted: Parameters<Metrics['toolCall']>[0][] = [];
  const undone: CompensationCall[] = [];
  const connector = fake<Connector>('Connector', {
    id: 'crm',
    compensate: async (call) => {
      undone.push(call);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const { clock, idempotency, guard } = world.runtime;
  const metrics = fake<Metrics>('Metrics', { toolCall: (of) => void counted.push(of) });
  const deps = { clock, idempotency, guard, connector, metrics, newId: () => 'request-2', ...more };
  return { counted, undone, serve: () => serveCompensation(deps, CALL) };
};

/** The action has been carried out, and its answer kept. */
const settled = async () => {
  const { external_object_refs: _, ...call } = CALL;
  const times = { now: minute(0), expires_at: minute(1) };
  const { idempotency } = world.runtime;
  await idempotency.claim({ ...call, ...times, owner: 'request-1', repeatable: false });
  await idempotency.settle('k1', 'request-1', UNDONE, minute(0));
};

describe('a compensation', () => {
  it('undoes what the tool did, and lets the action be carried out again', async () => {
    await settled();
    const { serve, undone, counted } = compensating(UNDONE);
    expect(await serve()).toEqual(UNDONE);
    expect(undone).toEqual([CALL]);
    expect(await claimRow(world)).toBeUndefined();
    expect(await connectorRow(world)).toMatchObject({ circuit: 'CLOSED', failures: 0, slots: {} });
    expect(counted).toEqual([
      { tool_name: 'crm.compensate', connector: 'crm', latency_ms: 0, result: 'SUCCEEDED' },
    ]);
  });

  it('may be repeated', async () => {
    const { serve } = compensating(UNDONE);
    expect([await serve(), await serve()]).toEqual([UNDONE, UNDONE]);
  });

  it('keeps the answer of what it could not undo', async () => {
    await settled();
    const { serve, counted } = compensating(FAILED);
    expect(await serve()).toEqual(FAILED);
    expect(await claimRow(world)).toMatchObject({ state: 'SETTLED' });
    expect(await connectorRow(world)).toMatchObject({ failures: 1, slots: {} });
    expect(counted).toMatchObject([{ result: 'DOWNSTREAM' }]);
  });

  it('throws what the connector throws', async () => {
    await settled();
    const fault = new Error('a bug');
    await expect(compensating(fault).serve()).rejects.toBe(fault);
    expect(await claimRow(world)).toMatchObject({ state: 'SETTLED' });
    expect(await connectorRow(world)).toMatchObject({ failures: 1, slots: {} });
  });

  it('is kept out as any other call', async () => {
    const guard = fake<ConnectorGuard>('ConnectorGuard', {
      admit: async () => ({ admitted: false, reason: 'CIRCUIT_OPEN', retry_at: minute(1) }),
    });
    const { serve, undone } = compensating(UNDONE, { guard });
    expect(await serve()).toMatchObject({ error_code: 'CIRCUIT_OPEN', transient: true, effect: 'NONE' });
    expect(undone).toEqual([]);
  });
});
