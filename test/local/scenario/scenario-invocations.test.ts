import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../src/local/clock/virtual-clock.ts';
import { scenarioInvocations } from '../../../src/local/scenario/scenario-invocations.ts';
import type { LambdaInvocation } from '../../../src/local/step-functions/engine/lambda-invocation.ts';

const START = new Date('2026-01-05T09:00:00.000Z');

const invocationOf = (more: Partial<LambdaInvocation>): LambdaInvocation => ({
  ...{ functionName: 'invoke-tool', stateName: 'InvokeTool', stateMachineName: 'execute-action' },
  ...{ executionArn: 'arn:e1', retryCount: 0 },
  payload: { execution: { plan_id: 'p1', step_id: 's1', attempt: 1 } },
  ...more,
});

/** What happens to an invocation under a scenario, each event with its minute. */
const played = async (result: string, more: Partial<LambdaInvocation> = {}, fault?: Error) => {
  const clock = new VirtualClock(START);
  const events: string[] = [];
  const note = (what: string) =>
    void events.push(`${(clock.now().getTime() - START.getTime()) / 60_000} ${what}`);
  const around = scenarioInvocations({
    ...{ clock, lose: (arn: string) => note(`lost ${arn}`) },
    scenario: {
      plans: [{ plan_id: 'p1' }],
      outcomes: [{ result: result as 'LOST', error_code: 'TOOL_FAILED', after_minutes: 7 }],
    },
  });
  const invoke = async (): Promise<string> => {
    note('acts');
    if (fault) throw fault;
    return 'done';
  };
  const answered = around(invocationOf(more), new AbortController().signal, invoke).then(
    (answer) => note(`answer ${answer}`),
    ({ message }: Error) => note(`error ${message}`),
  );
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  clock.wakeNext();
  await answered;
  return events;
};

describe('a tool in a scenario', () => {
  test('acts at once and answers when the scenario says', async () => {
    expect(await played('SUCCEEDED')).toEqual(['0 acts', '7 answer done']);
  });

  test('fails no earlier than it would answer', async () => {
    expect(await played('SUCCEEDED', {}, new Error('down'))).toEqual(['0 acts', '7 error down']);
  });

  test('never acts when it is to get lost, and takes its execution with it', async () => {
    expect(await played('LOST')).toEqual(['7 lost arn:e1', '7 answer null']);
  });

  test.each<[what: string, more: Partial<LambdaInvocation>]>([
    ['that is tried again', { retryCount: 1 }],
    ['of another state', { stateName: 'RecordOutcome' }],
    ['for a plan of somebody else', { payload: { execution: { plan_id: 'p2', step_id: 's1', attempt: 1 } } }],
  ])('answers an invocation %s at once', async (_what, more) => {
    expect(await played('SUCCEEDED', more)).toEqual(['0 acts', '0 answer done']);
  });
});
