import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { runAsProcess } from './cli/run-as-process.ts';
import type { Tool, ToolAnswer } from './cli/run-tool.ts';
import { stackPlace } from './deploy/stack.ts';
import { STAGE_ENV_USAGE, stageEnvStage } from './deploy/stage-env-arguments.ts';
import { writeStageEnv } from './deploy/write-stage-env.ts';

const stageEnv = async (stage: string): Promise<ToolAnswer> => {
  const place = stackPlace(stage);
  return writeStageEnv(new CloudFormationClient({ region: place.region }), stage, place);
};

export const stageEnvTool: Tool = {
  usage: STAGE_ENV_USAGE,
  run: async (args) => stageEnv(stageEnvStage(args)),
};

if (import.meta.main) await runAsProcess(stageEnvTool);
