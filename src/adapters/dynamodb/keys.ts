import { createHash } from 'node:crypto';
import type { Scope } from '../../application/ports/scope.ts';

/** How many partitions the due index is spread over; every cycle reads each of them once. */
export const DUE_SHARDS = 4;

const SEQ_DIGITS = 10;

export const tenantPk = (tenantId: string): string => `TENANT#${tenantId}`;

export const scopePk = ({ tenant_id, account_id }: Scope): string =>
  `TENANT#${tenant_id}#ACCOUNT#${account_id}`;

export const planPk = (planId: string): string => `PLAN#${planId}`;

export const activeLockSk = (planType: string): string => `ACTIVE#${planType}`;

export const eventSk = (seq: number): string => `EVENT#${String(seq).padStart(SEQ_DIGITS, '0')}`;

export const stepMetaSk = (stepId: string): string => `STEP#${stepId}#META`;

export const stepAttemptSk = (stepId: string, attempt: number): string => `STEP#${stepId}#ATTEMPT#${attempt}`;

export const intentSk = (actionIntentId: string): string => `ACTION_INTENT#${actionIntentId}`;

export const executionSk = (actionIntentId: string): string => `EXECUTION#${actionIntentId}`;

export const outcomeSk = (actionIntentId: string): string => `OUTCOME#${actionIntentId}`;

const REPLAY_DIGITS = 6;

/** An intent's outcome; that of a replay stands behind it, under the number of its execution. */
export const replayOutcomeSk = (actionIntentId: string, attemptCount: number): string =>
  `${outcomeSk(actionIntentId)}#REPLAY#${String(attemptCount).padStart(REPLAY_DIGITS, '0')}`;

export const LEDGER_ENTRY_PREFIX = 'ENTRY#';

export const ledgerEntrySk = (timestamp: string, entryId: string): string =>
  `${LEDGER_ENTRY_PREFIX}${timestamp}#${entryId}`;

export const autonomySk = (actionType: string): string => `AUTONOMY#${actionType}`;

export const budgetStateSk = (day: string): string => `BUDGET_STATE#${day}`;

export const ALLOWLIST_SK = 'ALLOWLIST#AUTO_EXEC';
export const BUDGET_CONFIG_SK = 'BUDGET#CONFIG';

export const dueShards = (): string[] => Array.from({ length: DUE_SHARDS }, (_, shard) => `DUE#${shard}`);

/** The partition of the due index in which a plan is listed: by hash of its id, so that load spreads evenly. */
export const dueShard = (planId: string): string =>
  `DUE#${createHash('sha256').update(planId).digest().readUInt32BE(0) % DUE_SHARDS}`;

export const dueSk = (dueAt: string, planId: string): string => `${dueAt}#${planId}`;

export const idempotencyPk = (key: string): string => `IDEMPOTENCY_KEY#${key}`;

export const CLAIM_SK = 'CLAIM';

export const connectorStatePk = (connector: string, tenantId: string): string =>
  `CONNECTOR#${connector}#TENANT#${tenantId}`;

export const CONNECTOR_STATE_SK = 'STATE';

export const connectorConfigSk = (connector: string): string => `CONNECTOR#${connector}`;

export const GLOBAL_PK = 'GLOBAL';

export const KILL_SWITCH_SK = 'SWITCH';

/** A tenant's ledger; without a tenant, that of what is everybody's. */
export const ledgerPk = (tenantId: string | undefined): string =>
  tenantId === undefined ? GLOBAL_PK : tenantPk(tenantId);

/** An action type's versions: everybody's, or a tenant's own. */
export const actionTypePk = (actionType: string, tenantId?: string): string =>
  tenantId === undefined ? `ACTION_TYPE#${actionType}` : `${tenantPk(tenantId)}#ACTION_TYPE#${actionType}`;

export const REGISTRY_VERSION_PREFIX = 'REGISTRY_VERSION#';

const VERSION_DIGITS = 6;

export const registryVersionSk = (version: number): string =>
  `${REGISTRY_VERSION_PREFIX}${String(version).padStart(VERSION_DIGITS, '0')}`;

export const VERSION_COUNTER_SK = 'COUNTER';

/** Who decides on a trigger, by its idempotency key; not to be taken for a claim on a tool's key. */
export const decisionKeyPk = (key: string): string => `IDEMPOTENCY#${key}`;

export const DECISION_KEY_SK = 'METADATA';

/** When triggers of a type last ran for an account. */
export const runStateSk = (triggerType: string): string => `RUN_STATE#${triggerType}`;

/** How often they ran within a clock hour (UTC, `2026-01-05T09`), for an account or a tenant. */
export const runCountSk = (triggerType: string, hour: string): string =>
  `${runStateSk(triggerType)}#HOUR#${hour}`;
