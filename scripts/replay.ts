import type { Scope } from '../src/application/ports/scope.ts';
import { requestReplay } from '../src/application/request-replay.ts';
import { awaitReplay } from './cli/await-replay.ts';
import { openReplays, type StageReplays } from './cli/open-replays.ts';
import { planNotFound, refused } from './cli/refusal.ts';
import {
  type IntentPlace,
  REPLAY_USAGE,
  type ReplayArguments,
  replayArguments,
} from './cli/replay-arguments.ts';
import { runTool, type ToolAnswer } from './cli/run-tool.ts';
import { progress, say, untilInterrupted } from './cli/waiting.ts';

/** A plan tells tenant and account of its intents. */
const scopeOf = async ({ plans }: StageReplays, place: IntentPlace): Promise<Scope | ToolAnswer> => {
  if (!('plan_id' in place)) return place;
  const key = await plans.locate(place.plan_id);
  return key ? { tenant_id: key.tenant_id, account_id: key.account_id } : planNotFound(place.plan_id);
};

const replay = async (request: ReplayArguments): Promise<ToolAnswer> => {
  const { action_intent_id, reason, requested_by, place } = request;
  const stage = await openReplays(request.stage);
  const scope = await scopeOf(stage, place);
  if ('exitCode' in scope) return scope;
  const result = await requestReplay(stage, { ...scope, action_intent_id, reason, requested_by });
  if (!result.ok) return refused(result);
  const { execution_arn, attempt_count } = result;
  say(`started ${execution_arn}`);
  const waiting = { signal: untilInterrupted(), onRunning: progress() };
  return awaitReplay(stage, scope, { action_intent_id, execution_arn, attempt_count }, waiting);
};

await runTool(REPLAY_USAGE, (args) => replay(replayArguments(args)));
