/**
 * Where time comes from. On Lambda it is the system clock; on a laptop it may run faster than real time, and in a
 * simulation it stands still until nothing is left to do at the present instant.
 */
export interface Clock {
  /** The present instant, UTC. */
  now(): Date;
  /** Resolves after `milliseconds` of this clock; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
