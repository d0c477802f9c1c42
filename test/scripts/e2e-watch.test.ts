import { describe, expect, test } from '@jest/globals';
import { E2E_USAGE, e2eRequest } from '../../scripts/e2e/arguments.ts';
import { until } from '../../scripts/e2e/watch.ts';
import { toolProcess } from './call-tool.ts';

const watch = (signal = new AbortController().signal) => ({
  name: 'test',
  everyMs: 1,
  signal,
  say: () => {},
});

describe('a check that waits', () => {
  test('is given the facts once all of them are as expected', async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return looks;
    };
    const expected = { 'a second look': (seen: number) => seen >= 2, 'a third': (seen: number) => seen >= 3 };
    expect(await until(watch(), look, expected)).toBe(3);
  });

  test('says what was still missing when it was interrupted', async () => {
    const interrupted = new AbortController();
    const look = async () => interrupted.abort();
    const expected = { 'the outcome': () => false, 'the plan': () => true, 'the note': () => false };
    await expect(until(watch(interrupted.signal), look, expected)).rejects.toMatchObject({
      ...{ name: 'CheckFailedError', message: 'not until it was interrupted: the outcome, the note' },
    });
  });

  test('ends at once when it cannot look', async () => {
    const look = () => Promise.reject(new Error('no access'));
    await expect(until(watch(), look, {})).rejects.toThrow('no access');
  });
});

describe('the checks that are asked for', () => {
  test.each([
    [
      '',
      {
        stage: 'local',
        checks: [
          'lifecycle',
          'failure',
          'compensation',
          'duplicate',
          'auto-exec',
          'fallback',
          'decision-scheduler',
        ],
        json: false,
      },
    ],
    ['--stage dev --only failure --json', { stage: 'dev', checks: ['failure'], json: true }],
  ])('%j', (line, request) => {
    expect(e2eRequest(line.split(' ').filter(Boolean))).toEqual(request);
  });

  test.each([
    ['--only all', '--only: "all" is none of lifecycle, failure, compensation, duplicate'],
    ['--only toString', '--only: "toString" is none of'],
    ['lifecycle', 'unexpected "lifecycle"'],
    ['--frob', "Unknown option '--frob'"],
  ])('are refused as %j, with exit code 2', (line, message) => {
    expect(() => e2eRequest(line.split(' '))).toThrow(message);
  });

  test('are explained where the command line does not fit', async () => {
    const { code, stdout, stderr } = await toolProcess('e2e', ['--stage', 'local', 'now'], {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`unexpected "now"\n\n${E2E_USAGE}\n`);
  });
});
