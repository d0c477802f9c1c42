import * as z from 'zod';
import { identifier } from '../identifiers.ts';
import { tenantLedgerEntry } from '../ledger/tenant-ledger.ts';
import type { ActionOutcome, ReplayOf } from './execution.ts';
import { signalTypeOf } from './signal.ts';

export const EXECUTION_LEDGER_EVENTS = [
  'ACTION_EXECUTED',
  'ACTION_FAILED',
  'COMPENSATION_COMPLETED',
  'COMPENSATION_FAILED',
  'REPLAY_REQUESTED',
  'REPLAY_STARTED',
  'REPLAY_COMPLETED',
  'REPLAY_FAILED',
] as const;

/** One entry of a tenant's append-only ledger of executions. */
export const executionLedgerEntry = tenantLedgerEntry.extend({
  eventType: z.enum(EXECUTION_LEDGER_EVENTS),
  tenantId: identifier,
  accountId: identifier,
});
export type ExecutionLedgerEntry = z.infer<typeof executionLedgerEntry>;
type EventType = ExecutionLedgerEntry['eventType'];

interface Of {
  readonly action_intent_id: string;
  readonly tenant_id: string;
  readonly account_id: string;
  readonly trace_id: string;
  readonly attempt_count: number;
}

const entry = (eventType: EventType, of: Of, timestamp: string, data: object): ExecutionLedgerEntry => ({
  entryId: `exec-${of.action_intent_id}-${of.attempt_count}-${eventType}`,
  ...{ eventType, timestamp, tenantId: of.tenant_id, accountId: of.account_id, traceId: of.trace_id },
  data: {
    action_intent_id: of.action_intent_id,
    attempt_count: of.attempt_count,
    ...data,
  } as ExecutionLedgerEntry['data'],
});

const outcomeEventType = (outcome: ActionOutcome): EventType => {
  if (!outcome.replay) return signalTypeOf(outcome);
  return outcome.status === 'SUCCEEDED' ? 'REPLAY_COMPLETED' : 'REPLAY_FAILED';
};

/** What the ledger keeps of an outcome. */
export const outcomeEntry = (outcome: ActionOutcome): ExecutionLedgerEntry => {
  const { status, external_object_refs, error_code, error_class, registry_version } = outcome;
  const { plan_id, step_id, attempt, compensation_status, approval_source, replay } = outcome;
  return entry(outcomeEventType(outcome), outcome, outcome.completed_at, {
    ...{ status, external_object_refs, registry_version, plan_id, step_id, attempt, approval_source },
    ...(error_code !== undefined && { error_code, error_class: error_class ?? 'UNKNOWN' }),
    ...(compensation_status !== 'NONE' && { compensation_status }),
    ...replay,
  });
};

/** That what an outcome tells of was undone, or could not be. */
export const compensationEntry = (
  outcome: ActionOutcome,
  { status, error }: { readonly status: 'COMPLETED' | 'FAILED'; readonly error?: string | undefined },
  timestamp: string,
): ExecutionLedgerEntry =>
  entry(`COMPENSATION_${status}`, outcome, timestamp, {
    external_object_refs: outcome.external_object_refs,
    ...(error !== undefined && { error }),
  });

/** That somebody asked for a replay, or that it has begun. */
export const replayEntry = (
  eventType: 'REPLAY_REQUESTED' | 'REPLAY_STARTED',
  of: Of,
  replay: ReplayOf,
  timestamp: string,
): ExecutionLedgerEntry => entry(eventType, of, timestamp, replay);
