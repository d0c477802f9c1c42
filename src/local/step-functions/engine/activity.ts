/**
 * Counts the machines that are computing, as against those that are blocked in a Lambda, a wait or their children. With it
 * a simulation knows when nothing more happens at the present instant. Whoever advances a virtual clock or ends an
 * invocation must let the microtask queue drain (`setImmediate`) before it believes a zero.
 */
export class Activity {
  #computing = 0;
  #checkIsDue = false;
  readonly #listeners = new Set<() => void>();

  /** Machines that are computing now. */
  get computing(): number {
    return this.#computing;
  }

  enter(machines = 1): void {
    this.#computing += machines;
  }

  leave(): void {
    this.#computing -= 1;
    if (this.#computing === 0 && this.#listeners.size > 0) this.#checkSoon();
  }

  /**
   * Calls back each time the count has fallen to zero and is still zero once the microtask queue has drained. Returns the
   * function that ends the subscription.
   */
  onIdle(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #checkSoon(): void {
    if (this.#checkIsDue) return;
    this.#checkIsDue = true;
    setImmediate(() => {
      this.#checkIsDue = false;
      if (this.#computing === 0) for (const listener of [...this.#listeners]) listener();
    });
  }
}
