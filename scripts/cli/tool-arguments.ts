import type { ParseArgsConfig } from 'node:util';
import type { ValidationError } from '../../src/application/errors.ts';
import { argumentsOf } from '../../src/local/terminal/command-line.ts';
import { UsageError } from './run-tool.ts';

/**
 * The arguments of a tool, as `options` say.
 *
 * @throws UsageError for an unknown option or a missing value.
 */
export const toolArguments = <O extends NonNullable<ParseArgsConfig['options']>>(
  options: O,
  args: string[],
) => {
  try {
    return argumentsOf(options, args);
  } catch (error) {
    throw new UsageError((error as ValidationError).message);
  }
};
