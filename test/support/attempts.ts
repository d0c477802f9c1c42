import type { ExecutionStart } from '../../src/application/ports/executions.ts';
import type { ActionOutcome, ReplayOf } from '../../src/domain/execution/execution.ts';
import type { ActionIntent } from '../../src/domain/intent/action-intent.ts';
import { newIntent } from './intents.ts';
import { newOutcome } from './outcomes.ts';
import { minute } from './plan-fixtures.ts';
import type { World } from './world.ts';

export const REPLAY: ReplayOf = { reason: 'the CRM lost it', requested_by: 'ben' };

/** An intent that ben has approved; a number makes it another one of the same account. */
export const approvedIntent = (number = 1, more: Partial<ActionIntent> = {}): ActionIntent =>
  newIntent({
    ...{ status: 'APPROVED', approval_source: 'HUMAN', approved_by: 'ben', approval_timestamp: minute(4) },
    ...(number > 1 && { action_intent_id: `intent-${number}` }),
    ...more,
  });

export const putIntent = (world: World, intent: ActionIntent): Promise<void> =>
  world.put('ACTION_INTENT_TABLE_NAME', {
    pk: `TENANT#${intent.tenant_id}#ACCOUNT#${intent.account_id}`,
    sk: `ACTION_INTENT#${intent.action_intent_id}`,
    ...intent,
  });

const beginning = (intent: ActionIntent, at: number): ExecutionStart => ({
  ...{ intent, owner: `execution-at-${at}`, now: minute(at), deadline_at: minute(at + 75) },
});

/** Starts an execution some minutes after the start of the tests' time. */
export const started = async (world: World, intent: ActionIntent, at: number): Promise<void> =>
  void (await world.runtime.executions.startIfFree(beginning(intent, at)));

export const replayStarted = async (world: World, intent: ActionIntent, at: number): Promise<void> =>
  void (await world.runtime.executions.startReplay(beginning(intent, at), REPLAY));

/** Ends the execution of an intent that began some minutes after the start of the tests' time, a minute later. */
export const finished = (
  world: World,
  { action_intent_id, tenant_id, account_id }: ActionIntent,
  at: number,
  more: Partial<ActionOutcome> = {},
): Promise<ActionOutcome> =>
  world.runtime.executions.finishOnce(
    newOutcome({
      ...{ action_intent_id, tenant_id, account_id, started_at: minute(at), completed_at: minute(at + 1) },
      ...more,
    }),
  );
