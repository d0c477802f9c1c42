import { runTool, type Shell, type Tool } from './run-tool.ts';
import { untilInterrupted } from './waiting.ts';

/** Whoever reads the output may stop early, as `head` does. */
const endQuietlyWithReader = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
};

const shell: Shell = {
  environment: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  say: (line) => void process.stderr.write(`${line}\n`),
  untilInterrupted,
};

/** Runs a tool as what this process is there for, with its arguments, output and exit code. */
export const runAsProcess = async (tool: Tool): Promise<void> => {
  endQuietlyWithReader();
  process.exitCode = await runTool(tool, process.argv.slice(2), shell);
};
