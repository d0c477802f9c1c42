import { ValidationError } from '../../src/application/errors.ts';
import { EXIT_BAD_INPUT } from '../../src/local/terminal/command-line.ts';
import type { Environment } from '../../src/runtime/environment.ts';

export const EXIT_REFUSED = 1;

/** What a tool answers: as a document for programs, and as text for people. */
export interface ToolAnswer {
  readonly exitCode: number;
  /** Printed with `--json`, alone. */
  readonly document: unknown;
  /** Printed to stdout otherwise. */
  readonly text: string;
  /** What went wrong, in one line; printed to stderr otherwise. */
  readonly complaint?: string;
}

/** Where a tool was called from: its variables, its output and its Ctrl-C. */
export interface Shell {
  readonly environment: Environment;
  /** To stdout: a line of what the tool answers. */
  print(line: string): void;
  /** To stderr, where it does not mix with what the tool answers. */
  say(line: string): void;
  /** Aborted when somebody wants to wait no longer. */
  untilInterrupted(): AbortSignal;
}

/** A program for the command line; what it prints and answers goes through the shell that it is given. */
export interface Tool {
  readonly usage: string;
  run(args: string[], shell: Shell): Promise<ToolAnswer>;
}

/** What shells report for a program that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** The command line itself does not fit: its usage is shown. */
export class UsageError extends ValidationError {}

/** Errors that the message explains and a stack would not. */
const EXPLAINED: ReadonlySet<string> = new Set([
  'ValidationError',
  'ConfigurationError',
  'DynamoDbUnavailableError',
  'LocalSystemUnavailableError',
  'StoredRowInvalidError',
  'TransientError',
  'CredentialsProviderError',
]);
const BAD_INPUT: ReadonlySet<string> = new Set(['ValidationError', 'ConfigurationError']);

const isOfAws = (error: Error): boolean => '$metadata' in error;

const explained = (error: Error): string => {
  if (error.name === 'ResourceNotFoundException')
    return `${error.message}: is the stage deployed in this region?`;
  if (error.message === 'Region is missing') return 'Region is missing: set AWS_REGION';
  if (isOfAws(error) || error.name === 'TransientError') return `${error.name}: ${error.message}`;
  return EXPLAINED.has(error.name) ? error.message : (error.stack ?? error.message);
};

const answerTo = (error: Error, usage: string): ToolAnswer => {
  const message = explained(error);
  return {
    exitCode: BAD_INPUT.has(error.name) ? EXIT_BAD_INPUT : 1,
    document: { error: { name: error.name, message: error.message } },
    text: '',
    complaint: error instanceof UsageError ? `${message}\n\n${usage}` : message,
  };
};

/** Runs a tool: prints its answer, or in one line what keeps it from answering, and gives back the exit code. */
export const runTool = async ({ usage, run }: Tool, args: string[], shell: Shell): Promise<number> => {
  const help = { exitCode: 0, document: { usage }, text: usage };
  const answer: ToolAnswer = args.includes('--help')
    ? help
    : await Promise.resolve(args)
        .then((given) => run(given, shell))
        .catch((error: Error) => answerTo(error, usage));
  const { exitCode, document, text, complaint } = answer;
  const json = args.includes('--json');
  if (json) shell.print(JSON.stringify(document, null, 2));
  else if (text !== '') shell.print(text);
  if (!json && complaint !== undefined) shell.say(complaint);
  return exitCode;
};
