import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ValidationError } from '../../application/errors.ts';

/** Exit codes: bad input, and a broken invariant. */
export const EXIT_BAD_INPUT = 2;
export const EXIT_VIOLATION = 3;

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The arguments of the process, as `options` say.
 *
 * @throws ValidationError for an unknown option or a missing value.
 */
export const argumentsOf = <O extends Options>(options: O, args: string[] = process.argv.slice(2)) => {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new ValidationError((error as Error).message);
  }
};

/**
 * A whole number from an option's text.
 *
 * @throws ValidationError naming the option and the text.
 */
export const wholeNumber = (
  option: string,
  text: string,
  { from, to }: { from: number; to: number },
): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= from && value <= to) return value;
  throw new ValidationError(
    `--${option}: ${JSON.stringify(text)} is not a whole number from ${from} to ${to}`,
  );
};

const isNamed = (error: unknown, names: readonly string[]): error is Error =>
  typeof error === 'object' && error !== null && 'name' in error && names.includes(String(error.name));

/** Runs a program; says in one line what is wrong with its input, and exits accordingly. */
export const runProgram = async (main: () => Promise<number>): Promise<void> => {
  try {
    process.exitCode = await main();
  } catch (error) {
    const isBadInput = isNamed(error, ['ValidationError', 'ConfigurationError']);
    const isExpected =
      isBadInput || isNamed(error, ['PortInUseError', 'DynamoDbUnavailableError', 'TransientError']);
    process.stderr.write(
      isExpected ? `${(error as Error).message}\n` : `${(error as Error)?.stack ?? error}\n`,
    );
    process.exitCode = isBadInput ? EXIT_BAD_INPUT : 1;
  }
};
