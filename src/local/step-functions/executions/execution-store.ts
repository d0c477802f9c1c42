import type { Execution } from './execution.ts';
import { Retention } from './retention.ts';

/** How many ended executions are remembered, and of how many the history; for children of map runs the same again. */
export interface RetentionLimits {
  readonly executions: number;
  readonly histories: number;
  /** Events in all the histories that are kept; unbounded when absent. */
  readonly events?: number;
}

/** Running executions, and the newest of those that ended. */
export class ExecutionStore {
  readonly #byArn = new Map<string, Execution>();
  readonly #byOwner = new Map<string, Set<Execution>>();
  readonly #endedRoots: Retention<Execution>[];
  readonly #endedChildren: Retention<Execution>[];

  constructor({ executions, histories, events = Number.POSITIVE_INFINITY }: RetentionLimits) {
    const retentions = () => [
      new Retention<Execution>(executions, (ended) => this.remove(ended)),
      new Retention<Execution>(histories, (ended) => ended.forgetHistory()),
      new Retention<Execution>(
        events,
        (ended) => ended.forgetHistory(),
        ({ history = [] }) => history.length,
      ),
    ];
    this.#endedRoots = retentions();
    this.#endedChildren = retentions();
  }

  get(executionArn: string): Execution | undefined {
    return this.#byArn.get(executionArn);
  }

  running(): Execution[] {
    return [...this.#byArn.values()].filter(({ isRunning }) => isRunning);
  }

  add(execution: Execution): void {
    this.#byArn.set(execution.record.executionArn, execution);
    const owner = ownerOf(execution);
    const siblings = this.#byOwner.get(owner) ?? new Set();
    this.#byOwner.set(owner, siblings.add(execution));
  }

  remove(execution: Execution): void {
    const { executionArn } = execution.record;
    if (this.#byArn.get(executionArn) === execution) this.#byArn.delete(executionArn);
    const owner = ownerOf(execution);
    const siblings = this.#byOwner.get(owner);
    siblings?.delete(execution);
    if (siblings?.size === 0) this.#byOwner.delete(owner);
  }

  /** From now on it may be forgotten. */
  ended(execution: Execution): void {
    const retentions = execution.record.mapRunArn ? this.#endedChildren : this.#endedRoots;
    for (const retention of retentions) retention.add(execution);
  }

  /** Executions of a map run or, those of map runs aside, of a state machine; newest first. */
  newestFirst(mapRunOrMachineArn: string): Execution[] {
    return [...(this.#byOwner.get(mapRunOrMachineArn) ?? [])].reverse();
  }
}

const ownerOf = ({ record }: Execution): string => record.mapRunArn ?? record.stateMachineArn;
