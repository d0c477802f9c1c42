import type { IntentStatus } from '../intent/action-intent.ts';
import { atLeast, estimatedRisk, type RiskLevel, riskTier } from '../policy/risk.ts';
import { type AutonomyMode, type ConfiguredModes, effectiveMode } from './autonomy-mode.ts';
import { type BudgetSpend, type Budgets, checkBudgets } from './budget.ts';

export const POLICY_VERSION = 'AutoApprovalPolicyV1';

/** From this risk on a person is asked. */
export const RISK_NEEDS_A_PERSON: RiskLevel = 'MEDIUM';

/** A proposal that trusts itself less than this is shown to a person. */
export const MIN_CONFIDENCE = 0.7;

/** What the policy measures an action by. */
export interface PolicySettings {
  readonly risk_needs_a_person: RiskLevel;
  /** 0 to 1. */
  readonly min_confidence: number;
  readonly tierOf: (actionType: string) => RiskLevel;
}

export const SETTINGS_IN_FORCE: PolicySettings = {
  risk_needs_a_person: RISK_NEEDS_A_PERSON,
  min_confidence: MIN_CONFIDENCE,
  tierOf: riskTier,
};

/** The action that somebody wants to have approved. */
export interface GatedAction {
  readonly action_type: string;
  readonly status: IntentStatus;
  readonly expires_at: string;
  /** What the proposal thinks of its own risk; it can raise the policy's tier and never lower it. */
  readonly risk_estimate?: string | undefined;
  /** 0 to 1; absent when no model had a hand in it. */
  readonly confidence_score?: number | undefined;
}

/** Everything that the gate knows when it decides; what is missing was never configured. */
export interface AutonomyFacts {
  /** Undefined when there is no such tenant. */
  readonly tenant_status: 'active' | 'suspended' | 'deleted' | undefined;
  /** The kill switch that stops the action, in words. */
  readonly stopped_by: string | undefined;
  readonly allowlists: {
    readonly account?: readonly string[] | undefined;
    readonly tenant?: readonly string[] | undefined;
  };
  readonly modes: ConfiguredModes;
  /** Day that the budgets are of. */
  readonly day: string;
  readonly budgets: Budgets;
}

/** The clauses of the policy, in the order in which they are asked; the first that says no decides. */
export const POLICY_CLAUSES = [
  'TENANT_IS_ACTIVE',
  'NO_KILL_SWITCH',
  'INTENT_IS_OPEN',
  'TYPE_IS_ALLOWLISTED',
  'MODE_IS_AUTO_EXECUTE',
  'RISK_IS_LOW',
  'CONFIDENCE_IS_HIGH',
  'BUDGET_HAS_ROOM',
  'AUTO_EXECUTE_ALLOWED',
] as const;
export type PolicyClause = (typeof POLICY_CLAUSES)[number];

interface Said {
  readonly policy_clause: PolicyClause;
  /** For people: what the clause saw. */
  readonly explanation: string;
}

export type GateDecision = Said &
  (
    | { readonly result: 'AUTO_EXECUTED'; readonly spend: BudgetSpend }
    /** A person may approve it. */
    | { readonly result: 'REQUIRE_APPROVAL'; readonly reason: string }
    /** Nobody may, until what blocks it has changed. */
    | { readonly result: 'BLOCKED'; readonly reason: string }
  );
type Refusal = Exclude<GateDecision, { result: 'AUTO_EXECUTED' }>;

const refusal =
  (result: Refusal['result']) =>
  (policy_clause: PolicyClause, reason: string, explanation: string): Refusal => ({
    ...{ result, reason, policy_clause, explanation },
  });
const blocked = refusal('BLOCKED');
const askAPerson = refusal('REQUIRE_APPROVAL');

/** The risk that counts: the policy's tier, or the proposal's own estimate where that is higher. */
export const countedRisk = (
  { action_type, risk_estimate }: GatedAction,
  { tierOf } = SETTINGS_IN_FORCE,
): RiskLevel => {
  const tier = tierOf(action_type);
  if (risk_estimate === undefined) return tier;
  const estimate = estimatedRisk(risk_estimate);
  return atLeast(estimate, tier) ? estimate : tier;
};

const MODE_REASONS: Readonly<Record<Exclude<AutonomyMode, 'AUTO_EXECUTE'>, string>> = {
  DISABLED: 'ACTION_TYPE_DISABLED',
  PROPOSE_ONLY: 'PROPOSE_ONLY',
  APPROVAL_REQUIRED: 'TENANT_POLICY',
};

const standing = (action: GatedAction, { tenant_status, stopped_by }: AutonomyFacts, now: string) => {
  if (tenant_status !== 'active')
    return blocked('TENANT_IS_ACTIVE', 'TENANT_NOT_ACTIVE', `the tenant is ${tenant_status ?? 'unknown'}`);
  if (stopped_by !== undefined)
    return blocked('NO_KILL_SWITCH', 'KILL_SWITCH_ENABLED', `${stopped_by} stops ${action.action_type}`);
  if (action.status !== 'PENDING_APPROVAL' && action.status !== 'APPROVED')
    return blocked('INTENT_IS_OPEN', 'INTENT_NOT_OPEN', `the intent is ${action.status}`);
  if (action.expires_at <= now)
    return blocked('INTENT_IS_OPEN', 'INTENT_EXPIRED', `the intent has lapsed at ${action.expires_at}`);
  return undefined;
};

const byMode = ({ action_type }: GatedAction, { modes }: AutonomyFacts): Refusal | undefined => {
  const { mode, decided_by } = effectiveMode(modes);
  if (mode === 'AUTO_EXECUTE') return undefined;
  const says = mode === 'DISABLED' ? blocked : askAPerson;
  const why = decided_by ? `${decided_by.level} is ${mode}` : 'no mode is configured';
  return says('MODE_IS_AUTO_EXECUTE', MODE_REASONS[mode], `${action_type}: ${why}`);
};

const byConfiguration = (action: GatedAction, facts: AutonomyFacts): Refusal | undefined => {
  const { account = [], tenant = [] } = facts.allowlists;
  const [allowed, whose] = account.length > 0 ? [account, 'account'] : [tenant, 'tenant'];
  if (!allowed.includes(action.action_type)) {
    const explanation = `${action.action_type} is not on the ${whose}'s allowlist`;
    return askAPerson('TYPE_IS_ALLOWLISTED', 'ACTION_TYPE_NOT_ALLOWLISTED', explanation);
  }
  return byMode(action, facts);
};

const byRisk = (action: GatedAction, settings: PolicySettings): Refusal | undefined => {
  const { risk_needs_a_person, min_confidence } = settings;
  const risk = countedRisk(action, settings);
  if (atLeast(risk, risk_needs_a_person)) {
    const said = action.risk_estimate === undefined ? '' : ` (its proposal says ${action.risk_estimate})`;
    return askAPerson('RISK_IS_LOW', 'RISK_LEVEL_HIGH', `${action.action_type} is of ${risk} risk${said}`);
  }
  const { confidence_score: confidence } = action;
  if (confidence === undefined || confidence >= min_confidence) return undefined;
  const explanation = `the confidence of ${confidence} is below ${min_confidence}`;
  return askAPerson('CONFIDENCE_IS_HIGH', 'CONFIDENCE_BELOW_THRESHOLD', explanation);
};

/** Whether the policy approves an action by itself. Unless everything says so, a person is asked, or it is blocked for now. */
export const decideApproval = (
  action: GatedAction,
  facts: AutonomyFacts,
  now: string,
  settings: PolicySettings = SETTINGS_IN_FORCE,
): GateDecision => {
  const refused = standing(action, facts, now) ?? byConfiguration(action, facts) ?? byRisk(action, settings);
  if (refused) return refused;
  const budget = checkBudgets(facts.budgets, action.action_type);
  if (!budget.ok) return askAPerson('BUDGET_HAS_ROOM', 'BUDGET_EXCEEDED', budget.what);
  return {
    result: 'AUTO_EXECUTED',
    policy_clause: 'AUTO_EXECUTE_ALLOWED',
    explanation: `${action.action_type} of ${countedRisk(action, settings)} risk may run by itself, within the budget of ${facts.day}`,
    spend: { day: facts.day, counters: [...budget.counters] },
  };
};
