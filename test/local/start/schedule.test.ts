import { describe, expect, test } from '@jest/globals';
import type { LocalSystem } from '../../../src/local/local-system.ts';
import { runSchedule } from '../../../src/local/start/schedule.ts';

const AT = '2026-01-05T09:00:00.000Z';
type End = { status: string; output?: string; error?: string; cause?: string } | Error;

/** Runs a schedule whose cycles end as given, and stops it after the last; gives what it printed, times left out. */
const printed = async (ends: readonly End[], takeCompleted = () => 0): Promise<string[]> => {
  const lines: string[] = [];
  const stopping = new AbortController();
  const left = [...ends];
  const stepFunctions = {
    startExecution: async () => {
      const end = left.shift();
      if (left.length === 0) stopping.abort();
      if (end instanceof Error) throw end;
      return { executionArn: JSON.stringify(end) };
    },
    settled: async (arn: string) => ({ startDate: new Date(AT), ...JSON.parse(arn) }),
  };
  const system = { stepFunctions, planCycleArn: 'arn:cycle' } as unknown as LocalSystem;
  const print = (line: string) => void lines.push(line.replace(/ms \d+$/, 'ms N'));
  await runSchedule({ system, everyMs: 1, signal: stopping.signal, takeCompleted, print });
  return lines;
};

const counts = { tenants: 3, activated: 1, stepsStarted: 2, completed: 1, expired: 4, failed: 0 };
const succeeded = { status: 'SUCCEEDED', output: JSON.stringify(counts) };
const LINE = `${AT}  tenants 3  activated 1  stepsStarted 2  completed 1  expired 4  failed 0  ms N`;
const BROKEN = `${AT}  tenants 0  activated 0  stepsStarted 0  completed 0  expired 0  failed 1  ms N`;

describe('the schedule of a local system', () => {
  test('prints a line for every cycle until it is stopped', async () => {
    expect(await printed([succeeded, succeeded])).toEqual([LINE, LINE]);
  });

  test('counts a plan once, whether the cycle or an outcome completed it', async () => {
    const more = LINE.replace('completed 1', 'completed 3');
    expect(await printed([succeeded], () => 3)).toEqual([more]);
  });

  test('names the failures of a cycle, and goes on', async () => {
    const cause = JSON.stringify({
      ...counts,
      failed: 1,
      failures: [{ plan_id: 'p1', error: 'StoredRowInvalidError' }],
    });
    expect(await printed([{ status: 'FAILED', error: 'PlanCycleFailed', cause }, succeeded])).toEqual([
      LINE.replace('failed 0', 'failed 1'),
      `  cycle FAILED: PlanCycleFailed: ${cause}`,
      LINE,
    ]);
  });

  test('counts a cycle that broke off as failed, whatever its cause looks like', async () => {
    const brokenOff = { status: 'TIMED_OUT', error: 'States.Timeout', cause: 'took too long' };
    expect(await printed([brokenOff, succeeded])).toEqual([
      BROKEN,
      '  cycle TIMED_OUT: States.Timeout: took too long',
      LINE,
    ]);
  });

  test('says why a cycle could not be started, and goes on', async () => {
    expect(await printed([new Error('the disk is full'), succeeded])).toEqual([
      '  cycle not run: the disk is full',
      LINE,
    ]);
  });
});
