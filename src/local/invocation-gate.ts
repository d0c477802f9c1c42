type Work = () => Promise<void>;

/** A stream of numbers in [0, 1) that a seed determines (mulberry32, in the public domain). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Lets invocations through one at a time, in an order that a seed determines, and only when every state machine waits. With it the same
 * scenario always takes the same course, whatever the machine it runs on is doing.
 */
export class InvocationGate {
  readonly #waiting: Work[] = [];
  readonly #random: () => number;

  /** @param seed determines who goes first of those who wait; 0 is the order of arrival. */
  constructor(seed: number) {
    this.#random = seed === 0 ? () => 0 : seededRandom(seed);
  }

  /** Runs `work` when its turn has come. */
  pass<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => work().then(resolve, reject));
    });
  }

  /** Lets through, one after another, until nothing is left that could happen at the present instant. */
  async drain(isComputing: () => boolean): Promise<void> {
    for (;;) {
      do await macrotask();
      while (isComputing());
      const [next] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
      if (!next) return;
      await next();
    }
  }
}
