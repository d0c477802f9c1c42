import type { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { type HttpApi, startHttpApi } from '../../src/local/http-api.ts';
import { createApiRuntime } from '../../src/runtime/api-runtime.ts';
import { briefPlan, type MachineWorld, newMachineWorld } from '../statemachines/machine-world.ts';

const INTENT = actionIntentId('p1', 's1', 1);

let machines: MachineWorld;
let api: HttpApi;

beforeEach(async () => {
  machines = await newMachineWorld();
  const { system, world, clock } = machines;
  const { stepFunctions, planCycleArn } = system;
  const send = ({ input }: StartExecutionCommand) => stepFunctions.startExecution(input as never);
  const EXECUTE_ACTION_MACHINE_ARN = planCycleArn.replace(/plan-cycle$/, 'execute-action');
  const runtime = createApiRuntime(
    { ...world.environment, EXECUTE_ACTION_MACHINE_ARN },
    {
      ...{ clock, log: world.runtime.log, dynamoDb: world.tables.client },
      stepFunctions: { send } as unknown as Pick<SFNClient, 'send'>,
    },
  );
  api = await startHttpApi({ port: 0, runtime, clock });
  await machines.introduce({ plans: [briefPlan('p1')] });
  await machines.cycle();
});
afterEach(async () => {
  await api.stop();
  await machines.close();
});

const asBen = async (path: string, init: RequestInit = {}) => {
  const granted = await fetch(`${api.url}/_cc-native/token?tenant_id=acme&sub=ben`);
  const { access_token } = (await granted.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  const response = await fetch(`${api.url}${path}`, { ...init, headers });
  return { status: response.status, body: (await response.json()) as { execution_arn?: string } };
};

const replay = (reason: string) =>
  asBen(`/executions/${INTENT}/replay`, {
    ...{ method: 'POST', body: JSON.stringify({ account_id: 'a1', reason }) },
  });

const status = () => asBen(`/executions/${INTENT}/status?account_id=a1`);

test('two replays that are asked for at once are one execution, whose outcome stands beside the first', async () => {
  expect(await status()).toMatchObject({ status: 200, body: { status: 'SUCCEEDED', attempt_count: 1 } });
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  machines.intercept.set('InvokeTool', async (_, invoke) => {
    await held;
    return invoke();
  });
  const answers = await Promise.all([replay('the note was lost'), replay('the note was lost')]);
  // Whoever comes once it has begun is told so.
  for (const { status: code } of answers) expect([202, 409]).toContain(code);
  const started = answers.filter(({ status: code }) => code === 202);
  const arns = new Set(started.map(({ body }) => body.execution_arn));
  expect(arns.size).toBe(1);
  const replays = machines.executions().filter(({ name }) => name.startsWith('replay-'));
  expect(replays.map(({ executionArn }) => executionArn)).toEqual([...arns]);

  release();
  await machines.settle();
  expect(await status()).toMatchObject({
    body: {
      ...{ status: 'SUCCEEDED', attempt_count: 2 },
      outcomes: [
        { status: 'SUCCEEDED', attempt_count: 1 },
        { status: 'SUCCEEDED', replay: { reason: 'the note was lost', requested_by: 'ben' } },
      ],
    },
  });
  expect(await machines.world.rows('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
});

test('an execution that runs is told as RUNNING, and is not replayed', async () => {
  machines.intercept.set('InvokeTool', async (_, invoke) => {
    expect(await status()).toMatchObject({
      body: { status: 'RUNNING', attempt_count: 2, waits_for: { code: 'TOOL' }, outcomes: [{}] },
    });
    expect(await replay('me too')).toMatchObject({ status: 409, body: { error: 'NOT_ENDED' } });
    return invoke();
  });
  expect(await replay('again')).toMatchObject({ status: 202 });
  await machines.settle();
  expect(await status()).toMatchObject({
    body: { status: 'SUCCEEDED', attempt_count: 2, outcomes: [{}, {}] },
  });
});
