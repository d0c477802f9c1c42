import type { Activity } from './activity.ts';

interface Pool {
  readonly activity: Activity;
  readonly size: number;
  readonly concurrency: number;
  /** True when nothing new may start. */
  readonly isStopped: () => boolean;
}

/**
 * Runs `runOne(0) … runOne(size - 1)`, at most `concurrency` at once; `runOne` must not reject. The caller counts as
 * computing when it calls, and its place passes to one of the workers and back, so that the count never shows a false
 * zero between two items.
 */
export async function runPool(pool: Pool, runOne: (index: number) => Promise<void>): Promise<void> {
  const width = Math.min(pool.size, pool.concurrency);
  if (width === 0) return;
  pool.activity.enter(width - 1);
  let next = 0;
  let working = width;
  const work = async () => {
    while (next < pool.size && !pool.isStopped()) await runOne(next++);
    working -= 1;
    if (working > 0) pool.activity.leave();
  };
  await Promise.all(Array.from({ length: width }, work));
}
