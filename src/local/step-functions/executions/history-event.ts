/** An event of an execution's history, in the shape of GetExecutionHistory; one details field belongs to its type. */
export interface HistoryEvent {
  readonly timestamp: Date;
  readonly type: string;
  readonly id: number;
  readonly previousEventId: number;
  readonly [details: `${string}EventDetails`]: unknown;
}

export type EventDetails = Readonly<Record<`${string}EventDetails`, unknown>>;

/** Quota of Step Functions for STANDARD executions; the last of these events is the one that ends the execution. */
export const MAX_HISTORY_EVENTS = 25_000;
