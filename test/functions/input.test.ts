import { describe, expect, it } from '@jest/globals';
import { ValidationError } from '../../src/application/errors.ts';
import { newCycle, newItem } from '../support/cycles.ts';
import { newCall, newExecutionState } from '../support/executions.ts';
import { SCOPE } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { useWorld } from '../support/world.ts';
import { calls, everyAdapter } from './every-adapter.ts';
import { everyTask, taskOf } from './every-task.ts';

const world = useWorld();

const call = (name: string, event: unknown) => taskOf(name).with(world.runtime)(event);
const open = (input: unknown) => call('open-cycle', { execution_id: 'e1', input });

const { arguments: _, ...CALLED } = newCall();
const APPROVED = {
  data: { ...SCOPE, action_intent_id: 'i1', approval_source: 'HUMAN', auto_executed: false },
};

const expectRefusal = async (called: Promise<unknown>, message: RegExp) => {
  const before = await world.everything();
  await expect(called).rejects.toThrow(ValidationError);
  await expect(called).rejects.toThrow(message);
  expect(await world.everything()).toEqual(before);
};

describe('an adapter answers that it refuses, and does nothing', () => {
  it.each(
    everyAdapter.flatMap(([connector, adapter]) =>
      [{}, null, [], 'text', { tenant_id: 'a#b' }].map((event) => [connector, event, adapter] as const),
    ),
  )('%s: %j', async (connector, event, adapter) => {
    const before = await world.everything();
    const serve = adapter.with(world.runtime);
    const refusal = { success: false, effect: 'NONE', transient: false };
    const misfit = await serve(event, calls(`${connector}.compensate`));
    expect(misfit).toMatchObject({ ...refusal, error_code: 'VALIDATION_FAILED' });
    expect(await serve(event, {})).toMatchObject({ ...refusal, error_code: 'TOOL_NOT_FOUND' });
    expect(await world.everything()).toEqual(before);
  });
});

describe('a function refuses', () => {
  it.each(everyTask.flatMap(([name]) => [{}, null, [], 'text'].map((event) => [name, event] as const)))(
    '%s: %j',
    async (name, event) =>
      expectRefusal(call(name, event), /(input|cycle|execution|execution_id|outcome|tenant_id)/),
  );

  it.each([
    [{ plans: [] }, /input\.plans: \[\]: is not known here/],
    [{ as_of: 'yesterday' }, /input\.as_of: "yesterday": must be an ISO-8601/],
    [{ as_of: '2026-02-30T00:00:00.000Z' }, /input\.as_of: "2026-02-30/],
    [{ tenant_ids: [] }, /input\.tenant_ids: \[\]/],
    [{ tenant_ids: ['acme', 'a#b'] }, /input\.tenant_ids\[1\]: "a#b": must start with/],
    [{ tenant_ids: 'acme' }, /input\.tenant_ids: "acme"/],
    [{ plan_ids: ['constructor'] }, /input\.plan_ids\[0\]: "constructor": is a reserved name/],
    [{ plan_ids: Array(101).fill('p1') }, /input\.plan_ids/],
    [{ dry_run: 'yes' }, /input\.dry_run: "yes"/],
    [{ force: 1 }, /input\.force: 1/],
    [JSON.parse('{"__proto__":{"force":true}}'), /__proto__/],
    [JSON.parse('{"tenant_ids":[{"__proto__":1}]}'), /__proto__/],
    [{ tenant_ids: ['nobody'] }, /tenant_ids\[0\]: "nobody": there is no such tenant/],
  ])('a cycle with input %j', async (input, message) => expectRefusal(open(input), message));

  it.each([
    [
      'evaluate-plan',
      { cycle: newCycle({ max_plans_per_run: 0 }), plan: newItem() },
      /cycle\.max_plans_per_run: 0/,
    ],
    ['evaluate-plan', { cycle: newCycle(), plan: newItem({ list: 'ALL' as 'LIVE' }) }, /plan\.list: "ALL"/],
    ['dispatch-step', { cycle: newCycle(), plan: newItem() }, /step_id: undefined/],
    ['apply-step-outcome', { outcome: newOutcome({ attempt: 0 }) }, /outcome\.attempt: 0/],
    ['compensate-step', { cycle: newCycle(), plan: newItem(), step_id: 1 }, /step_id: 1/],
    [
      'start-execution',
      { execution_id: 'e1', input: { detail: APPROVED, replay: { reason: '', requested_by: 'ben' } } },
      /input\.replay\.reason: /,
    ],
    [
      'validate-preflight',
      { execution: newExecutionState({ tenant_id: 'a#b' }) },
      /execution\.tenant_id: .*a#b/,
    ],
    [
      'map-action-to-tool',
      { execution: newExecutionState({ registry_version: 0 }) },
      /execution\.registry_version: 0/,
    ],
    ['invoke-tool', { execution: newExecutionState(), call: CALLED }, /call\.arguments: undefined/],
    [
      'compensate-action',
      { execution: newExecutionState(), call: CALLED, external_object_refs: [] },
      /external_object_refs: \[\]/,
    ],
    [
      'record-outcome',
      {
        ...{ execution: newExecutionState(), call: CALLED },
        result: { success: true, tool_run_ref: 'r1', external_object_refs: [] },
      },
      /result\.external_object_refs: \[\]/,
    ],
    ['record-failure', { state: { execution: newExecutionState() } }, /state\.error: undefined/],
    ['emit-signal', { outcome: newOutcome({ status: 'DONE' as 'FAILED' }) }, /outcome\.status: "DONE"/],
    ['decide-approval', { tenant_id: 'a b', account_id: 'a1', action_intent_id: 'i1' }, /tenant_id: "a b"/],
  ])('%s: a field that does not fit, by its path and value', async (name, event, message) =>
    expectRefusal(call(name, event), message),
  );

  it('a value of any length, of which it shows the beginning', async () => {
    const refused = open({ as_of: 'x'.repeat(10_000) }).catch((error: Error) => error.message);
    expect(String(await refused).length).toBeLessThan(400);
  });
});
