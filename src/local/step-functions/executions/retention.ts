/** Keeps the newest `capacity` of what is added and hands the others, oldest first, to `forget`. */
export class Retention<T> {
  readonly #kept = new Set<T>();
  readonly #capacity: number;
  readonly #forget: (item: T) => void;

  constructor(capacity: number, forget: (item: T) => void) {
    this.#capacity = capacity;
    this.#forget = forget;
  }

  add(item: T): void {
    this.#kept.add(item);
    if (this.#kept.size <= this.#capacity) return;
    const [oldest] = this.#kept;
    this.#kept.delete(oldest as T);
    this.#forget(oldest as T);
  }
}
