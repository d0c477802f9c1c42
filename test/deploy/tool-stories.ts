import { expect } from '@jest/globals';
import { newStep } from '../support/plan-fixtures.ts';
import type { AccessWorld } from './access-world.ts';
import {
  act,
  approvedAttempt,
  command,
  conclude,
  execute,
  item,
  prepare,
  type Story,
  start,
} from './story.ts';

const STEPS = [newStep('s1'), newStep('s2')];
const REPLAY = { replay: { reason: 'the customer lost it', requested_by: 'ben' } };

/** A tool of each kind of object that there is, and arguments that it can do with. */
const TOOLS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'internal.create_note': { content: 'brief' },
  'internal.create_task': { title: 'brief' },
  'crm.create_event': { subject: 'brief' },
  'webhook.send': { event_type: 'BRIEF' },
};

/** The first step of a plan, approved, started and mapped to a tool. */
const preparedBy = async (world: AccessWorld, tool: string, args = TOOLS[tool] ?? {}) => {
  await world.prepareBriefsBy(tool, args);
  await approvedAttempt(world, 'p1', STEPS);
  const execution = await start(world, 'p1', 's1');
  return { execution, mapped: await prepare(world, execution) };
};

const asksTwice =
  (tool: string): Story =>
  async (world) => {
    const { execution, mapped } = await preparedBy(world, tool);
    const answer = await act(world, execution, mapped);
    expect(answer).toMatchObject({ success: true });
    expect(await act(world, execution, mapped)).toEqual(answer);
    const { applied } = await conclude(world, execution, mapped, answer);
    expect(applied).toMatchObject({ effect: 'STEP_COMPLETED' });
  };

const isUndoneWithItsPlan =
  (tool: string): Story =>
  async (world) => {
    await world.prepareBriefsBy(tool, TOOLS[tool] ?? {});
    await approvedAttempt(world, 'p1', STEPS);
    await execute(world, 'p1', 's1');
    await command(world, 'p1', { do: 'abort', reason: 'lost', compensate: true });
    const due = await world.call('evaluatePlan', item('p1'));
    expect(due).toMatchObject({ move: 'COMPENSATE', step_id: 's1' });
    const undone = await world.call('compensateStep', { ...item('p1'), step_id: 's1' });
    expect(undone).toMatchObject({ effect: 'undoing step s1: COMPLETED' });
    expect(await world.call('evaluatePlan', item('p1'))).toMatchObject({ effect: 'nothing to do' });
  };

const tries =
  (tool: string, fail: (world: AccessWorld) => void): Story =>
  async (world) => {
    const { execution, mapped } = await preparedBy(world, tool);
    fail(world);
    await expect(act(world, execution, mapped)).rejects.toMatchObject({
      ...{ name: 'TransientError', error_class: 'DOWNSTREAM' },
    });
    expect(await act(world, execution, mapped)).toMatchObject({ success: true });
  };

const ofEachTool = (name: string, story: (tool: string) => Story): [string, Story][] =>
  Object.keys(TOOLS).map((tool) => [name.replace('%s', tool), story(tool)]);

/** What the functions of execute-action and the adapters do, by tool and by what gets in its way. */
export const TOOL_STORIES: Readonly<Record<string, Story>> = {
  ...Object.fromEntries(ofEachTool('%s answers the same when it is called again', asksTwice)),
  ...Object.fromEntries(ofEachTool('%s is undone when its plan is aborted', isUndoneWithItsPlan)),

  'the CRM is down and gives the claim back, and the next try makes it': tries(
    'crm.create_event',
    ({ crm }) => void crm.faults.push({ match: ({ method }) => method === 'PATCH', status: 503 }),
  ),

  'a receiver is down and gives the claim back, and the next try makes it': tries(
    'webhook.send',
    ({ webhook }) => webhook.inject({ status: 503 }),
  ),

  'a case that nobody can follow up is undone at once': async (world) => {
    const args = { subject: 'brief', follow_up_subject: 'call them' };
    const { execution, mapped } = await preparedBy(world, 'crm.create_case', args);
    world.crm.faults.push({ match: ({ path }) => path.includes('/Task/'), status: 400 });
    const { outcome } = await conclude(world, execution, mapped, await act(world, execution, mapped));
    expect(outcome).toMatchObject({ status: 'FAILED', compensation_status: 'COMPLETED' });
    expect(world.crm.objects()).toEqual([]);
  },

  'an answer that got lost on its way is looked up when the failure is recorded': async (world) => {
    const { execution, mapped } = await preparedBy(world, 'internal.create_note');
    await act(world, execution, mapped);
    const state = { execution, call: mapped, error: { Error: 'States.Timeout' } };
    expect(await world.call('recordFailure', { state })).toMatchObject({ status: 'SUCCEEDED' });
  },

  'an action is replayed, and replayed again, and acts once': async (world) => {
    await world.prepareBriefsBy('crm.create_event', { subject: 'brief' });
    await approvedAttempt(world, 'p1', STEPS);
    const { outcome } = await execute(world, 'p1', 's1');
    for (const attempt_count of [2, 3]) {
      const more = { execution_id: `arn:replay-${attempt_count}`, ...REPLAY };
      const { outcome: again, applied } = await execute(world, 'p1', 's1', more);
      const { external_object_refs } = outcome;
      expect(again).toMatchObject({ ...REPLAY, status: 'SUCCEEDED', attempt_count, external_object_refs });
      expect(applied).toMatchObject({ applied: false });
    }
    expect(world.crm.objects()).toHaveLength(1);
  },

  'what was undone is carried out once more by a replay': async (world) => {
    await isUndoneWithItsPlan('internal.create_task')(world);
    const { outcome } = await execute(world, 'p1', 's1', { execution_id: 'arn:replay', ...REPLAY });
    expect(outcome).toMatchObject({ ...REPLAY, status: 'SUCCEEDED', attempt_count: 2 });
  },
};
