export const POLICY_REASON_CODES = [
  'CONFLICT_ACTIVE_PLAN',
  'PRECONDITIONS_UNMET',
  'RISK_ELEVATED',
  'INVALID_PLAN_TYPE',
  'STEP_ORDER_VIOLATION',
  'HUMAN_TOUCH_REQUIRED',
] as const;
export type PolicyReasonCode = (typeof POLICY_REASON_CODES)[number];

/** Why the policy gate says no: a stable code, what it is about (a step, another plan), and a sentence for people. */
export interface PolicyReason {
  readonly code: PolicyReasonCode;
  readonly subject?: string;
  readonly message: string;
}
