import * as fc from 'fast-check';

export interface ScheduledPlan {
  readonly tenant: 0 | 1;
  readonly account: 0 | 1 | 2;
  readonly status: 'DRAFT' | 'APPROVED';
  readonly lifetimeMinutes: number;
  /** Types of its steps; a later step may depend on the one before. */
  readonly steps: readonly { readonly byItself: boolean; readonly afterPrevious: boolean }[];
}

export interface ScheduledCommand {
  readonly plan: number;
  readonly step: number;
  readonly by: 'ana' | 'ben';
  readonly do: (typeof COMMANDS)[number];
  /** Turns it lets pass before it begins. */
  readonly after: number;
}

export interface ScheduledCycle {
  readonly kind: 'SCHEDULED' | 'ONE_TENANT' | 'FORCED';
  readonly after: number;
}

/** What somebody changes of what may run by itself, while plans are under way. */
export interface ScheduledChange {
  readonly plan: number;
  /** The tenant's kill switch, the mode of the account, or its budget. */
  readonly do: 'STOP' | 'GO' | 'DISABLE' | 'ENABLE' | 'BUDGET';
  readonly budget: number;
  readonly after: number;
}

/** A small world, who acts in it at the same time, and how often something goes wrong. */
export interface Schedule {
  readonly plans: readonly ScheduledPlan[];
  readonly cycles: readonly ScheduledCycle[];
  readonly commands: readonly ScheduledCommand[];
  readonly changes: readonly ScheduledChange[];
  /** Begins shortly before midnight, so that the day changes on the way. */
  readonly late: boolean;
  /** How often, after that, two cycles run at the same time when the next plan is due. */
  readonly rounds: number;
  /** K of every cycle. */
  readonly maxPlansPerRun: number;
  /** Actions a day and account that need no person. */
  readonly budget: number;
  /** The same for all accounts of a tenant together. */
  readonly tenantBudget: number;
  /** Share of the calls of DynamoDB with which something goes wrong. */
  readonly faultRate: number;
  /** Share of the turns before which the clock moves. */
  readonly clockRate: number;
  /** Decides on everything that comes by chance. */
  readonly seed: number;
}

export const COMMANDS = [
  'approve_plan',
  'pause',
  'resume',
  'abort',
  'skip_step',
  'grant_attempt',
  'approve_intent',
  'reject_intent',
  'edit_intent',
  'edit_and_approve',
] as const;

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const SHORT_MINUTES = 3;
const MONTH_MINUTES = 30 * 24 * 60;

/** How far apart actors begin, in turns of their own. */
const MOST_TURNS_APART = 25;

const scheduledPlan: fc.Arbitrary<ScheduledPlan> = fc.record({
  tenant: oneOf<0 | 1>(0, 0, 0, 1),
  account: oneOf<0 | 1 | 2>(0, 1, 2),
  status: oneOf<'DRAFT' | 'APPROVED'>('APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'DRAFT'),
  lifetimeMinutes: oneOf(MONTH_MINUTES, MONTH_MINUTES, MONTH_MINUTES, MONTH_MINUTES, SHORT_MINUTES),
  steps: oneOf(1, 1, 1, 2, 3).chain((length) =>
    fc.array(fc.record({ byItself: oneOf(true, true, true, false), afterPrevious: fc.boolean() }), {
      minLength: length,
      maxLength: length,
    }),
  ),
});

const after = fc.nat(MOST_TURNS_APART);

const command: fc.Arbitrary<ScheduledCommand> = fc.record({
  plan: oneOf(0, 0, 1, 2),
  step: oneOf(0, 0, 1),
  by: oneOf<'ana' | 'ben'>('ben', 'ben', 'ben', 'ana'),
  do: oneOf(...COMMANDS),
  // Some come when steps already wait for somebody.
  after: fc.oneof(after, fc.integer({ min: MOST_TURNS_APART, max: 8 * MOST_TURNS_APART })),
});

const change: fc.Arbitrary<ScheduledChange> = fc.record({
  plan: oneOf(0, 0, 1),
  do: oneOf<ScheduledChange['do']>('STOP', 'STOP', 'GO', 'DISABLE', 'ENABLE', 'BUDGET'),
  budget: oneOf(0, 1, 2),
  after: fc.nat(2 * MOST_TURNS_APART),
});

const cycle: fc.Arbitrary<ScheduledCycle> = fc.record({
  kind: oneOf<ScheduledCycle['kind']>('SCHEDULED', 'ONE_TENANT', 'ONE_TENANT', 'FORCED'),
  after: fc.oneof(fc.constant(0), after),
});

const several = <T>(of: fc.Arbitrary<T>, ...lengths: readonly number[]): fc.Arbitrary<T[]> =>
  oneOf(...lengths).chain((length) => fc.array(of, { minLength: length, maxLength: length }));

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  plans: several(scheduledPlan, 1, 1, 1, 1, 2, 3),
  cycles: several(cycle, 2, 2, 2, 2, 3, 4),
  rounds: oneOf(0, 0, 0, 1, 2),
  commands: several(command, 0, 0, 1, 2, 4),
  changes: several(change, 0, 0, 1, 2, 3),
  late: oneOf(false, false, true),
  maxPlansPerRun: fc.integer({ min: 1, max: 3 }),
  budget: oneOf(9, 9, 9, 1),
  tenantBudget: oneOf(9, 2, 1),
  faultRate: oneOf(0, 0.03, 0.06),
  clockRate: oneOf(0, 0.03, 0.1),
  seed: fc.nat(),
});
