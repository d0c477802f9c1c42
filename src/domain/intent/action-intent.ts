import { v5 as uuidv5 } from 'uuid';
import * as z from 'zod';
import { identifier, instant, jsonObject, secondsAfter } from '../identifiers.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { proposalEstimate, RISK_LEVELS, riskTier } from '../policy/risk.ts';

export const INTENT_STATUSES = [
  'PENDING_APPROVAL',
  'APPROVED',
  'REJECTED',
  'CANCELLED',
  'EXPIRED',
  'SUPERSEDED',
] as const;
export type IntentStatus = (typeof INTENT_STATUSES)[number];

/** What a person made of a parameter; a side that is absent had no such parameter. */
const editedField = z.strictObject({
  field: z.string(),
  from: z.json().optional(),
  to: z.json().optional(),
});
export type EditedField = z.infer<typeof editedField>;

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
  /** Which edit of the attempt's intent this is; absent: the intent as it was dispatched. */
  revision: z.int().positive().optional(),
  /** The intent that this one stands in for, and what is other about it, by whose hand. */
  supersedes: z.string().optional(),
  edited_fields: z.array(editedField).optional(),
  edited_by: z.string().optional(),
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

/**
 * The same plan, step, attempt and revision always have the same intent, so that a repeated dispatch or edit cannot make a second one.
 *
 * @param revision 0 is the intent as it was dispatched.
 */
export const actionIntentId = (planId: string, stepId: string, attempt: number, revision = 0): string => {
  const key = attemptKey(planId, stepId, attempt);
  return uuidv5(revision === 0 ? key : `${key}#${revision}`, INTENT_NAMESPACE);
};

/** Id of the newest intent of a step, whatever has become of it; undefined before its first attempt. */
export const newestIntentId = (
  planId: string,
  { step_id, last_attempt, last_revision }: Pick<PlanStep, 'step_id' | 'last_attempt' | 'last_revision'>,
): string | undefined =>
  last_attempt === undefined ? undefined : actionIntentId(planId, step_id, last_attempt, last_revision);

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

export interface Revision {
  readonly attempt: number;
  readonly revision: number;
  readonly registry_version: number;
  /** All of them, as they are now. */
  readonly parameters: ActionIntent['parameters'];
  readonly edited_fields: readonly EditedField[];
  readonly supersedes: string;
  readonly edited_by: string;
}

/** The intent that stands in for the one in flight since a person edited it; it lapses when that one would have. */
export const revisedIntent = (
  plan: Plan,
  step: PlanStep,
  { attempt, revision, registry_version, parameters, edited_fields, supersedes, edited_by }: Revision,
  { since, now }: { readonly since: string; readonly now: string },
): ActionIntent => ({
  ...newActionIntent(plan, step, attempt, since, registry_version),
  action_intent_id: actionIntentId(plan.plan_id, step.step_id, attempt, revision),
  created_at: now,
  ...{ parameters, revision, supersedes, edited_by },
  edited_fields: [...edited_fields],
});
