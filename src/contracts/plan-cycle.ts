import * as z from 'zod';
import { anyInstant, identifier, instant } from '../domain/identifiers.ts';

/** Input of the plan-cycle machine. The schedule sends `{}`; anything else is a backfill. */
export const planCycleInput = z.strictObject({
  /** Only these tenants. */
  tenant_ids: z.array(identifier).min(1).max(100).optional(),
  /** Only these plans. */
  plan_ids: z.array(identifier).min(1).max(100).optional(),
  /** The instant to judge by, instead of now. A future one needs `dry_run` or `force`. */
  as_of: anyInstant.optional(),
  /** Say what would be done and write nothing. */
  dry_run: z.boolean().optional(),
  /** Look at plans that are not due, too. */
  force: z.boolean().optional(),
});
export type PlanCycleInput = z.infer<typeof planCycleInput>;

const planKey = z.strictObject({ tenant_id: identifier, account_id: identifier, plan_id: identifier });

/** What every task of a cycle is told about the cycle. */
export const cycle = z.strictObject({
  /** ARN of the execution; the orchestrator's name in the ledger. */
  cycle_id: z.string(),
  opened_at: instant,
  as_of: instant.nullable(),
  dry_run: z.boolean(),
  force: z.boolean(),
  tenant_ids: z.array(identifier).nullable(),
  plans: z.array(planKey).nullable(),
  /** K: plans per tenant and cycle, for each of the two lists. */
  max_plans_per_run: z.int().positive(),
  /** Plans of a tenant worked on at once. */
  max_concurrency: z.int().positive(),
  /** Null for a backfill, which takes no lease. */
  fencing_token: z.int().positive().nullable(),
});
export type Cycle = z.infer<typeof cycle>;

export const openCycleInput = z.strictObject({ execution_id: z.string(), input: planCycleInput });

/** Either the opened cycle, or who holds the lease that keeps it from opening. */
export type OpenCycleOutput =
  | { readonly opened: true; readonly cycle: Cycle }
  | { readonly opened: false; readonly held_by: string; readonly until: string };

const plansOfTenant = z.strictObject({
  tenant_id: identifier,
  plans: z.array(z.strictObject({ account_id: identifier, plan_id: identifier })),
});
export type PlansOfTenant = z.infer<typeof plansOfTenant>;

/** What came of one plan in a cycle. */
export const planResult = z.strictObject({
  tenant_id: z.string(),
  plan_id: z.string(),
  activated: z.boolean(),
  started: z.boolean(),
  completed: z.boolean(),
  completed_by_repair: z.boolean(),
  expired: z.boolean(),
  expired_at_activation: z.boolean(),
  error: z.string().nullable(),
  /** What was done, in words, in order; nulls are states that were passed by. */
  effects: z.array(z.string().nullable()),
});
export type PlanResult = z.infer<typeof planResult>;

/** What came of one tenant: its plans, or the error that kept all of them from being looked at. */
export const tenantResult = z.strictObject({
  tenant_id: z.string(),
  plans: z.array(planResult),
  error: z.string().nullable(),
});
export type TenantResult = z.infer<typeof tenantResult>;

/**
 * The results of a page. A child execution that failed stands among them as its description, which is no result: it is left out here, and
 * its tenant is missed.
 */
const tenantResults = z
  .array(z.unknown())
  .transform((items) => items.flatMap((item) => tenantResult.safeParse(item).data ?? []));

const failure = z.strictObject({ tenant_id: z.string(), plan_id: z.string().nullable(), error: z.string() });
const planEffects = z.strictObject({
  tenant_id: z.string(),
  plan_id: z.string(),
  effects: z.array(z.string()),
});

/** Sums over the pages of a cycle. The two lists are bounded; the counts are not. */
export const totals = z.strictObject({
  tenants: z.int(),
  activated: z.int(),
  stepsStarted: z.int(),
  completed: z.int(),
  expired: z.int(),
  failed: z.int(),
  failures: z.array(failure),
  plans: z.array(planEffects),
});
export type Totals = z.infer<typeof totals>;

export const enumerateTenantsInput = z.strictObject({
  cycle,
  /** Tenant after which to go on; null at the start. */
  cursor: z.string().nullable(),
  totals: totals.nullable(),
  /** The tenants of the page before, and what came of them. */
  tenants: z.array(plansOfTenant),
  results: tenantResults,
});
export interface EnumerateTenantsOutput {
  readonly tenants: readonly PlansOfTenant[];
  readonly cursor: string | null;
  readonly totals: Totals;
}

export const enumeratePlansInput = z.strictObject({ cycle, tenant: plansOfTenant });

/** One plan on its way through a cycle. */
export const planItem = z.strictObject({
  tenant_id: identifier,
  account_id: identifier,
  plan_id: identifier,
  list: z.enum(['APPROVED', 'LIVE', 'INVALID']),
  /** Whether an APPROVED plan, once ACTIVE, may start its first step in this cycle, too. */
  advance_when_active: z.boolean(),
  error: z.string().nullable(),
});
export type PlanItem = z.infer<typeof planItem>;
export interface EnumeratePlansOutput {
  readonly plans: readonly PlanItem[];
}

export const planTaskInput = z.strictObject({ cycle, plan: planItem });
export const stepTaskInput = z.strictObject({ cycle, plan: planItem, step_id: identifier });

export const postponePlanInput = z.strictObject({
  cycle,
  plan: planItem,
  /** What the Catch of the failed state gave. */
  error: z.object({ Error: z.string(), Cause: z.string().optional() }),
});

export interface ActivatePlanOutput {
  readonly activated: boolean;
  readonly expired: boolean;
  /** Whether to go on with the plan's first step now. */
  readonly advance: boolean;
  readonly effect: string;
}

export interface EvaluatePlanOutput {
  readonly move: 'DISPATCH' | 'DECIDE' | 'REPAIR' | 'COMPENSATE' | 'NONE';
  readonly step_id: string | null;
  readonly action_intent_id: string | null;
  readonly completed: boolean;
  readonly expired: boolean;
  readonly effect: string;
}

export interface DispatchStepOutput {
  /** False when another dispatcher was first, or the step has no attempts left. */
  readonly claimed: boolean;
  readonly action_intent_id: string | null;
  readonly effect: string;
}

export interface RepairStepOutput {
  readonly completed: boolean;
  readonly effect: string;
}

/** Input of the autonomy gate. */
export const decideApprovalInput = z.strictObject({
  tenant_id: identifier,
  account_id: identifier,
  action_intent_id: z.string(),
});

export interface DecideApprovalOutput {
  readonly result: 'AUTO_EXECUTED' | 'REQUIRE_APPROVAL' | 'BLOCKED';
  readonly reason: string | null;
  readonly action_intent_id: string;
  /** The intent had been approved before, and was only published again. */
  readonly already_published: boolean;
  readonly policy_version: string;
  /** The clause of the policy that decided; null when that was not kept. */
  readonly policy_clause: string | null;
  /** What the clause saw, for people. */
  readonly explanation: string;
  readonly effect: string;
}

export const closeCycleInput = z.strictObject({
  cycle,
  totals: totals.nullable(),
  /** The tenants of the page before, and what came of them. */
  tenants: z.array(plansOfTenant),
  results: tenantResults,
  /** Why the enumeration stopped early; null when it came to its end. */
  error: z.string().nullable(),
});
export interface CloseCycleOutput extends Totals {
  readonly at: string;
  readonly dry_run: boolean;
  readonly succeeded: boolean;
  /** The result as text, the cause of a failed execution. */
  readonly summary: string;
}
