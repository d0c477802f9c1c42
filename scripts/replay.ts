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
import { runAsProcess } from './cli/run-as-process.ts';
import type { Shell, Tool, ToolAnswer } from './cli/run-tool.ts';
import { progress } from './cli/waiting.ts';

/** A plan tells tenant and account of its intents. */
const scopeOf = async ({ plans }: StageReplays, place: IntentPlace): Promise<Scope | ToolAnswer> => {
  if (!('plan_id' in place)) return place;
  const key = await plans.locate(place.plan_id);
  return key ? { tenant_id: key.tenant_id, account_id: key.account_id } : planNotFound(place.plan_id);
};

const replay = async (request: ReplayArguments, shell: Shell): Promise<ToolAnswer> => {
  const { action_intent_id, reason, requested_by, place } = request;
  const stage = await openReplays(request.stage, shell.environment);
  const scope = await scopeOf(stage, place);
  if ('exitCode' in scope) return scope;
  const result = await requestReplay(stage, { ...scope, action_intent_id, reason, requested_by });
  if (!result.ok) return refused(result);
  const { execution_arn, attempt_count } = result;
  shell.say(`started ${execution_arn}`);
  const waiting = { signal: shell.untilInterrupted(), onRunning: progress(shell.say) };
  return awaitReplay(stage, scope, { action_intent_id, execution_arn, attempt_count }, waiting);
};

export const replayTool: Tool = {
  usage: REPLAY_USAGE,
  run: async (args, shell) => replay(replayArguments(args), shell),
};

if (import.meta.main) await runAsProcess(replayTool);
