import { envFileOf } from './deployed-stage.ts';

/** In the order in which they run. */
export const STEP_NAMES = ['test', 'package', 'deploy', 'env', 'e2e'] as const;
export type StepName = (typeof STEP_NAMES)[number];

export interface DeployRequest {
  readonly stage: string;
  readonly skipTests: boolean;
  readonly skipE2e: boolean;
  /** The first step to run; those before it were done earlier. */
  readonly from: StepName;
}

/** A program with its arguments, and what it finds in its environment besides what is there already. */
export interface Step {
  readonly name: StepName;
  readonly argv: readonly [string, ...string[]];
  /** A file of variables, read when the step begins, for a step before it writes it. */
  readonly envFile?: string;
}

const allSteps = (stage: string): Readonly<Record<StepName, Omit<Step, 'name'>>> => {
  const packaged = `.serverless-${stage}`;
  return {
    test: { argv: ['npm', 'test'] },
    package: { argv: ['npx', 'serverless', 'package', '--stage', stage, '--package', packaged] },
    deploy: { argv: ['npx', 'serverless', 'deploy', '--stage', stage, '--package', packaged] },
    env: { argv: ['npm', 'run', 'stage-env', '--', '--stage', stage] },
    e2e: { argv: ['npm', 'run', 'e2e', '--', '--stage', stage], envFile: envFileOf(stage) },
  };
};

/** The steps that a request leaves out. */
export const skippedSteps = ({
  skipTests,
  skipE2e,
}: Pick<DeployRequest, 'skipTests' | 'skipE2e'>): readonly StepName[] => [
  ...(skipTests ? (['test'] as const) : []),
  ...(skipTests || skipE2e ? (['e2e'] as const) : []),
];

/** What a deployment consists of: each step may be repeated, and does then what is still to be done. */
export const deploySteps = (request: DeployRequest): readonly Step[] => {
  const skipped = skippedSteps(request);
  const steps = allSteps(request.stage);
  return STEP_NAMES.slice(STEP_NAMES.indexOf(request.from))
    .filter((name) => !skipped.includes(name))
    .map((name) => ({ name, ...steps[name] }));
};

/** A step as somebody would type it into a shell. */
export const commandText = ({ argv, envFile }: Omit<Step, 'name'>): string =>
  envFile === undefined ? argv.join(' ') : `${argv.join(' ')}  # with the variables of ${envFile}`;

/** The command that goes on with a step of a request. */
export const goOnWith = ({ stage, skipTests, skipE2e }: DeployRequest, from: StepName): string =>
  [
    `npm run deploy -- --stage ${stage}`,
    ...(skipTests ? ['--skip-tests'] : []),
    ...(skipE2e ? ['--skip-e2e'] : []),
    ...(from === STEP_NAMES[0] ? [] : [`--from ${from}`]),
  ].join(' ');
