/** What may ask for a decision on an account. */
export const TRIGGER_TYPES = [
  'SIGNAL_ARRIVED',
  'LIFECYCLE_STATE_CHANGE',
  'POSTURE_CHANGE',
  'TIME_RITUAL_DAILY_BRIEF',
  'TIME_RITUAL_WEEKLY_REVIEW',
  'TIME_RITUAL_RENEWAL_RUNWAY',
] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

/** How often triggers of one type may run. Each type is held by itself: a daily brief does not keep a signal waiting. */
export interface TriggerLimits {
  /** While a trigger waits, others that come within so many seconds of it are covered by its run. */
  readonly debounce_seconds: number;
  /** Least time between two runs for an account. */
  readonly cooldown_seconds: number;
  /** Most runs for an account within one clock hour (UTC). */
  readonly max_per_account_per_hour: number;
  /** Most runs for all accounts of a tenant within one clock hour (UTC). */
  readonly max_per_tenant_per_hour: number;
}

/**
 * Five runs a minute. A tenant's thousand accounts, all triggered at once, are through within four hours, and a trigger that gets out
 * of hand costs no more than this.
 */
export const MAX_PER_TENANT_PER_HOUR = 300;

const MINUTE = 60;
const DAY = 86_400;

const limits = (
  debounce_seconds: number,
  cooldown_seconds: number,
  max_per_account_per_hour: number,
): TriggerLimits => ({
  debounce_seconds,
  cooldown_seconds,
  max_per_account_per_hour,
  max_per_tenant_per_hour: MAX_PER_TENANT_PER_HOUR,
});

const REGISTRY: Readonly<Record<TriggerType, TriggerLimits>> = {
  SIGNAL_ARRIVED: limits(MINUTE, 5 * MINUTE, 12),
  LIFECYCLE_STATE_CHANGE: limits(2 * MINUTE, 10 * MINUTE, 6),
  POSTURE_CHANGE: limits(2 * MINUTE, 10 * MINUTE, 6),
  TIME_RITUAL_DAILY_BRIEF: limits(0, DAY, 1),
  TIME_RITUAL_WEEKLY_REVIEW: limits(0, 7 * DAY, 1),
  TIME_RITUAL_RENEWAL_RUNWAY: limits(0, DAY, 2),
};

/** The limits of a trigger type; undefined for a type that there is not. */
export const limitsOf = (triggerType: string): TriggerLimits | undefined =>
  TRIGGER_TYPES.some((known) => known === triggerType) ? REGISTRY[triggerType as TriggerType] : undefined;
