import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ToolAnswer } from '../cli/run-tool.ts';
import { serviceOf } from '../cli/stage-service.ts';
import { envFileOf } from './deployed-stage.ts';
import { mergedVariables, readEnvFile, writeEnvFile } from './env-file.ts';
import { readStack, type StackPlace } from './stack.ts';
import { knownVariables, stageVariables } from './stage-variables.ts';

const failed = (name: string, message: string): ToolAnswer => ({
  exitCode: 1,
  document: { error: { name, message } },
  text: '',
  complaint: message,
});

/** Writes the env file of a stage from the outputs of its stack; writes nothing when the stack is not there or lacks some. */
export const writeStageEnv = async (
  client: CloudFormationClient,
  stage: string,
  { stackName, region }: StackPlace,
): Promise<ToolAnswer> => {
  const service = serviceOf(stage);
  const stack = await readStack(client, stackName);
  if (!stack) return failed('StackNotFound', `there is no stack ${stackName} in ${region}: deploy the stage`);
  const { variables, missing } = stageVariables(service, { region, outputs: stack.outputs });
  if (missing.length > 0) {
    const lacks = `the stack ${stackName} (${stack.status}) has no output ${missing.join(', ')}`;
    return failed('OutputsMissing', `${lacks}: deploy the stage`);
  }
  const file = envFileOf(stage);
  const fresh = { known: knownVariables(service), fresh: variables };
  await writeEnvFile(file, mergedVariables((await readEnvFile(file)) ?? {}, fresh));
  const count = Object.keys(variables).length;
  return {
    exitCode: 0,
    document: { stage, file, stack: stackName, variables },
    text: `Wrote ${count} variables of ${stackName} to ${file}`,
  };
};
