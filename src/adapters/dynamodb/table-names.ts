/** Names of the tables as the stage calls them, by the environment variable that carries each. */
export interface TableNames {
  readonly REVENUE_PLANS_TABLE_NAME: string;
  readonly PLAN_LEDGER_TABLE_NAME: string;
  readonly PLAN_STEP_EXECUTION_TABLE_NAME: string;
  readonly ACTION_INTENT_TABLE_NAME: string;
  readonly TENANTS_TABLE_NAME: string;
  readonly AUTONOMY_CONFIG_TABLE_NAME: string;
  readonly AUTONOMY_BUDGET_STATE_TABLE_NAME: string;
  readonly EXECUTION_ATTEMPTS_TABLE_NAME: string;
  readonly EXECUTION_OUTCOMES_TABLE_NAME: string;
  readonly INTERNAL_NOTES_TABLE_NAME: string;
  readonly INTERNAL_TASKS_TABLE_NAME: string;
  readonly CYCLE_LEASE_TABLE_NAME: string;
  readonly LEDGER_TABLE_NAME: string;
  readonly SIGNALS_TABLE_NAME: string;
  readonly ACTION_TYPE_REGISTRY_TABLE_NAME: string;
  readonly EXTERNAL_WRITE_DEDUPE_TABLE_NAME: string;
  readonly CONNECTOR_CONFIG_TABLE_NAME: string;
  readonly RESILIENCE_TABLE_NAME: string;
  readonly KILL_SWITCHES_TABLE_NAME: string;
  readonly DECISION_RUN_STATE_TABLE_NAME: string;
  readonly IDEMPOTENCY_STORE_TABLE_NAME: string;
}
