import { describe, expect, test } from '@jest/globals';
import { SAMPLE, startOptions } from '../../../src/local/start/options.ts';

describe('the options of npm start', () => {
  test('are those of the sample when nothing is said', () => {
    expect(startOptions([])).toEqual({
      ...{ everyMs: 10_000, schedule: true, speed: 60, scenario: undefined },
      ...{ dataDirectory: '.local', awsPort: 4566, dynamoDbPort: 8000 },
    });
  });

  test('can all be said', () => {
    const said =
      '--every 200ms --no-schedule --speed 5 --scenario a.json --data-dir d --aws-port 1 --dynamodb-port 65535';
    expect(startOptions(said.split(' '))).toEqual({
      ...{ everyMs: 200, schedule: false, speed: 5, scenario: 'a.json' },
      ...{ dataDirectory: 'd', awsPort: 1, dynamoDbPort: 65_535 },
    });
  });

  test('keep nothing when they say so, wherever data would be kept', () => {
    expect(startOptions(['--ephemeral', '--data-dir', 'd'])?.dataDirectory).toBeUndefined();
  });

  test.each([
    ['1m', 60_000],
    ['50ms', 50],
    ['2s', 2000],
  ])('take %s for a duration', (text, everyMs) => {
    expect(startOptions(['--every', text])?.everyMs).toBe(everyMs);
  });

  test.each([
    [['--scenario', 'other.json'], 1],
    [['--scenario', SAMPLE], 60],
    [['--scenario', SAMPLE, '--speed', '1'], 1],
    [['--speed', '100000'], 100_000],
  ])('%j play at a speed of %i', (args, speed) => expect(startOptions(args)?.speed).toBe(speed));

  test('ask for help before anything else', () => {
    expect(startOptions(['--help', '--every', 'never'])).toBeUndefined();
  });

  test.each<[args: string[], named: string[]]>([
    [
      ['--every', '10'],
      ['--every', '"10"'],
    ],
    [
      ['--every', '1h'],
      ['--every', '"1h"'],
    ],
    [
      ['--every', '49ms'],
      ['--every', '"49ms"'],
    ],
    [['--every', '-5s'], ['--every']],
    [
      ['--every', ''],
      ['--every', '""'],
    ],
    [
      ['--speed', '0'],
      ['--speed', '"0"'],
    ],
    [
      ['--speed', '1.5'],
      ['--speed', '"1.5"'],
    ],
    [
      ['--speed', 'NaN'],
      ['--speed', '"NaN"'],
    ],
    [
      ['--speed', '1e3'],
      ['--speed', '"1e3"'],
    ],
    [
      ['--speed', '100001'],
      ['--speed', '"100001"'],
    ],
    [
      ['--aws-port', '0'],
      ['--aws-port', '"0"'],
    ],
    [
      ['--aws-port', '65536'],
      ['--aws-port', '"65536"'],
    ],
    [
      ['--dynamodb-port', 'http'],
      ['--dynamodb-port', '"http"'],
    ],
    [['--dynamodb-port'], ['--dynamodb-port']],
    [['--unheard-of'], ['--unheard-of']],
    [['--ephemeral=yes'], ['--ephemeral']],
    [['stray'], ['"stray"']],
  ])('%j are refused by name', (args, named) => {
    expect(() => startOptions(args)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
    for (const text of named) expect(() => startOptions(args)).toThrow(text);
  });
});
