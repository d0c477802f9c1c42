import {
  type ExecutionAttempt,
  mayBeReplayed,
  type ReplayOf,
  replayOf,
} from '../domain/execution/execution.ts';
import { replayEntry } from '../domain/execution/execution-ledger.ts';
import type { ActionIntent } from '../domain/intent/action-intent.ts';
import type { Clock } from './clock.ts';
import type { ExecutionLedger, ExecutionStarter, ExecutionStore, IntentStore } from './ports/executions.ts';
import type { Scope } from './ports/scope.ts';

export interface RequestReplayDeps {
  readonly clock: Clock;
  readonly intents: IntentStore;
  readonly executions: Pick<ExecutionStore, 'get'>;
  readonly ledger: ExecutionLedger;
  readonly starter: ExecutionStarter;
}

export interface ReplayRequest extends Scope, ReplayOf {
  readonly action_intent_id: string;
}

export interface ReplayRefused {
  readonly ok: false;
  readonly code: 'NOT_FOUND' | 'NOT_ENDED' | 'INTENT_NOT_APPROVED' | 'INTENT_EXPIRED';
  readonly message: string;
}

export type ReplayResult =
  | {
      readonly ok: true;
      readonly execution_arn: string;
      /** Number of the execution that was asked for. */
      readonly attempt_count: number;
    }
  | ReplayRefused;

type ApprovedIntent = ActionIntent & { readonly approval_source: 'HUMAN' | 'POLICY' };

const isApproved = (intent: ActionIntent): intent is ApprovedIntent =>
  intent.status === 'APPROVED' && intent.approval_source !== undefined;

const refused = (code: ReplayRefused['code'], message: string): ReplayRefused => ({
  ok: false,
  code,
  message,
});

type Replayable =
  | { readonly ok: true; readonly intent: ApprovedIntent; readonly attempt: ExecutionAttempt }
  | ReplayRefused;

const replayable = (
  id: string,
  intent: ActionIntent | undefined,
  attempt: ExecutionAttempt | undefined,
  now: string,
): Replayable => {
  if (!intent) return refused('NOT_FOUND', `the account has no action intent ${id}`);
  if (!attempt) return refused('NOT_ENDED', `action intent ${id} was not executed yet`);
  if (!mayBeReplayed(attempt, now))
    return refused('NOT_ENDED', `action intent ${id} is being executed since ${attempt.started_at}`);
  if (!isApproved(intent))
    return refused('INTENT_NOT_APPROVED', `action intent ${id} is ${intent.status}, and not approved`);
  if (intent.expires_at <= now)
    return refused('INTENT_EXPIRED', `action intent ${id} has lapsed at ${intent.expires_at}`);
  return { ok: true, intent, attempt };
};

const start = async (
  { starter }: RequestReplayDeps,
  { action_intent_id, tenant_id, account_id, approval_source }: ApprovedIntent,
  attempt_count: number,
  replay: ReplayOf,
): Promise<ReplayResult> => {
  const auto_executed = approval_source === 'POLICY';
  const data = { action_intent_id, tenant_id, account_id, approval_source, auto_executed };
  const name = `replay-${action_intent_id}-${attempt_count}`;
  const { execution_arn } = await starter.startIfNew({ name, input: { detail: { data }, replay } });
  return { ok: true, execution_arn, attempt_count };
};

/**
 * Has an action that came to an end carried out again, under the same idempotency key. The ledger says who asked, and why, before anything
 * starts. Whoever asks while the replay of that number has not begun joins it: the first request's reason stands, and one execution runs.
 */
export const requestReplay = async (
  deps: RequestReplayDeps,
  { action_intent_id: id, reason, requested_by, ...scope }: ReplayRequest,
): Promise<ReplayResult> => {
  const now = deps.clock.now().toISOString();
  const [intent, attempt] = await Promise.all([deps.intents.get(scope, id), deps.executions.get(scope, id)]);
  const found = replayable(id, intent, attempt, now);
  if (!found.ok) return found;
  const attempt_count = found.attempt.attempt_count + 1;
  const of = { ...found.intent, attempt_count };
  const asked = replayEntry('REPLAY_REQUESTED', of, { reason, requested_by }, now);
  const { data } = await deps.ledger.appendOnce(asked);
  const replay = replayOf.parse({ reason: data.reason, requested_by: data.requested_by });
  return start(deps, found.intent, attempt_count, replay);
};
