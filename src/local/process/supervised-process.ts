import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** A child process that cannot outlive this one. */
export interface SupervisedProcess {
  readonly pid: number;
  /** Settles when the process has ended, with what ended it ("code 1", "SIGKILL"). Never rejects. */
  readonly ended: Promise<string>;
  /** Asks the process to end, kills it if it has not after two seconds, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface SupervisedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Gets every line that the process writes, stdout and stderr alike. */
  readonly onLine?: (line: string) => void;
}

const stopGraceMilliseconds = 2_000;

/**
 * A subshell keeps the read end of a pipe whose only write end is in this process, and the shell turns into the server.
 * When this process ends in whatever way, SIGKILL included, the kernel closes the pipe, `read` fails, and the server is
 * killed. A line on the pipe says that the server ended by itself, so its pid must not be signalled any more.
 */
const posixSupervisor =
  'exec 3<&0; ( read -r _ <&3 || kill -KILL $$ ) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

/**
 * Starts a command that ends when this process does, however that happens. It runs in a process group of its own, so
 * that Ctrl-C reaches only us and we can finish our work before we stop it. It does not keep our event loop alive.
 * On Windows, where there is no `sh`, the command runs without this supervision.
 */
export function startSupervised({ command, args, onLine }: SupervisedCommand): SupervisedProcess {
  const options: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true };
  const child =
    process.platform === 'win32'
      ? spawn(command, args, options)
      : spawn('/bin/sh', ['-c', posixSupervisor, 'supervisor', command, ...args], options);
  const lifeline = child.stdin as Writable;
  lifeline.on('error', ignoreBrokenPipe);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => onLine?.(line));
  }
  releaseEventLoop(child);
  const ended = untilEnded(child).then((how) => {
    lifeline.end('ended\n');
    return how;
  });
  return { pid: child.pid ?? -1, ended, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.ref();
  child.kill('SIGTERM');
  const patience = new AbortController();
  const tooLate = delay(stopGraceMilliseconds, true, { signal: patience.signal }).catch(() => false);
  if ((await Promise.race([ended.then(() => false), tooLate])) === true) child.kill('SIGKILL');
  patience.abort();
  await ended;
}

async function untilEnded(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return signal ?? `code ${code}`;
  } catch (error) {
    return String(error);
  }
}

function releaseEventLoop(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) {
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}

function ignoreBrokenPipe(): void {
  // The other end is gone, which is what the pipe is there to notice; the exit of the process tells the rest.
}
