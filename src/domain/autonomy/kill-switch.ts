import * as z from 'zod';

/** Where a kill switch stands. */
export const killSwitch = z.object({
  /** Stops everything. */
  stopped: z.boolean(),
  /** Types that are stopped even when the rest is not. */
  disabled_action_types: z.array(z.string()).default([]),
});
export type KillSwitch = z.infer<typeof killSwitch>;

/** Nobody has turned it. */
export const OPEN_SWITCH: KillSwitch = { stopped: false, disabled_action_types: [] };

/** One that cannot be read might stop anything, so it does. */
export const UNREADABLE_SWITCH: KillSwitch = { stopped: true, disabled_action_types: [] };
