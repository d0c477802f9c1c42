import type { Clock } from '../../../src/application/clock.ts';

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** Stands still until `advance` moves it to the next instant at which somebody wakes. */
export class VirtualClock implements Clock {
  #now = Date.parse('2026-01-05T09:00:00.000Z');
  readonly #sleepers = new Set<Sleeper>();

  now(): Date {
    return new Date(this.#now);
  }

  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { wakesAt: this.#now + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** False when nobody sleeps. */
  advance(): boolean {
    if (this.#sleepers.size === 0) return false;
    this.#now = Math.min(...[...this.#sleepers].map(({ wakesAt }) => wakesAt));
    for (const sleeper of [...this.#sleepers].filter(({ wakesAt }) => wakesAt === this.#now)) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    return true;
  }
}
