import { createHash } from 'node:crypto';
import type { Scope } from '../../application/ports.ts';

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

export const autonomySk = (actionType: string): string => `AUTONOMY#${actionType}`;

export const budgetStateSk = (day: string): string => `BUDGET_STATE#${day}`;

export const ALLOWLIST_SK = 'ALLOWLIST#AUTO_EXEC';
export const BUDGET_CONFIG_SK = 'BUDGET#CONFIG';

export const dueShards = (): string[] => Array.from({ length: DUE_SHARDS }, (_, shard) => `DUE#${shard}`);

/** The partition of the due index in which a plan is listed: by hash of its id, so that load spreads evenly. */
export const dueShard = (planId: string): string =>
  `DUE#${createHash('sha256').update(planId).digest().readUInt32BE(0) % DUE_SHARDS}`;

export const dueSk = (dueAt: string, planId: string): string => `${dueAt}#${planId}`;
