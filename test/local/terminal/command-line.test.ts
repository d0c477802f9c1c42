import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConfigurationError, TransientError, ValidationError } from '../../../src/application/errors.ts';
import { DynamoDbUnavailableError } from '../../../src/local/dynamodb/dynamodb-unavailable-error.ts';
import { PortInUseError } from '../../../src/local/process/port-in-use-error.ts';
import { argumentsOf, runProgram, wholeNumber } from '../../../src/local/terminal/command-line.ts';

describe('a program', () => {
  let written: string;
  let exitCode: typeof process.exitCode;
  let stderr: ReturnType<typeof jest.spyOn>;

  beforeEach(() => {
    exitCode = process.exitCode;
    written = '';
    stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
  });

  afterEach(() => {
    stderr.mockRestore();
    process.exitCode = exitCode;
  });

  const exitOf = async (main: () => Promise<number>) => {
    await runProgram(main);
    return process.exitCode;
  };

  test('exits with what it answers, and is silent', async () => {
    expect(await exitOf(async () => 3)).toBe(3);
    expect(written).toBe('');
  });

  test.each([
    [new ValidationError('--speed: "x" is no number'), 2],
    [new ConfigurationError('Missing env X'), 2],
    [new PortInUseError(4566), 1],
    [new DynamoDbUnavailableError('nobody answers'), 1],
    [new TransientError('throttled'), 1],
  ])('says %p in one line and exits %i', async (error, code) => {
    expect(await exitOf(() => Promise.reject(error))).toBe(code);
    expect(written).toBe(`${error.message}\n`);
  });

  test.each([
    [new TypeError('a fault of the program'), 'TypeError: a fault of the program\n    at '],
    ['a text', 'a text\n'],
    [undefined, 'undefined\n'],
  ])('tells all there is to tell of what it did not expect, and exits 1', async (thrown, text) => {
    expect(await exitOf(() => Promise.reject(thrown))).toBe(1);
    expect(written.slice(0, text.length)).toBe(text);
  });
});

test('a whole number is one in its range, in digits', () => {
  const number = (text: string) => wholeNumber('seed', text, { from: 0, to: 10 });
  expect(['0', '10', '007'].map(number)).toEqual([0, 10, 7]);
  for (const text of ['', ' 1', '-1', '11', '1.0', '1e1', '0x1', 'NaN', '９'])
    expect(() => number(text)).toThrow(`--seed: ${JSON.stringify(text)} is not a whole number from 0 to 10`);
});

test('an argument that is not known, or lacks its value, is bad input', () => {
  const options = { seed: { type: 'string' } } as const;
  expect(argumentsOf(options, ['--seed', '7', 'p1'])).toMatchObject({
    values: { seed: '7' },
    positionals: ['p1'],
  });
  for (const args of [['--sed', '7'], ['--seed']])
    expect(() => argumentsOf(options, args)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
});
