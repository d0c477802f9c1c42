import type { Cycle } from '../contracts/plan-cycle.ts';
import type { Actor } from '../domain/plan/plan.ts';
import type { Clock } from './clock.ts';

/** The instant a cycle judges by: the one it was asked for, else now. */
export const cycleNow = (cycle: Pick<Cycle, 'as_of'>, clock: Clock): string =>
  cycle.as_of ?? clock.now().toISOString();

/**
 * When and as whom a cycle changes a plan. The next look is never reckoned from the future: a plan that was judged by a future instant
 * must not be left alone until then.
 */
export const cycleChange = (
  cycle: Pick<Cycle, 'cycle_id' | 'as_of'>,
  clock: Clock,
): { now: string; dueFrom: string; actor: Actor } => {
  const real = clock.now().toISOString();
  const { cycle_id, as_of } = cycle;
  const id = as_of === null ? cycle_id : `${cycle_id} as of ${as_of}`;
  const now = as_of ?? real;
  return { now, dueFrom: now < real ? now : real, actor: { kind: 'system', id } };
};
