import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import { identifier, instant, jsonObject, secondsAfter } from '../identifiers.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { proposalEstimate, RISK_LEVELS, riskTier } from '../policy/risk.ts';

export const INTENT_STATUSES = ['PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'CANCELLED', 'EXPIRED'] as const;
export type IntentStatus = (typeof INTENT_STATUSES)[number];

/** ActionIntentV1: one attempt at one step of a plan, to be approved and then executed once. */
export const actionIntent = z.strictObject({
  action_intent_id: z.string(),
  action_type: z.string(),
  target: z.strictObject({ entity_type: z.literal('ACCOUNT'), entity_id: identifier }),
  parameters: jsonObject,
  status: z.enum(INTENT_STATUSES),
  tenant_id: identifier,
  account_id: identifier,
  plan_id: identifier,
  step_id: identifier,
  attempt: z.int().positive(),
  registry_version: z.int().positive(),
  risk_level: z.enum(RISK_LEVELS),
  ...proposalEstimate,
  original_decision_id: z.string(),
  trace_id: z.string(),
  created_at: instant,
  expires_at: instant,
  expires_at_epoch: z.int(),
  approved_by: z.string().optional(),
  approval_timestamp: instant.optional(),
  approval_source: z.enum(['HUMAN', 'POLICY']).optional(),
});
export type ActionIntent = z.infer<typeof actionIntent>;

/** Namespace of the name-based ids (RFC 9562, version 5) of action intents. */
const INTENT_NAMESPACE = '3f2b6a1e-7c54-5d0b-9a43-0c6d1f0e8b52';

const DAY_SECONDS = 86_400;
const LIFETIME_DAYS: ReadonlyMap<string, number> = new Map([['REQUEST_RENEWAL_MEETING', 7]]);
const DEFAULT_LIFETIME_DAYS = 30;
const FIRST_REGISTRY_VERSION = 1;

export const attemptKey = (planId: string, stepId: string, attempt: number): string =>
  `${planId}#${stepId}#${attempt}`;

/** The same plan, step and attempt always have the same intent, so that a repeated dispatch cannot make a second one. */
export const actionIntentId = (planId: string, stepId: string, attempt: number): string =>
  uuidv5(attemptKey(planId, stepId, attempt), INTENT_NAMESPACE);

/** When an intent made at `now` lapses: the action type's lifetime, but never later than the plan. */
export const intentExpiry = (plan: Pick<Plan, 'expires_at'>, actionType: string, now: string): string => {
  const lapses = secondsAfter(now, (LIFETIME_DAYS.get(actionType) ?? DEFAULT_LIFETIME_DAYS) * DAY_SECONDS);
  return lapses < plan.expires_at ? lapses : plan.expires_at;
};

/** The intent of a step's attempt, by a version of its action type; nobody has approved it yet. */
export const newActionIntent = (
  plan: Plan,
  step: PlanStep,
  attempt: number,
  now: string,
  registry_version = FIRST_REGISTRY_VERSION,
): ActionIntent => {
  const { plan_id, tenant_id, account_id } = plan;
  const { step_id, action_type, risk_estimate, confidence_score } = step;
  const id = actionIntentId(plan_id, step_id, attempt);
  const expires_at = intentExpiry(plan, action_type, now);
  return {
    action_intent_id: id,
    action_type,
    target: { entity_type: 'ACCOUNT', entity_id: account_id },
    parameters: step.constraints ?? {},
    status: 'PENDING_APPROVAL',
    tenant_id,
    account_id,
    plan_id,
    step_id,
    attempt,
    registry_version,
    risk_level: riskTier(action_type),
    ...(risk_estimate !== undefined && { risk_estimate }),
    ...(confidence_score !== undefined && { confidence_score }),
    original_decision_id: attemptKey(plan_id, step_id, attempt),
    trace_id: id,
    created_at: now,
    expires_at,
    expires_at_epoch: Math.floor(Date.parse(expires_at) / 1000),
  };
};
