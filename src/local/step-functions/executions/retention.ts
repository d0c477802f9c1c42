/** Keeps the newest of what is added, as far as their weights fit into `capacity`, and hands the others, oldest first, to `forget`. */
export class Retention<T> {
  readonly #kept = new Map<T, number>();
  readonly #capacity: number;
  readonly #forget: (item: T) => void;
  readonly #weigh: (item: T) => number;
  #weight = 0;

  constructor(capacity: number, forget: (item: T) => void, weigh: (item: T) => number = () => 1) {
    this.#capacity = capacity;
    this.#forget = forget;
    this.#weigh = weigh;
  }

  /** The newest is kept in any case. */
  add(item: T): void {
    const weight = this.#weigh(item);
    this.#kept.set(item, weight);
    this.#weight += weight;
    for (const [oldest, itsWeight] of this.#kept) {
      if (this.#weight <= this.#capacity || oldest === item) return;
      this.#kept.delete(oldest);
      this.#weight -= itsWeight;
      this.#forget(oldest);
    }
  }
}
