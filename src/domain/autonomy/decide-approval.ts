import { atLeast, type RiskLevel } from '../policy/risk.ts';

export const AUTONOMY_MODES = ['DISABLED', 'PROPOSE_ONLY', 'APPROVAL_REQUIRED', 'AUTO_EXECUTE'] as const;
export type AutonomyMode = (typeof AUTONOMY_MODES)[number];

export const POLICY_VERSION = 'AutoApprovalPolicyV1';

/** Everything that the gate knows of an account's autonomy when it decides; what is missing was never configured. */
export interface AutonomyFacts {
  readonly allowlists: {
    readonly account?: readonly string[] | undefined;
    readonly tenant?: readonly string[] | undefined;
  };
  readonly modes: {
    readonly account_type?: AutonomyMode | undefined;
    readonly tenant_type?: AutonomyMode | undefined;
    readonly account_default?: AutonomyMode | undefined;
    readonly tenant_default?: AutonomyMode | undefined;
  };
  /** Autonomous actions a UTC day; undefined when the account has no budget row, which means none. */
  readonly max_autonomous_per_day?: number | undefined;
  /** Autonomous actions already counted today. */
  readonly spent_today: number;
}

export type ApprovalDecision =
  | { readonly result: 'AUTO_EXECUTED'; readonly max_autonomous_per_day: number }
  | { readonly result: 'REQUIRE_APPROVAL'; readonly reason: string };

const MODE_REASONS: Readonly<Record<Exclude<AutonomyMode, 'AUTO_EXECUTE'>, string>> = {
  DISABLED: 'ACTION_TYPE_DISABLED',
  PROPOSE_ONLY: 'PROPOSE_ONLY',
  APPROVAL_REQUIRED: 'TENANT_POLICY',
};

/** The mode in force: account and type, tenant and type, account default, tenant default, else APPROVAL_REQUIRED. */
export const effectiveMode = ({ modes }: Pick<AutonomyFacts, 'modes'>): AutonomyMode =>
  modes.account_type ??
  modes.tenant_type ??
  modes.account_default ??
  modes.tenant_default ??
  'APPROVAL_REQUIRED';

const allowlisted = (
  actionType: string,
  { account = [], tenant = [] }: AutonomyFacts['allowlists'],
): boolean => (account.length > 0 ? account : tenant).includes(actionType);

const refusal = (
  action: { readonly action_type: string; readonly risk_level: RiskLevel },
  facts: AutonomyFacts,
): string | undefined => {
  if (!allowlisted(action.action_type, facts.allowlists)) return 'ACTION_TYPE_NOT_ALLOWLISTED';
  const mode = effectiveMode(facts);
  if (mode !== 'AUTO_EXECUTE') return MODE_REASONS[mode];
  return atLeast(action.risk_level, 'MEDIUM') ? 'RISK_LEVEL_HIGH' : undefined;
};

/** Whether the policy may approve an action by itself. A person is asked unless everything says otherwise. */
export const decideApproval = (
  action: { readonly action_type: string; readonly risk_level: RiskLevel },
  facts: AutonomyFacts,
): ApprovalDecision => {
  const { max_autonomous_per_day = 0, spent_today } = facts;
  const reason = refusal(action, facts);
  if (reason !== undefined) return { result: 'REQUIRE_APPROVAL', reason };
  if (spent_today >= max_autonomous_per_day) return { result: 'REQUIRE_APPROVAL', reason: 'BUDGET_EXCEEDED' };
  return { result: 'AUTO_EXECUTED', max_autonomous_per_day };
};
