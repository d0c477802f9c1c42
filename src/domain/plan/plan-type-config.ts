/** What a plan type allows, and the numbers its plans run by. */
export interface PlanTypeConfig {
  readonly plan_type: string;
  readonly allowed_step_action_types: readonly string[];
  /** Recommended order of action types; it binds relative order only, types may be left out or repeated. */
  readonly default_sequence: readonly string[];
  readonly objective_template: string;
  readonly expires_at_days_from_creation: number;
  /** Attempts in all, the first one included. */
  readonly max_retries_per_step: number;
  /** Wait before the second attempt, in seconds; it doubles with every further one. */
  readonly retry_backoff_seconds: number;
  /** Signals that mean that the objective is reached, whatever steps are left. */
  readonly objective_met_signals: readonly string[];
  /** Action types in which a person of the customer is met. */
  readonly human_touch_action_types: readonly string[];
}

const RENEWAL_DEFENSE: PlanTypeConfig = {
  plan_type: 'RENEWAL_DEFENSE',
  allowed_step_action_types: ['REQUEST_RENEWAL_MEETING', 'PREP_RENEWAL_BRIEF', 'ESCALATE_SUPPORT_RISK'],
  default_sequence: ['REQUEST_RENEWAL_MEETING', 'PREP_RENEWAL_BRIEF', 'ESCALATE_SUPPORT_RISK'],
  objective_template: 'Secure the renewal before day -30',
  expires_at_days_from_creation: 30,
  max_retries_per_step: 3,
  retry_backoff_seconds: 60,
  objective_met_signals: ['RENEWAL_SECURED'],
  human_touch_action_types: ['REQUEST_RENEWAL_MEETING'],
};

const PLAN_TYPES: ReadonlyMap<string, PlanTypeConfig> = new Map([
  [RENEWAL_DEFENSE.plan_type, RENEWAL_DEFENSE],
]);

export const planTypes = (): string[] => [...PLAN_TYPES.keys()];

/** The configuration of a plan type, or null for a type that does not exist. */
export const getPlanTypeConfig = (planType: string): PlanTypeConfig | null =>
  PLAN_TYPES.get(planType) ?? null;
