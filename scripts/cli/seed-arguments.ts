import { UsageError } from './run-tool.ts';
import { LOCAL_STAGE } from './stage-name.ts';
import { toolArguments } from './tool-arguments.ts';

export const SEED_USAGE = `npm run seed -- [options]

Writes the action types that every tenant has into the stage's registry. What is there already stays, so that it can run again.

  --stage S   the stage to work on (default ${LOCAL_STAGE}: what npm start runs)
  --json      one JSON document instead of text

Exit codes: 0 done, 1 something failed, 2 bad input`;

const OPTIONS = { stage: { type: 'string', default: LOCAL_STAGE }, json: { type: 'boolean' } } as const;

const parsed = (args: string[]) => toolArguments(OPTIONS, args);

/**
 * The stage that the command line of `seed` names.
 *
 * @throws UsageError naming what does not fit.
 */
export const seedStage = (args: string[]): string => {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
  return values.stage;
};
