import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach } from '@jest/globals';
import { reserveLoopbackPort } from '../../src/local/process/loopback-port.ts';

export const UP = /^cc-native is up/;
const START_SCRIPT = join(import.meta.dirname, '../../src/local/start.ts');
const SIMULATE_SCRIPT = join(import.meta.dirname, '../../src/local/simulate.ts');

export interface Ended {
  /** Exit code, or the name of the signal. */
  readonly how: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child process whose lines can be waited for. */
export interface LocalProcess {
  readonly pid: number;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  readonly ended: Promise<Ended>;
  /** Resolves with the first line that matches, of those that were or will be printed; rejects when the process ends without it. */
  line(pattern: RegExp, from?: number): Promise<string>;
  signal(name: NodeJS.Signals): Promise<Ended>;
}

const collected = (child: ChildProcess, lines: string[], changed: () => void): Promise<Ended> => {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      changed();
    });
  // `close` and not `exit`: all output is there by then, and whatever inherited the pipes is gone.
  return new Promise((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ how: signal ?? code ?? 'unknown', stdout: lines.join('\n'), stderr }),
    );
  });
};

const watched = (child: ChildProcess): LocalProcess => {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const ended = collected(child, lines, () => {
    for (const look of waiting) look();
  });
  const line = (pattern: RegExp, from = 0): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.slice(from).find((text) => pattern.test(text));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      ended.then(({ how, stderr }) => reject(new Error(`ended (${how}) without ${pattern}: ${stderr}`)));
      look();
    });
  const signal = (name: NodeJS.Signals) => {
    child.kill(name);
    return ended;
  };
  return { pid: child.pid as number, lines, ended, line, signal };
};

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): LocalProcess => {
  const { npm_lifecycle_event: _event, AWS_ENDPOINT_URL_DYNAMODB: _endpoint, ...clean } = process.env;
  return watched(spawn(command, args, { env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }));
};

/** What a test of the local system's processes has to itself; every process that it starts is gone after the test. */
export interface Place {
  readonly awsPort: number;
  readonly dynamoDbPort: number;
  readonly dataDirectory: string;
  /** Writes a file into the place and answers its path. */
  file(name: string, content: unknown): Promise<string>;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): LocalProcess;
  /** The same by way of npm, as a person does. */
  npmStart(args: readonly string[]): LocalProcess;
  simulate(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
}

/** A new place for every test of a file. */
export const usePlace = (): Place => {
  const place = {} as Place;
  const started: LocalProcess[] = [];
  let directory = '';

  const keep = (child: LocalProcess): LocalProcess => {
    started.push(child);
    return child;
  };
  const located = (args: readonly string[]): string[] => [
    ...['--aws-port', `${place.awsPort}`, '--dynamodb-port', `${place.dynamoDbPort}`],
    ...['--data-dir', place.dataDirectory, ...args],
  ];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'local-'));
    Object.assign(place, {
      awsPort: await reserveLoopbackPort(),
      dynamoDbPort: await reserveLoopbackPort(),
      dataDirectory: join(directory, 'data'),
      async file(name: string, content: unknown) {
        await writeFile(
          join(directory, name),
          typeof content === 'string' ? content : JSON.stringify(content),
        );
        return join(directory, name);
      },
      start: (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
        keep(run(process.execPath, [START_SCRIPT, ...located(args)], env)),
      npmStart: (args: readonly string[]) => keep(run('npm', ['start', '--', ...located(args)], {})),
      simulate: (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
        keep(run(process.execPath, [SIMULATE_SCRIPT, ...args], env)).ended,
    });
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((child) => child.signal('SIGKILL')));
    await rm(directory, { recursive: true });
  });

  return place;
};

/** Whether nothing listens on a port any more, or soon will not: a killed server takes some milliseconds to die. */
export const untilFree = async (port: number): Promise<void> => {
  for (;;) {
    try {
      await reserveLoopbackPort(port);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};
