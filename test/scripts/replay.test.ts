import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { replayTool } from '../../scripts/replay.ts';
import { actionIntentId } from '../../src/domain/intent/action-intent.ts';
import { approvedIntent } from '../support/attempts.ts';
import { SCOPE_PK } from '../support/intents.ts';
import { newOutcome } from '../support/outcomes.ts';
import { minute } from '../support/plan-fixtures.ts';
import { spawnTool, toolProcess } from './call-tool.ts';
import { tableOf, useLocalStage } from './local-stage.ts';
import { SAMPLE } from './sample.ts';

const stage = useLocalStage({
  ...SAMPLE,
  outcomes: [
    { plan_id: 'fails', result: 'FAILED', error_code: 'TOOL_IS_DOWN', after_minutes: 0 },
    { plan_id: 'endless', result: 'SUCCEEDED', after_minutes: 58 },
    ...SAMPLE.outcomes,
  ],
});

const INTENT = actionIntentId('by-itself', 'brief', 1);
const WHY = ['--intent', INTENT, '--reason', 'the note was lost'];
const PLACE = ['--tenant', 'acme', '--account', 'a1'];

const run = (...args: string[]) => stage.run(replayTool, ...args);
const document = (...args: string[]) => stage.document(replayTool, ...args);

const scan = async (variable: Parameters<typeof tableOf>[1]) => {
  const TableName = tableOf(stage, variable);
  const { Items = [] } = await stage.world.documentClient.send(new ScanCommand({ TableName }));
  return Items;
};

const replayEvents = async () =>
  (await scan('LEDGER_TABLE_NAME'))
    .filter(({ eventType }) => String(eventType).startsWith('REPLAY_'))
    .map(({ eventType, data }) => [eventType, data.attempt_count, data.requested_by]);

const replays = () => {
  const { stepFunctions, planCycleArn } = stage.world.system;
  const machine = planCycleArn.replace(/plan-cycle$/, 'execute-action');
  return stepFunctions.listExecutions(machine).filter(({ name }) => name.startsWith('replay-'));
};

test('an action that has ended is carried out again, has no second effect, and its outcome is printed', async () => {
  await stage.cycle();
  const { code, stdout, stderr } = await toolProcess(
    'replay',
    [...WHY, ...PLACE, '--by', 'ben'],
    stage.settings,
  );
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(
      new RegExp(
        `^started arn:aws:states:\\S+:execution:cc-native-local-execute-action:replay-${INTENT}-2$`,
        'm',
      ),
    ),
  });
  expect(stdout).toMatch(new RegExp(`^${INTENT}: execution 2 SUCCEEDED$`, 'm'));
  expect(stdout).toMatch(/^ {2}INTERNAL Note \S+$/m);
  expect(await scan('INTERNAL_NOTES_TABLE_NAME')).toHaveLength(1);
  expect((await replayEvents()).sort()).toEqual([
    ['REPLAY_COMPLETED', 2, 'ben'],
    ['REPLAY_REQUESTED', 2, 'ben'],
    ['REPLAY_STARTED', 2, 'ben'],
  ]);
});

test('a plan says where its intents stand, and the user of the shell asks', async () => {
  await stage.cycle();
  const { code, json } = await document(...WHY, '--plan', 'by-itself');
  expect(code).toBe(0);
  expect(json).toMatchObject({
    ...{ action_intent_id: INTENT, attempt_count: 2, status: 'SUCCEEDED' },
    outcome: { status: 'SUCCEEDED', replay: { reason: 'the note was lost' } },
  });
  expect(json.outcome.replay.requested_by).not.toBe('');
});

test('what cannot be replayed is refused in one line with its code, and nothing is written', async () => {
  await stage.cycle();
  const before = await stage.everything();
  const elsewhere = await run(...WHY, '--tenant', 'acme', '--account', 'a2');
  expect(elsewhere).toMatchObject({
    ...{ code: 1, stdout: '' },
    stderr: `refused: NOT_FOUND: the account has no action intent ${INTENT}\n`,
  });
  const waiting = actionIntentId('with-person', 'brief', 1);
  const early = await document('--intent', waiting, '--reason', 'now', '--plan', 'with-person');
  expect(early).toMatchObject({ code: 1, json: { refused: { code: 'NOT_ENDED' } } });
  const nowhere = await document(...WHY, '--plan', 'no-plan');
  expect(nowhere).toMatchObject({ code: 1, json: { refused: { code: 'PLAN_NOT_FOUND' } } });
  expect(await stage.everything()).toEqual(before);
});

/** An intent of a plan of the scenario's outcomes, whose first execution failed. */
const failedIntent = async (plan_id: string): Promise<string> => {
  const { executions } = stage.world.system.runtime;
  const of = { plan_id, action_intent_id: actionIntentId(plan_id, 's1', 1) };
  const intent = approvedIntent(1, { ...of, expires_at: '2031-04-01T09:00:00.000Z' });
  const Item = { pk: SCOPE_PK, sk: `ACTION_INTENT#${of.action_intent_id}`, ...intent };
  const TableName = tableOf(stage, 'ACTION_INTENT_TABLE_NAME');
  await stage.world.documentClient.send(new PutCommand({ TableName, Item }));
  await executions.startIfFree({ intent, owner: 'first', now: minute(5), deadline_at: minute(80) });
  await executions.finishOnce(newOutcome({ ...of, status: 'FAILED', error_code: 'TOOL_FAILED' }));
  return of.action_intent_id;
};

test('a replay that fails is told with its error, and exit code 1', async () => {
  const intent = await failedIntent('fails');
  const { code, stdout, stderr } = await run('--intent', intent, '--reason', 'again', ...PLACE);
  expect(code).toBe(1);
  expect(stdout).toMatch(new RegExp(`^${intent}: execution 2 FAILED$`, 'm'));
  expect(stderr).toMatch(/^FAILED: TOOL_IS_DOWN \(DOWNSTREAM\)$/m);
});

test('Ctrl-C while waiting leaves the execution running, and says how to look at it', async () => {
  const intent = await failedIntent('endless');
  const args = ['--intent', intent, '--reason', 'again', ...PLACE, '--json'];
  const child = spawnTool('replay', args, stage.settings);
  const [output, ended] = [text(child.stdout), once(child, 'close')];
  for await (const line of createInterface({ input: child.stderr })) if (line.startsWith('started ')) break;
  child.kill('SIGINT');
  const [code] = await ended;
  const json = JSON.parse(await output);
  expect([code, json]).toMatchObject([130, { status: 'RUNNING', interrupted: true, attempt_count: 2 }]);
  expect(json.look_with).toMatch(`describe-execution --execution-arn ${json.execution_arn} --endpoint-url `);
  expect(replays()).toMatchObject([{ executionArn: json.execution_arn, status: 'RUNNING' }]);
});
