import { UsageError } from '../cli/run-tool.ts';
import { toolArguments } from '../cli/tool-arguments.ts';
import { deployedStage } from './deployed-stage.ts';

export const STAGE_ENV_USAGE = `npm run stage-env -- --stage NAME [--json]

Writes what a deployed stage's parts are called, as its stack says, into .env.NAME. Variables of your own in that file stay.

  --stage NAME   the deployed stage
  --json         one JSON document instead of text

Exit codes: 0 done, 1 there is no such stack or it lacks outputs, 2 bad input`;

const OPTIONS = { stage: { type: 'string' }, json: { type: 'boolean' } } as const;

const parsed = (args: string[]) => toolArguments(OPTIONS, args);

/**
 * The stage that the command line of `stage-env` names.
 *
 * @throws ValidationError, UsageError naming what does not fit.
 */
export const stageEnvStage = (args: string[]): string => {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
  return deployedStage(values.stage);
};
