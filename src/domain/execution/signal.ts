import * as z from 'zod';
import { identifier, instant } from '../identifiers.ts';
import { ERROR_CLASSES } from './error-class.ts';
import { type ActionOutcome, externalObjectRef } from './execution.ts';

export const EXECUTION_SIGNALS = ['ACTION_EXECUTED', 'ACTION_FAILED'] as const;

/** What is told of every outcome, to whoever listens on the bus. Its id is derived, so that a second telling can be recognised. */
export const executionSignal = z.strictObject({
  signalId: z.string(),
  signalType: z.enum(EXECUTION_SIGNALS),
  tenantId: identifier,
  accountId: identifier,
  traceId: z.string(),
  timestamp: instant,
  detectorVersion: z.literal('execution-outcome-v1'),
  status: z.literal('ACTIVE'),
  action_intent_id: z.string(),
  plan_id: identifier,
  step_id: identifier,
  attempt: z.int().positive(),
  external_object_refs: z.array(externalObjectRef),
  error_code: z.string().optional(),
  error_class: z.enum(ERROR_CLASSES).optional(),
  error_message: z.string().optional(),
});
export type ExecutionSignal = z.infer<typeof executionSignal>;

/** Which of an intent's executions an outcome is of: the first one has no number, replays go on counting. */
const executionSuffix = ({ replay, attempt_count }: ActionOutcome): string =>
  replay ? `-replay-${attempt_count}` : '';

export const signalTypeOf = ({ status }: Pick<ActionOutcome, 'status'>): ExecutionSignal['signalType'] =>
  status === 'SUCCEEDED' ? 'ACTION_EXECUTED' : 'ACTION_FAILED';

/** The same outcome always gives the same signal. */
export const signalOf = (outcome: ActionOutcome): ExecutionSignal => {
  const { action_intent_id, tenant_id, account_id, plan_id, step_id, attempt, external_object_refs } =
    outcome;
  const { error_code, error_class, error_message } = outcome;
  const signalType = signalTypeOf(outcome);
  return {
    signalId: `exec-${action_intent_id}-${account_id}-${signalType}${executionSuffix(outcome)}`,
    signalType,
    tenantId: tenant_id,
    accountId: account_id,
    traceId: outcome.trace_id,
    timestamp: outcome.completed_at,
    detectorVersion: 'execution-outcome-v1',
    status: 'ACTIVE',
    ...{ action_intent_id, plan_id, step_id, attempt, external_object_refs },
    ...(error_code !== undefined && { error_code }),
    ...(error_class !== undefined && { error_class }),
    ...(error_message !== undefined && { error_message }),
  };
};
