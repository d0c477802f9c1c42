import { seededRandom } from '../../../src/local/invocation-gate.ts';

interface Waiting {
  readonly isDead: () => boolean;
  go(): void;
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Lets whoever wants to go on do so one at a time, in an order that a seed determines. Whoever is dead when its turn comes never
 * goes on.
 */
export class Turns {
  readonly random: () => number;
  /** In the order of arrival, once nothing is to be stirred up any more. */
  inOrder = false;
  #waiting: Waiting[] = [];
  #busy = 0;
  #idle: (() => void) | undefined;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** Resolves when it is the caller's turn. */
  wait(isDead: () => boolean): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ isDead, go: resolve }));
  }

  /** Whoever has the turn waits for something outside; nobody else's turn comes before it is there. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#idle?.();
    }
  }

  /** Gives turns until nobody waits for one; `between` is called before each. */
  async run(between: () => void = () => {}): Promise<void> {
    for (;;) {
      await this.#quiet();
      between();
      this.#waiting = this.#waiting.filter(({ isDead }) => !isDead());
      if (this.#waiting.length === 0) return;
      const index = this.inOrder ? 0 : Math.floor(this.random() * this.#waiting.length);
      const [next] = this.#waiting.splice(index, 1);
      next?.go();
    }
  }

  async #quiet(): Promise<void> {
    for (await macrotask(); this.#busy > 0; await macrotask()) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      this.#idle = undefined;
    }
  }
}
