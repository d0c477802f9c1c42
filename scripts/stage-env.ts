import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { runTool, type ToolAnswer } from './cli/run-tool.ts';
import { stackPlace } from './deploy/stack.ts';
import { STAGE_ENV_USAGE, stageEnvStage } from './deploy/stage-env-arguments.ts';
import { writeStageEnv } from './deploy/write-stage-env.ts';

const stageEnv = async (stage: string): Promise<ToolAnswer> => {
  const place = stackPlace(stage);
  return writeStageEnv(new CloudFormationClient({ region: place.region }), stage, place);
};

await runTool(STAGE_ENV_USAGE, async (args) => stageEnv(stageEnvStage(args)));
