import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_INTERRUPTED, type Shell } from './run-tool.ts';

/** Time between two lines about something that still runs, in milliseconds. */
const PROGRESS_EVERY_MS = 2_000;
/** Time between two looks at something that still runs, in milliseconds. */
const LOOK_EVERY_MS = 500;

/** Tells now and then that something still runs. */
export const progress = (say: Shell['say']): ((elapsedMs: number) => void) => {
  let toldMs = 0;
  return (elapsedMs) => {
    if (elapsedMs - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = elapsedMs;
    say(`running for ${Math.round(elapsedMs / 1000)} s`);
  };
};

/** Under npm one Ctrl-C comes twice: from the terminal, and handed on by npm. */
const SIGNALS_OF_ONE_INTERRUPT = 2;

/** Aborted when somebody wants to wait no longer; who asks for that once more does not wait for what is cleaned up either. */
export const untilInterrupted = (): AbortSignal => {
  const waiting = new AbortController();
  let heard = 0;
  const hear = (): void => {
    heard += 1;
    waiting.abort();
    if (heard > SIGNALS_OF_ONE_INTERRUPT) process.exit(EXIT_INTERRUPTED);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, hear);
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
