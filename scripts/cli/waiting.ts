import { setTimeout as sleep } from 'node:timers/promises';

/** Time between two lines about something that still runs, in milliseconds. */
const PROGRESS_EVERY_MS = 2_000;
/** Time between two looks at something that still runs, in milliseconds. */
const LOOK_EVERY_MS = 500;

/** To stderr, where it does not mix with what a tool answers. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Tells now and then that something still runs. */
export const progress = (): ((elapsedMs: number) => void) => {
  let toldMs = 0;
  return (elapsedMs) => {
    if (elapsedMs - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = elapsedMs;
    say(`running for ${Math.round(elapsedMs / 1000)} s`);
  };
};

/** Aborted when somebody wants to wait no longer. */
export const untilInterrupted = (): AbortSignal => {
  const waiting = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => waiting.abort());
  return waiting.signal;
};

export interface Looking<T> {
  readonly signal: AbortSignal;
  /** How long to look, in milliseconds. */
  readonly patienceMs: number;
  readonly everyMs?: number;
  look(): Promise<T | undefined>;
  /** Told after every look that found nothing. */
  onRunning(elapsedMs: number): void;
}

/** What a look finds at last; undefined when patience or `signal` ends before. */
export const found = async <T>(looking: Looking<T>): Promise<T | undefined> => {
  const { signal, patienceMs, everyMs = LOOK_EVERY_MS, look, onRunning } = looking;
  const began = performance.now();
  for (let elapsedMs = 0; !signal.aborted && elapsedMs <= patienceMs; ) {
    const seen = await look();
    if (seen !== undefined) return seen;
    onRunning(elapsedMs);
    await sleep(everyMs, undefined, { signal }).catch(() => {});
    elapsedMs = performance.now() - began;
  }
  return undefined;
};
