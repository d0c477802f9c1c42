import { Retention } from './retention.ts';

export type ChildStatus = 'succeeded' | 'failed' | 'timedOut' | 'aborted';

/** As DescribeMapRun counts items, and child executions. */
export interface MapRunCounts {
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
  total: number;
  resultsWritten: number;
}

/** The children of one distributed Map state's run. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly executionArn: string;
  /** `…:stateMachine:<name>/<label>`, which its child executions belong to. */
  readonly stateMachineArn: string;
  readonly startDate: Date;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly itemCounts: MapRunCounts;
  readonly executionCounts: MapRunCounts;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  stopDate?: Date;
}

export const pendingCounts = (total: number): MapRunCounts => ({
  pending: total,
  running: 0,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  total,
  resultsWritten: 0,
});

/** Moves one child, and the items in it, from pending to running. */
export function childStarted({ executionCounts, itemCounts }: MapRun, items: number): void {
  executionCounts.pending -= 1;
  executionCounts.running += 1;
  itemCounts.pending -= items;
  itemCounts.running += items;
}

/** Moves one child, and the items in it, from running to how it ended. */
export function childEnded(
  { executionCounts, itemCounts }: MapRun,
  items: number,
  status: ChildStatus,
): void {
  executionCounts.running -= 1;
  executionCounts[status] += 1;
  itemCounts.running -= items;
  itemCounts[status] += items;
  if (status !== 'succeeded') return;
  executionCounts.resultsWritten += 1;
  itemCounts.resultsWritten += items;
}

/** Map runs by ARN and by execution: running ones, and the newest that ended. */
export class MapRunStore {
  readonly #byArn = new Map<string, MapRun>();
  readonly #ended: Retention<MapRun>;

  constructor(capacity: number) {
    this.#ended = new Retention(capacity, ({ mapRunArn }) => this.#byArn.delete(mapRunArn));
  }

  add(mapRun: MapRun): void {
    this.#byArn.set(mapRun.mapRunArn, mapRun);
  }

  end(mapRun: MapRun, status: MapRun['status'], stopDate: Date): void {
    mapRun.status = status;
    mapRun.stopDate = stopDate;
    this.#ended.add(mapRun);
  }

  get(mapRunArn: string): MapRun | undefined {
    return this.#byArn.get(mapRunArn);
  }

  /** Newest first. */
  ofExecution(executionArn: string): MapRun[] {
    return [...this.#byArn.values()].filter((mapRun) => mapRun.executionArn === executionArn).reverse();
  }
}
