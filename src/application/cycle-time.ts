import type { Cycle } from '../contracts/plan-cycle.ts';
import type { Actor } from '../domain/plan/plan.ts';
import type { Clock } from './clock.ts';

/** The instant a cycle judges by: the one it was asked for, else now. */
export const cycleNow = (cycle: Pick<Cycle, 'as_of'>, clock: Clock): string =>
  cycle.as_of ?? clock.now().toISOString();

/** Whom the ledger names for what a cycle does. */
export const cycleActor = ({ cycle_id, as_of }: Pick<Cycle, 'cycle_id' | 'as_of'>): Actor => ({
  kind: 'system',
  id: as_of === null ? cycle_id : `${cycle_id} as of ${as_of}`,
});
