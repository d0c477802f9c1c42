import type { PlanStore } from '../../../src/application/ports/plans.ts';

/**
 * The store, with another writer who is first: `race` runs after the plan was read and before it is committed, for the first
 * `times` commits.
 */
export const racingPlans = (plans: PlanStore, race: () => Promise<unknown>, times = 1): PlanStore => {
  let left = times;
  return {
    ...plans,
    commitIfUnchanged: async (commit) => {
      left -= 1;
      if (left >= 0) await race();
      return plans.commitIfUnchanged(commit);
    },
  };
};
