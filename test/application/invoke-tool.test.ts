import { describe, expect, it } from '@jest/globals';
import {
  EffectUnknownError,
  InvalidToolResponseError,
  KillSwitchEnabledError,
  TransientError,
} from '../../src/application/errors.ts';
import { type InvokeToolDeps, invokeTool } from '../../src/application/invoke-tool.ts';
import type { KillSwitchStore } from '../../src/application/ports/configuration.ts';
import type { IntentStore } from '../../src/application/ports/executions.ts';
import type { ToolGateway, ToolInvocation, ToolResult } from '../../src/application/ports/tools.ts';
import { validatePreflight } from '../../src/application/validate-preflight.ts';
import { newCall, newExecutionState } from '../support/executions.ts';
import { fake } from '../support/fakes/fake.ts';
import { tenantsOf } from '../support/fakes/plan-hints.ts';
import { INTENT } from '../support/in-flight.ts';
import { newIntent, SCOPE } from '../support/intents.ts';
import { EXPIRY, minute } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const REF = { system: 'INTERNAL', object_type: 'Note', object_id: 'k1' } as const;
const SUCCESS: ToolResult = { success: true, external_object_refs: [REF], tool_run_ref: 'r1' };
const FAILURE: Extract<ToolResult, { success: false }> = {
  ...{ success: false, error_code: 'CRM_REFUSED', error_class: 'DOWNSTREAM', tool_run_ref: 'r1' },
};

const execution = newExecutionState();

/** A system in which everything is in order, a tool that gives this answer, and what it was called with. */
const system = (answer: () => Promise<ToolResult> = async () => SUCCESS) => {
  const calls: ToolInvocation[] = [];
  const thrown: { switch?: string } = {};
  const deps: InvokeToolDeps = {
    clock: settableClock(minute(5)),
    intents: fake<IntentStore>('IntentStore', { get: async () => newIntent({ status: 'APPROVED' }) }),
    tenants: tenantsOf({ tenantId: 'acme', status: 'active' }),
    killSwitches: fake<KillSwitchStore>('KillSwitchStore', {
      check: async () => ({ stopped_by: thrown.switch }),
    }),
    tools: fake<ToolGateway>('ToolGateway', {
      invoke: (invocation) => {
        calls.push(invocation);
        return answer();
      },
    }),
  };
  const invoke = (more: Partial<InvokeToolDeps> = {}) =>
    invokeTool({ ...deps, ...more }, { execution, call: newCall() });
  return { deps, calls, thrown, invoke };
};

describe('invoking the tool of an action', () => {
  it('calls it once, with the arguments and under the key that it was mapped to', async () => {
    const { calls, invoke } = system();
    expect(await invoke()).toEqual(SUCCESS);
    expect(calls).toEqual([
      {
        ...{ ...SCOPE, action_intent_id: INTENT, plan_id: 'p1', step_id: 's1', attempt: 1 },
        ...{ tool_name: 'internal.create_note', idempotency_key: 'k1' },
        arguments: { content: 'Prepare the renewal brief' },
      },
    ]);
  });

  it.each<[string, ToolResult, object]>([
    ['of which nothing is left', FAILURE, { ...FAILURE, external_object_refs: [] }],
    [
      'half way, with what was done nevertheless and why',
      { ...FAILURE, external_object_refs: [REF], error_message: 'no task' },
      { ...FAILURE, external_object_refs: [REF], error_message: 'no task' },
    ],
  ])('hands on a failure %s as a result', async (_how, answer, expected) => {
    expect(await system(async () => answer).invoke()).toEqual(expected);
  });

  it.each([
    new TransientError('busy', { error_class: 'RATE_LIMIT', error_code: 'REQUEST_LIMIT_EXCEEDED' }),
    new EffectUnknownError('no answer'),
    new InvalidToolResponseError('no JSON'),
    new TypeError('a fault of our own'),
  ])('lets an error through as it is: %p', async (error) => {
    await expect(system(() => Promise.reject(error)).invoke()).rejects.toBe(error);
  });
});

describe('right before the call', () => {
  it('a switch that was thrown after the preflight stops it', async () => {
    const { deps, calls, thrown, invoke } = system();
    expect(await validatePreflight(deps, { execution })).toEqual({ valid: true });
    thrown.switch = 'the global kill switch';
    await expect(invoke()).rejects.toThrow(KillSwitchEnabledError);
    expect(calls).toEqual([]);
  });

  it('switches that cannot be read stop it, and their error goes through', async () => {
    const { calls, invoke } = system();
    const error = new Error('no access');
    const unreadable = fake<KillSwitchStore>('KillSwitchStore', { check: () => Promise.reject(error) });
    await expect(invoke({ killSwitches: unreadable })).rejects.toBe(error);
    expect(calls).toEqual([]);
  });

  it.each<[string, Partial<InvokeToolDeps>, string]>([
    ['lapsed', { clock: settableClock(EXPIRY) }, 'INTENT_EXPIRED'],
    [
      'been cancelled',
      { intents: fake<IntentStore>('IntentStore', { get: async () => newIntent({ status: 'CANCELLED' }) }) },
      'INTENT_NOT_APPROVED',
    ],
    ['lost its tenant', { tenants: tenantsOf() }, 'TENANT_NOT_ACTIVE'],
  ])('an intent that has %s since the preflight stops it', async (_what, more, error_code) => {
    const { calls, invoke } = system();
    await expect(invoke(more)).rejects.toMatchObject({ name: 'ValidationError', error_code });
    expect(calls).toEqual([]);
  });
});
