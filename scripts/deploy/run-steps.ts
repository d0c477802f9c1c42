import { commandText, type Step, type StepName } from './steps.ts';

/** What is run: a program with its arguments, and variables besides those that are there already. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

export type CommandEnd =
  | { readonly end: 'EXITED'; readonly exitCode: number }
  | { readonly end: 'INTERRUPTED' };

/** What a deployment needs of the world. */
export interface StepWorld {
  /** Runs a program to its end. @throws when it cannot be started. */
  run(command: Command): Promise<CommandEnd>;
  /** The variables of a file. @throws when there is none. */
  readVariables(file: string): Promise<Readonly<Record<string, string>>>;
  /** Milliseconds since some instant; never goes back. */
  elapsedMs(): number;
  /** Told one line when a step begins, and one when it ends. */
  tell(line: string): void;
}

export interface StepResult {
  readonly step: StepName;
  /** As somebody would type it. */
  readonly command: string;
  readonly end: 'DONE' | 'FAILED' | 'INTERRUPTED';
  readonly seconds: number;
  /** Why it failed. */
  readonly reason?: string;
}

type StepEnd = Pick<StepResult, 'end' | 'reason'>;

const endOf = (ended: CommandEnd): StepEnd => {
  if (ended.end === 'INTERRUPTED') return { end: 'INTERRUPTED' };
  return ended.exitCode === 0
    ? { end: 'DONE' }
    : { end: 'FAILED', reason: `it ended with exit code ${ended.exitCode}` };
};

const attempt = async (world: StepWorld, { argv, envFile }: Step): Promise<StepEnd> => {
  try {
    const env = envFile === undefined ? {} : await world.readVariables(envFile);
    return endOf(await world.run({ argv, env }));
  } catch (error) {
    return { end: 'FAILED', reason: (error as Error).message };
  }
};

const ENDS = { DONE: 'done', FAILED: 'failed', INTERRUPTED: 'interrupted' } as const;

const runStep = async (world: StepWorld, step: Step): Promise<StepResult> => {
  const command = commandText(step);
  world.tell(`${step.name}: ${command}`);
  const beganMs = world.elapsedMs();
  const ended = await attempt(world, step);
  const seconds = Math.round((world.elapsedMs() - beganMs) / 100) / 10;
  const why = ended.reason === undefined ? '' : `: ${ended.reason}`;
  world.tell(`${step.name}: ${ENDS[ended.end]} after ${seconds} s${why}`);
  return { step: step.name, command, seconds, ...ended };
};

/** Runs steps one after the other; the first that does not get done is the last one. */
export const runSteps = async (world: StepWorld, steps: readonly Step[]): Promise<StepResult[]> => {
  const results: StepResult[] = [];
  for (const step of steps) {
    const result = await runStep(world, step);
    results.push(result);
    if (result.end !== 'DONE') break;
  }
  return results;
};
