import type { Clock } from '../../application/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake(): void;
}

/** A clock that stands still until somebody moves it; sleepers wake one by one, in the order of their instants. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #sleepers: Sleeper[] = [];

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      this.#order += 1;
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, milliseconds),
        order: this.#order,
        wake: resolve,
      };
      this.#insert(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** When the next sleeper wakes; undefined when nobody sleeps. */
  nextWake(): Date | undefined {
    const [first] = this.#sleepers;
    return first && new Date(first.at);
  }

  /** Moves to an instant without waking anybody; never backwards. */
  moveTo(instant: Date): void {
    this.#now = Math.max(this.#now, instant.getTime());
  }

  /** Moves to the next sleeper's instant and wakes that one. */
  wakeNext(): void {
    const sleeper = this.#sleepers.shift();
    if (!sleeper) return;
    this.#now = Math.max(this.#now, sleeper.at);
    sleeper.wake();
  }

  #insert(sleeper: Sleeper): void {
    const isLater = (other: Sleeper) =>
      other.at > sleeper.at || (other.at === sleeper.at && other.order > sleeper.order);
    const index = this.#sleepers.findIndex(isLater);
    this.#sleepers.splice(index < 0 ? this.#sleepers.length : index, 0, sleeper);
  }
}
