import type { Scenario } from '../scenario/scenario.ts';

const moved = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

/** The same scenario with all its instants moved by some milliseconds. */
export const shiftScenario = (scenario: Scenario, shiftMs: number): Scenario => ({
  ...scenario,
  start: moved(scenario.start, shiftMs),
  until: moved(scenario.until, shiftMs),
  plans: scenario.plans.map((plan) => ({
    ...plan,
    ...(plan.expires_at !== undefined && { expires_at: moved(plan.expires_at, shiftMs) }),
  })),
  commands: scenario.commands.map((command) => ({ ...command, at: moved(command.at, shiftMs) })),
});
