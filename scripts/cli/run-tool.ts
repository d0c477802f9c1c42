import { ValidationError } from '../../src/application/errors.ts';
import { EXIT_BAD_INPUT } from '../../src/local/terminal/command-line.ts';

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

const print = ({ document, text, complaint }: ToolAnswer, json: boolean): void => {
  if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else if (text !== '') process.stdout.write(`${text}\n`);
  if (!json && complaint !== undefined) process.stderr.write(`${complaint}\n`);
};

/** Whoever reads the output may stop early, as `head` does. */
const endQuietlyWithReader = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
};

/** Runs a tool: prints its answer, or in one line what keeps it from answering, and exits accordingly. */
export const runTool = async (
  usage: string,
  tool: (args: string[]) => Promise<ToolAnswer>,
  args: string[] = process.argv.slice(2),
): Promise<void> => {
  endQuietlyWithReader();
  const help = { exitCode: 0, document: { usage }, text: usage };
  const answer = args.includes('--help')
    ? help
    : await Promise.resolve(args)
        .then(tool)
        .catch((error: Error) => answerTo(error, usage));
  print(answer, args.includes('--json'));
  process.exitCode = answer.exitCode;
};
