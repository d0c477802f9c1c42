import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, ValidationError } from '../../src/application/errors.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { fake } from '../support/fakes/fake.ts';
import { useWorld } from '../support/world.ts';
import { everyTask } from './every-task.ts';

const world = useWorld();

const required = everyTask.flatMap(([name, task]) =>
  task.environment.map((variable) => [name, variable, task] as const),
);

describe('a function', () => {
  it('is there for every task', () => {
    expect(everyTask.map(([name]) => name)).toEqual([
      ...['activate-plan', 'apply-step-outcome', 'close-cycle', 'decide-approval', 'dispatch-step'],
      ...['enumerate-plans', 'enumerate-tenants', 'evaluate-plan', 'invoke-tool', 'open-cycle'],
      ...['postpone-plan', 'record-failure', 'record-outcome', 'repair-step', 'start-execution'],
    ]);
  });

  it.each(required)(
    '%s fails before any work when %s is missing, and names it',
    async (_, variable, task) => {
      const names = Object.keys(world.environment).filter((name) => name !== variable);
      const called = task.with(world.runtimeWith(names))({});
      await expect(called).rejects.toThrow(ConfigurationError);
      await expect(called).rejects.toThrow(`Missing env ${variable}`);
    },
  );

  it.each(required)('%s takes an empty %s as missing', async (_, variable, task) => {
    const runtime = createRuntime(
      { ...world.environment, [variable]: '' },
      { dynamoDb: world.tables.client, eventBridge: fake('EventBridgeClient', {}) },
    );
    await expect(task.with(runtime)({})).rejects.toThrow(`Missing env ${variable}`);
  });

  it.each(everyTask)('%s asks for no variable that it does not declare', async (_, task) => {
    await expect(task.with(world.runtimeWith(task.environment))({})).rejects.toThrow(ValidationError);
  });

  it.each(everyTask)('%s takes its variables from the process on Lambda', async (_, task) => {
    const [variable] = task.environment;
    await expect(task({})).rejects.toThrow(`Missing env ${variable}`);
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
