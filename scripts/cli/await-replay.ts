import { getExecutionStatus } from '../../src/application/get-execution-status.ts';
import type { Scope } from '../../src/application/ports/scope.ts';
import type { EndedExecution } from '../../src/domain/execution/execution-status.ts';
import type { StageReplays } from './open-replays.ts';
import { executionEnd, type Waiting } from './plan-cycle-execution.ts';
import { replayInterrupted, replayNotRecorded, replayReport, type StartedReplay } from './replay-report.ts';
import type { ToolAnswer } from './run-tool.ts';
import { found } from './waiting.ts';

/** An EXPRESS execution ends after five minutes at the latest; its outcome is there before. */
const EXPRESS_PATIENCE_MS = 330_000;

/** Of those nothing but what they record can be asked. */
const isExpress = (executionArn: string): boolean => executionArn.includes(':express:');

const outcomeOf = async (
  stage: StageReplays,
  scope: Scope,
  { action_intent_id, attempt_count }: StartedReplay,
): Promise<EndedExecution | undefined> => {
  const status = await getExecutionStatus(stage, { ...scope, action_intent_id });
  return status?.outcomes.find((outcome) => outcome.replay && outcome.attempt_count === attempt_count);
};

const awaitExpress = async (
  stage: StageReplays,
  scope: Scope,
  replay: StartedReplay,
  waiting: Waiting,
): Promise<ToolAnswer> => {
  const look = () => outcomeOf(stage, scope, replay);
  const outcome = await found({ ...waiting, patienceMs: EXPRESS_PATIENCE_MS, look });
  if (outcome) return replayReport(replay, outcome);
  const cause = 'nothing was heard of it; its log says more';
  return waiting.signal.aborted
    ? replayInterrupted(replay, stage.cliOptions)
    : replayNotRecorded(replay, { status: 'UNKNOWN', cause });
};

/** Waits for the end of a replay, and tells what came of it. */
export const awaitReplay = async (
  stage: StageReplays,
  scope: Scope,
  replay: StartedReplay,
  waiting: Waiting,
): Promise<ToolAnswer> => {
  if (isExpress(replay.execution_arn)) return awaitExpress(stage, scope, replay, waiting);
  const execution = await executionEnd(stage.client, replay.execution_arn, waiting);
  if (!execution) return replayInterrupted(replay, stage.cliOptions);
  const outcome = await outcomeOf(stage, scope, replay);
  if (outcome) return replayReport(replay, outcome);
  const { status, error, cause } = execution;
  return replayNotRecorded(replay, {
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  });
};
