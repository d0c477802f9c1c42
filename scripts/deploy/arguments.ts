import { UsageError } from '../cli/run-tool.ts';
import { toolArguments } from '../cli/tool-arguments.ts';
import { deployedStage } from './deployed-stage.ts';
import { type DeployRequest, STEP_NAMES, type StepName, skippedSteps } from './steps.ts';

export const DEPLOY_USAGE = `npm run deploy -- --stage NAME [options]

Brings a stage to AWS and checks it there. Each step can be repeated; the first that fails is the last one that runs.

  test      npm test
  package   templates and bundles, into .serverless-NAME
  deploy    that package, to AWS; it needs AWS credentials
  env       names of the stage's tables, bus and functions, into .env.NAME; variables of your own in it stay
  e2e       npm run e2e, with the variables of .env.NAME

  --stage NAME               the stage to deploy; every stage but local
  --skip-tests, --no-test    neither test nor e2e
  --skip-e2e                 no e2e
  --from STEP                begin with this step; those before it were done earlier
  --dry-run                  print the steps and their commands, and do nothing
  --json                     one JSON document; what the steps print goes to stderr

Exit codes: 0 done, 1 a step failed, 2 bad input, 130 interrupted`;

const OPTIONS = {
  stage: { type: 'string' },
  'skip-tests': { type: 'boolean', default: false },
  'no-test': { type: 'boolean', default: false },
  'skip-e2e': { type: 'boolean', default: false },
  from: { type: 'string', default: STEP_NAMES[0] },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export interface DeployArguments extends DeployRequest {
  readonly dryRun: boolean;
  readonly json: boolean;
}

const parsed = (args: string[]) => toolArguments(OPTIONS, args);

const stepOf = (text: string, skipped: readonly StepName[]): StepName => {
  const name = STEP_NAMES.find((candidate) => candidate === text);
  if (!name) throw new UsageError(`--from: ${JSON.stringify(text)} is none of ${STEP_NAMES.join(', ')}`);
  if (name === 'e2e' && skipped.includes(name)) throw new UsageError('--from e2e: this step is skipped');
  return name;
};

/**
 * What the command line of `deploy` asks for.
 *
 * @throws ValidationError, UsageError naming what does not fit.
 */
export const deployArguments = (args: string[]): DeployArguments => {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw new UsageError(`unexpected ${JSON.stringify(positionals[0])}`);
  const skips = { skipTests: values['skip-tests'] || values['no-test'], skipE2e: values['skip-e2e'] };
  const from = stepOf(values.from, skippedSteps(skips));
  return { stage: deployedStage(values.stage), ...skips, from, dryRun: values['dry-run'], json: values.json };
};
