import { later, secondsAfter } from '../identifiers.ts';
import { nextClockHour } from './clock-hour.ts';
import { limitsOf, TRIGGER_TYPES, type TriggerLimits } from './trigger-registry.ts';

/** How often one trigger may be put off; the sixth time it is dropped. */
export const MAX_DEFERRALS = 5;
/** How far ahead a trigger may be put off, in seconds (24 hours); what could run later only is dropped. */
export const MAX_DEFERRAL_SECONDS = 86_400;
/** At this share of actions that changed nothing, another decision is worth nothing. */
export const SATURATED = 1;

export interface CostGateInput {
  readonly trigger_type: string;
  /** ISO-8601 instant to decide by. */
  readonly now: string;
  /** How often this very trigger was put off already. */
  readonly deferred_times: number;
  /** What is left of a budget, in whatever unit the caller counts; undefined where none is kept. */
  readonly budget_remaining?: number | undefined;
  /** From 0 (every action counts) to 1 (another one changes nothing); undefined where nobody measures it. */
  readonly action_saturation_score?: number | undefined;
}

/** What is known of earlier triggers of the same type. Instants are ISO-8601. */
export interface DecisionRunState {
  /** When the last run for the account was allowed. */
  readonly last_allowed_at?: string | undefined;
  /** The newest trigger of the account that was put off: since when, and until when. */
  readonly waiting?: { readonly since: string; readonly until: string } | undefined;
  /** Runs within the present clock hour. */
  readonly account_runs_this_hour: number;
  readonly tenant_runs_this_hour: number;
}

export const DEFER_REASONS = ['COOLDOWN', 'ACCOUNT_HOURLY_LIMIT', 'TENANT_HOURLY_LIMIT'] as const;
export const SKIP_REASONS = [
  'UNKNOWN_TRIGGER_TYPE',
  'DUPLICATE',
  'TENANT_NOT_ACTIVE',
  'DEBOUNCE',
  'COOLDOWN',
  'BUDGET_EXHAUSTED',
  'MARGINAL_VALUE_LOW',
  'DEFERRED_TOO_OFTEN',
] as const;

export interface Allowed {
  readonly result: 'ALLOW';
  readonly reason: 'WITHIN_LIMITS';
  readonly explanation: string;
}

export interface Deferred {
  readonly result: 'DEFER';
  readonly reason: (typeof DEFER_REASONS)[number];
  readonly explanation: string;
  /** A whole second, since schedulers know no finer one. */
  readonly defer_until: string;
  /** From now until then, rounded up. */
  readonly retry_after_seconds: number;
}

export interface Skipped {
  readonly result: 'SKIP';
  readonly reason: (typeof SKIP_REASONS)[number];
  readonly explanation: string;
}

export type CostGateResult = Allowed | Deferred | Skipped;

/** A trigger that comes to nothing, and why, in words for people. */
export const skip = (reason: Skipped['reason'], explanation: string): Skipped => ({
  result: 'SKIP',
  reason,
  explanation,
});

const wholeSecondFrom = (instant: string): string =>
  new Date(Math.ceil(Date.parse(instant) / 1000) * 1000).toISOString();

const secondsBetween = (from: string, to: string): number =>
  Math.ceil((Date.parse(to) - Date.parse(from)) / 1000);

interface Obstacle {
  readonly reason: Deferred['reason'];
  readonly until: string;
  readonly explanation: string;
}

/** What no waiting would mend. */
const pointless = ({ budget_remaining, action_saturation_score }: CostGateInput): Skipped | undefined => {
  if (budget_remaining !== undefined && budget_remaining <= 0)
    return skip('BUDGET_EXHAUSTED', `Nothing is left of the budget (${budget_remaining})`);
  if (action_saturation_score !== undefined && action_saturation_score >= SATURATED)
    return skip(
      'MARGINAL_VALUE_LOW',
      `Another decision would change nothing: the action saturation is ${action_saturation_score}, and ${SATURATED} is the most`,
    );
  return undefined;
};

/** A trigger that waits already will see, when it runs, all that this one tells of; one that comes back covers nobody but itself. */
const covered = (
  { trigger_type, now, deferred_times }: CostGateInput,
  { waiting }: DecisionRunState,
  { debounce_seconds }: TriggerLimits,
): Skipped | undefined => {
  if (deferred_times > 0 || !waiting || waiting.until <= now) return undefined;
  if (now >= secondsAfter(waiting.since, debounce_seconds)) return undefined;
  return skip(
    'DEBOUNCE',
    `Another ${trigger_type} of the account came less than ${debounce_seconds} s ago and waits until ${waiting.until}; its run covers this one`,
  );
};

const coolingDown = (
  { trigger_type, now }: CostGateInput,
  { last_allowed_at }: DecisionRunState,
  { cooldown_seconds }: TriggerLimits,
): Obstacle | undefined => {
  const until = last_allowed_at && secondsAfter(last_allowed_at, cooldown_seconds);
  if (!until || until <= now) return undefined;
  const explanation = `The last run of ${trigger_type} for the account was at ${last_allowed_at}, and ${cooldown_seconds} s must lie between two`;
  return { reason: 'COOLDOWN', until, explanation };
};

const hourIsFull = (
  reason: Exclude<Deferred['reason'], 'COOLDOWN'>,
  whose: string,
  { trigger_type, now }: CostGateInput,
  [runs, most]: readonly [runs: number, most: number],
): Obstacle | undefined => {
  if (runs < most) return undefined;
  const explanation = `The ${whose} has had ${runs} runs of ${trigger_type} in this clock hour, and ${most} are the most`;
  return { reason, until: nextClockHour(now), explanation };
};

/** Everything that time alone will take away. */
const obstacles = (input: CostGateInput, state: DecisionRunState, limits: TriggerLimits): Obstacle[] =>
  [
    coolingDown(input, state, limits),
    hourIsFull('ACCOUNT_HOURLY_LIMIT', 'account', input, [
      state.account_runs_this_hour,
      limits.max_per_account_per_hour,
    ]),
    hourIsFull('TENANT_HOURLY_LIMIT', 'tenant', input, [
      state.tenant_runs_this_hour,
      limits.max_per_tenant_per_hour,
    ]),
  ].filter((obstacle) => obstacle !== undefined);

const putOff = ({ now, deferred_times }: CostGateInput, found: readonly Obstacle[]): Deferred | Skipped => {
  const [first] = found as [Obstacle, ...Obstacle[]];
  const defer_until = wholeSecondFrom(found.reduce((until, of) => later(until, of.until), first.until));
  const { reason, explanation } = first;
  const retry_after_seconds = secondsBetween(now, defer_until);
  // Only a cooldown lasts longer than a day; the ritual that has one will come again by itself.
  if (retry_after_seconds > MAX_DEFERRAL_SECONDS)
    return skip(
      'COOLDOWN',
      `${explanation}; ${defer_until} is more than ${MAX_DEFERRAL_SECONDS} s ahead, and nothing waits longer`,
    );
  if (deferred_times >= MAX_DEFERRALS)
    return skip('DEFERRED_TOO_OFTEN', `${explanation}; it was put off ${deferred_times} times already`);
  return { result: 'DEFER', reason, explanation, defer_until, retry_after_seconds };
};

/**
 * Whether a trigger is worth a decision now, later, or not at all. What it is told of earlier runs may be out of date by the time that
 * the run is granted; the grant checks the same limits again.
 */
export const evaluateCostGate = (input: CostGateInput, state: DecisionRunState): CostGateResult => {
  const limits = limitsOf(input.trigger_type);
  if (!limits)
    return skip(
      'UNKNOWN_TRIGGER_TYPE',
      `There is no trigger type ${JSON.stringify(input.trigger_type)}; there are ${TRIGGER_TYPES.join(', ')}`,
    );
  const found = obstacles(input, state, limits);
  return (
    pointless(input) ??
    covered(input, state, limits) ??
    (found.length > 0
      ? putOff(input, found)
      : {
          result: 'ALLOW',
          reason: 'WITHIN_LIMITS',
          explanation: `Nothing stands in the way of a run of ${input.trigger_type} for the account`,
        })
  );
};
