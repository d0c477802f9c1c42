/**
 * A tree of things that can be called off: an execution, the iterations of a map, the branches of a parallel state. It is
 * an AbortSignal made cheap, because every task of every execution listens to one.
 */
export class CancelScope {
  #reason: Error | undefined;
  readonly #listeners = new Set<(reason: Error) => void>();
  #leaveParent: () => void = () => {};

  /** Why it was called off; undefined while it was not. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Only the first reason counts. */
  cancel(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
  }

  onCancel(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A scope that is called off with this one. Close it when it has served, or it stays registered here. */
  child(): CancelScope {
    const scope = new CancelScope();
    if (this.#reason) scope.cancel(this.#reason);
    else scope.#leaveParent = this.onCancel((reason) => scope.cancel(reason));
    return scope;
  }

  close(): void {
    this.#leaveParent();
  }
}
