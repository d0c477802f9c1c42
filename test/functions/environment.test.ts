import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, ValidationError } from '../../src/application/errors.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { fake } from '../support/fakes/fake.ts';
import { SCOPE } from '../support/intents.ts';
import { useWorld } from '../support/world.ts';
import { ADAPTERS, calls, everyAdapter } from './every-adapter.ts';
import { everyEvent, everyTask } from './every-task.ts';

const world = useWorld();

const everyFunction = [...everyTask, ...everyEvent, ...everyAdapter];

const required = everyFunction.flatMap(([name, handler]) =>
  handler.environment.map((variable) => [name, variable, handler] as const),
);

const ENVELOPE = { ...SCOPE, action_intent_id: 'i1', idempotency_key: 'k1' };
const UNDOING = {
  tool_name: 'any',
  external_object_refs: [{ system: 'INTERNAL', object_type: 'Note', object_id: 'k1' }],
};
const CRM_TASK = { system: 'CRM', object_type: 'Task', object_id: '00T000000000001' };
const DONE = { success: true };
const NO_CRM = { error_message: 'nobody has configured the CRM for this account or tenant' };
const NO_WEBHOOK = { error_message: 'no webhook for tenant "acme" or its account "a1"' };

describe('a function', () => {
  it('is there for every task, every event and every connector', () => {
    expect(everyTask.map(([name]) => name)).toEqual([
      ...['activate-plan', 'apply-step-outcome', 'close-cycle', 'compensate-action', 'compensate-step'],
      ...['decide-approval', 'dispatch-step', 'emit-signal', 'enumerate-plans', 'enumerate-tenants'],
      ...['evaluate-plan', 'invoke-tool', 'map-action-to-tool', 'open-cycle', 'postpone-plan'],
      ...['record-failure', 'record-outcome', 'repair-step', 'start-execution', 'validate-preflight'],
    ]);
    expect(everyEvent.map(([name]) => name)).toEqual(['decision-cost-gate']);
    const files = readdirSync(join(import.meta.dirname, '../../functions/adapters'));
    expect(files.sort()).toEqual(
      Object.keys(ADAPTERS)
        .map((id) => `${id}.ts`)
        .sort(),
    );
  });

  it.each(required)(
    '%s fails before any work when %s is missing, and names it',
    async (_, variable, handler) => {
      const names = Object.keys(world.environment).filter((name) => name !== variable);
      const called = handler.with(world.runtimeWith(names))({}, {});
      await expect(called).rejects.toThrow(ConfigurationError);
      await expect(called).rejects.toThrow(`Missing env ${variable}`);
    },
  );

  it.each(required)('%s takes an empty %s as missing', async (_, variable, handler) => {
    const runtime = createRuntime(
      { ...world.environment, [variable]: '' },
      { dynamoDb: world.tables.client, eventBridge: fake('EventBridgeClient', {}) },
    );
    await expect(handler.with(runtime)({}, {})).rejects.toThrow(`Missing env ${variable}`);
  });

  it.each([...everyTask, ...everyEvent])(
    '%s asks for no variable that it does not declare',
    async (_, task) => {
      await expect(task.with(world.runtimeWith(task.environment))({})).rejects.toThrow(ValidationError);
    },
  );

  it.each([
    ['internal', 'create_note', { content: 'brief' }, DONE],
    ['internal', 'create_task', { title: 'brief' }, DONE],
    ['internal', 'compensate', UNDOING, DONE],
    ['crm', 'create_task', { title: 'brief' }, NO_CRM],
    ['crm', 'compensate', { ...UNDOING, external_object_refs: [CRM_TASK] }, NO_CRM],
    ['webhook', 'send', { event_type: 'BRIEF' }, NO_WEBHOOK],
    ['webhook', 'compensate', UNDOING, NO_WEBHOOK],
  ] as const)(
    '%s asks for no variable that it does not declare, called for %s',
    async (connector, tool, args, answer) => {
      const adapter = ADAPTERS[connector];
      const serve = adapter.with(world.runtimeWith(adapter.environment));
      expect(await serve({ ...ENVELOPE, ...args }, calls(`${connector}.${tool}`))).toMatchObject(answer);
    },
  );

  it.each(everyFunction)('%s takes its variables from the process on Lambda', async (_, handler) => {
    const [variable] = handler.environment;
    await expect(handler({}, {})).rejects.toThrow(`Missing env ${variable}`);
  });

  it.each([
    ['ORCHESTRATOR_MAX_PLANS_PER_RUN', '0'],
    ['ORCHESTRATOR_MAX_PLANS_PER_RUN', '-1'],
    ['ORCHESTRATOR_MAX_PLANS_PER_RUN', '1.5'],
    ['CYCLE_INTERVAL_SECONDS', 'often'],
  ])('open-cycle refuses %s = %p', async (variable, value) => {
    const [, openCycle] = everyTask.find(([name]) => name === 'open-cycle') ?? [];
    const runtime = createRuntime(
      { ...world.environment, [variable]: value },
      { dynamoDb: world.tables.client },
    );
    await expect(openCycle?.with(runtime)({ execution_id: 'e', input: {} })).rejects.toThrow(
      `env ${variable}: "${value}" is not a whole number of at least 1`,
    );
  });
});
