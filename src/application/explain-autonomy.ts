import { type AutonomyFacts, decideApproval, type GateDecision } from '../domain/autonomy/approval-gate.ts';
import {
  type EffectiveMode,
  effectiveMode,
  MODE_LEVELS,
  type ModeLevel,
} from '../domain/autonomy/autonomy-mode.ts';
import type { BudgetLevel, BudgetLimits } from '../domain/autonomy/budget.ts';
import { type ConfigRow, DEFAULT_TYPE, type StandingConfig } from '../domain/autonomy/config-change.ts';
import { secondsAfter } from '../domain/identifiers.ts';
import { type RiskLevel, riskTier } from '../domain/policy/risk.ts';
import { type AutonomyFactsDeps, autonomyFacts } from './autonomy-facts.ts';
import type { Clock } from './clock.ts';
import { ValidationError } from './errors.ts';
import type { AutonomyConfigStore, BudgetDay } from './ports/configuration.ts';
import type { Scope } from './ports/scope.ts';

export interface ExplainAutonomyDeps extends AutonomyFactsDeps {
  readonly clock: Clock;
  readonly configs: AutonomyConfigStore;
}

export interface ExplainAutonomyInput extends Scope {
  readonly action_type: string;
}

/** A budget, what was taken from it today, and what is left; nothing is left below zero. */
export interface ExplainedBudget {
  readonly level: BudgetLevel;
  readonly standing: StandingConfig;
  /** Undefined when the level has no budget. */
  readonly limits: BudgetLimits | undefined;
  readonly taken: number;
  readonly taken_of_type: number;
  /** Of an account: what was carried out. */
  readonly settled: number | undefined;
  /** Undefined when nothing bounds it. */
  readonly left: number | undefined;
  readonly left_of_type: number | undefined;
}

/** Why an action of a type would, or would not, run by itself for an account now. */
export interface AutonomyExplanation extends ExplainAutonomyInput {
  readonly now: string;
  /** YYYY-MM-DD in the tenant's time zone. */
  readonly day: string;
  readonly time_zone: string;
  readonly tenant_status: AutonomyFacts['tenant_status'];
  readonly risk: RiskLevel;
  readonly mode: EffectiveMode;
  readonly modes: readonly { readonly level: ModeLevel; readonly standing: StandingConfig }[];
  readonly allowlists: {
    /** The one that counts: an account's, unless it is empty or absent. */
    readonly counts: 'ACCOUNT' | 'TENANT';
    readonly account: StandingConfig;
    readonly tenant: StandingConfig;
    readonly allowed: boolean;
  };
  readonly budgets: readonly ExplainedBudget[];
  readonly kill_switches: {
    readonly all: StandingConfig;
    readonly tenant: StandingConfig;
    /** The one that stops the action, in words. */
    readonly stopped_by: string | undefined;
  };
  /** What the gate would say of an action without estimates. */
  readonly gate: GateDecision;
}

const modeRow = (
  { tenant_id, account_id, action_type }: ExplainAutonomyInput,
  level: ModeLevel,
): ConfigRow => ({
  ...{ kind: 'MODE', tenant_id },
  ...(level.startsWith('account') && { account_id }),
  ...(level.endsWith('type') && { action_type }),
});

/** Every row that has a say, read at once. */
const standingRows = async (configs: AutonomyConfigStore, input: ExplainAutonomyInput) => {
  const { tenant_id, account_id } = input;
  const [account, tenant] = [{ tenant_id, account_id }, { tenant_id }];
  const others: ConfigRow[] = [
    { kind: 'ALLOWLIST', ...account },
    { kind: 'ALLOWLIST', ...tenant },
    { kind: 'BUDGET', ...account },
    { kind: 'BUDGET', ...tenant },
    { kind: 'KILL_SWITCH' },
    { kind: 'KILL_SWITCH', ...tenant },
  ];
  const rows = await configs.read([...others, ...MODE_LEVELS.map((level) => modeRow(input, level))]);
  const [allowlist, tenantAllowlist, budget, tenantBudget, all, own, ...modes] = rows as [
    ...[StandingConfig, StandingConfig, StandingConfig, StandingConfig],
    ...[StandingConfig, StandingConfig, ...StandingConfig[]],
  ];
  return {
    modes: modes.map((standing, index) => ({ level: MODE_LEVELS[index] as ModeLevel, standing })),
    allowlists: { account: allowlist, tenant: tenantAllowlist },
    budgets: { account: budget, tenant: tenantBudget },
    switches: { all, tenant: own },
  };
};

/** Which allowlist counts, and whether it has the type. */
const allowance = ({ account = [], tenant = [] }: AutonomyFacts['allowlists'], type: string) =>
  account.length > 0
    ? ({ counts: 'ACCOUNT', allowed: account.includes(type) } as const)
    : ({ counts: 'TENANT', allowed: tenant.includes(type) } as const);

const budgetOf = (
  level: BudgetLevel,
  standing: StandingConfig,
  limits: BudgetLimits | undefined,
  spent: BudgetDay,
  type: string,
): ExplainedBudget => {
  const { taken, of_types, settled } = spent;
  const ofType = limits?.max_per_action_type ?? {};
  const taken_of_type = of_types[type] ?? 0;
  const max = limits?.max_autonomous_per_day;
  const max_of_type = Object.hasOwn(ofType, type) ? ofType[type] : undefined;
  const left = (cap: number | undefined, used: number) =>
    cap === undefined ? undefined : Math.max(0, cap - used);
  return {
    ...{ level, standing, limits, taken, taken_of_type },
    settled: level === 'ACCOUNT' ? settled : undefined,
    ...{ left: left(max, taken), left_of_type: left(max_of_type, taken_of_type) },
  };
};

/** Far enough away, in seconds, that the action has not lapsed. */
const NOT_LAPSED_SECONDS = 1;

const gateOf = (facts: AutonomyFacts, action_type: string, now: string): GateDecision => {
  const expires_at = secondsAfter(now, NOT_LAPSED_SECONDS);
  return decideApproval({ action_type, status: 'PENDING_APPROVAL', expires_at }, facts, now);
};

/**
 * What is configured for an action type of an account, which of it counts, and what the gate would say now. Its parts are read one after
 * another, so that a change or an approval in between may show in some of them.
 *
 * @throws ValidationError when the action type is the name that stands for all of them.
 */
export const explainAutonomy = async (
  deps: ExplainAutonomyDeps,
  input: ExplainAutonomyInput,
): Promise<AutonomyExplanation> => {
  const { clock, configs } = deps;
  const { tenant_id, action_type } = input;
  if (action_type === DEFAULT_TYPE)
    throw new ValidationError(`action_type: "${action_type}": is a reserved name`);
  const now = clock.now().toISOString();
  const { facts, tenant } = await autonomyFacts(deps, input, now);
  const { day, tenant_status, stopped_by } = facts;
  const [rows, ofAccount, ofTenant] = await Promise.all([
    standingRows(configs, input),
    configs.budgetDay(input, 'ACCOUNT', day),
    configs.budgetDay(input, 'TENANT', day),
  ]);
  const { account, tenant: wholeTenant } = facts.budgets;
  return {
    ...{ tenant_id, account_id: input.account_id, action_type },
    ...{ now, day, time_zone: tenant?.timezone ?? 'UTC', tenant_status },
    risk: riskTier(action_type),
    mode: effectiveMode(facts.modes),
    modes: rows.modes,
    allowlists: { ...rows.allowlists, ...allowance(facts.allowlists, action_type) },
    budgets: [
      budgetOf('ACCOUNT', rows.budgets.account, account.limits, ofAccount, action_type),
      budgetOf('TENANT', rows.budgets.tenant, wholeTenant.limits, ofTenant, action_type),
    ],
    kill_switches: { ...rows.switches, stopped_by },
    gate: gateOf(facts, action_type, now),
  };
};
