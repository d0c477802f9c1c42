import type { ConnectorId } from '../../contracts/tools.ts';
import type { AutonomyFacts } from '../../domain/autonomy/approval-gate.ts';
import type { BudgetLevel } from '../../domain/autonomy/budget.ts';
import type { ConfigRow, StandingConfig } from '../../domain/autonomy/config-change.ts';
import type { ConfigLedgerEntry, ConfigWrite } from '../../domain/autonomy/config-ledger.ts';
import type { ActionTypeEntry } from '../../domain/intent/action-type-registry.ts';
import type { TenantPlanPolicy } from '../../domain/policy/plan-policy-gate.ts';
import type { Scope } from './scope.ts';

/** Every read below is strongly consistent unless its comment says otherwise. */

export interface Tenant {
  readonly tenantId: string;
  readonly name?: string | undefined;
  readonly status: 'active' | 'suspended' | 'deleted';
  /** IANA name of the time zone in which its days begin; absent: UTC. */
  readonly timezone?: string | undefined;
  readonly plan_policy?: TenantPlanPolicy | undefined;
}

/** A row of the tenants table that is none. */
export interface UnreadableTenant {
  readonly tenantId: string;
  readonly status: 'unreadable';
  readonly error: string;
}

export interface TenantStore {
  get(tenantId: string): Promise<Tenant | undefined>;
  /** All tenants, page by page, in no order; rows that are no tenant are named. Eventually consistent. */
  list(): AsyncIterable<(Tenant | UnreadableTenant)[]>;
}

export interface AutonomyStore {
  /** What is configured for an action type (eventually consistent), and the budgets with what was taken from them on `day`. */
  facts(
    scope: Scope,
    actionType: string,
    day: string,
  ): Promise<Pick<AutonomyFacts, 'allowlists' | 'modes' | 'budgets'>>;
}

export interface KillSwitchState {
  /** Which switch stops the action, in words; undefined when none does. */
  readonly stopped_by: string | undefined;
}

export interface KillSwitchStore {
  /**
   * Whether any switch stops actions of a type for a tenant. Strongly consistent.
   *
   * @throws whatever the read throws: who cannot read the switches must not act.
   */
  check(tenantId: string, actionType: string): Promise<KillSwitchState>;
}

export interface ActionTypeRegistry {
  /** The version in force for a tenant: its own, else the default; undefined when there is none. */
  latest(tenantId: string, actionType: string): Promise<ActionTypeEntry | undefined>;
  /** One version, the tenant's own or the default's; strongly consistent. */
  get(tenantId: string, actionType: string, version: number): Promise<ActionTypeEntry | undefined>;
}

export interface SecretStore {
  /**
   * The fields of a secret.
   *
   * @throws ConfigurationError naming the secret when it is missing or no JSON object of strings.
   */
  get(secretId: string): Promise<Readonly<Record<string, string>>>;
}

export interface ConnectorConfigStore {
  /** How an account, or else its tenant, reaches a system; undefined when nobody has configured that. */
  get(scope: Scope, connector: ConnectorId): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** What was taken from a budget on a day, in actions. */
export interface BudgetDay {
  readonly taken: number;
  /** By action type. */
  readonly of_types: Readonly<Record<string, number>>;
  /** Of what was taken, what was carried out; counted for accounts only. */
  readonly settled: number;
}

export type ConfigWritten =
  | { readonly written: true; readonly entry: ConfigLedgerEntry }
  /** The row is not, or may not be, as it was read. */
  | { readonly written: false };

export interface AutonomyConfigStore {
  /**
   * Rows of the configuration as they stand, in the order in which they were asked for.
   *
   * @throws TransientError when not all of them could be read now.
   */
  read(rows: readonly ConfigRow[]): Promise<StandingConfig[]>;
  /** Writes a row under its next version together with its entry in the ledger, or neither. */
  writeIfUnchanged(before: StandingConfig, write: ConfigWrite): Promise<ConfigWritten>;
  /** @param day YYYY-MM-DD in the tenant's time zone. */
  budgetDay(scope: Scope, level: BudgetLevel, day: string): Promise<BudgetDay>;
  /**
   * The newest changes of a tenant's configuration, newest first.
   *
   * @param tenantId undefined: those of the kill switch of all tenants.
   */
  history(tenantId: string | undefined, limit: number): Promise<ConfigLedgerEntry[]>;
}
