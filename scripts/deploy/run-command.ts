import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command, CommandEnd } from './run-steps.ts';

/** How long a program may take to clear up once it was interrupted, in milliseconds. */
const CLEARING_UP_MS = 60_000;
/** What a shell reports for a program that a signal ended. */
const EXIT_BY_SIGNAL = 128;

/** Ends what a program left running; it may be nothing. */
const endGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/**
 * Aborted when somebody interrupts the process. Unlike elsewhere the process lives on when it is interrupted again: Ctrl-C under npm
 * arrives twice, from the terminal and from npm.
 */
export const interruption = (): AbortSignal => {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort());
  return interrupted.signal;
};

/**
 * Runs programs in process groups of their own, so that a Ctrl-C reaches them once, through this process. They are asked to end with SIGTERM:
 * npm passes it on, and its shell does not go on with the next command of a script, as some do after SIGINT.
 *
 * @param stdout where their output goes; what they write to stderr goes to stderr.
 */
export const commandRunner =
  (interrupted: AbortSignal, stdout: 'stdout' | 'stderr') =>
  async ({ argv: [program, ...args], env }: Command): Promise<CommandEnd> => {
    if (interrupted.aborted) return { end: 'INTERRUPTED' };
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', stdout === 'stdout' ? 1 : 2, 2],
    });
    let patience: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      child.kill('SIGTERM');
      patience = setTimeout(() => child.pid && endGroup(child.pid, 'SIGKILL'), CLEARING_UP_MS);
    };
    interrupted.addEventListener('abort', interrupt);
    try {
      const [exitCode] = (await once(child, 'exit')) as [number | null];
      if (!interrupted.aborted) return { end: 'EXITED', exitCode: exitCode ?? EXIT_BY_SIGNAL };
      if (child.pid) endGroup(child.pid, 'SIGTERM');
      return { end: 'INTERRUPTED' };
    } finally {
      clearTimeout(patience);
      interrupted.removeEventListener('abort', interrupt);
    }
  };
