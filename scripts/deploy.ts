import { runAsProcess } from './cli/run-as-process.ts';
import type { Shell, Tool, ToolAnswer } from './cli/run-tool.ts';
import { DEPLOY_USAGE, type DeployArguments, deployArguments } from './deploy/arguments.ts';
import { readEnvFile } from './deploy/env-file.ts';
import { deployReport, planReport } from './deploy/report.ts';
import { commandRunner, interruption } from './deploy/run-command.ts';
import { runSteps, type StepWorld } from './deploy/run-steps.ts';
import { deploySteps } from './deploy/steps.ts';

const worldOf = (json: boolean, { say }: Shell): StepWorld => ({
  run: commandRunner(interruption(), json ? 'stderr' : 'stdout'),
  readVariables: async (file) => {
    const variables = await readEnvFile(file);
    if (variables) return variables;
    throw new Error(`there is no ${file}; the step env writes it`);
  },
  elapsedMs: () => performance.now(),
  tell: say,
});

const deploy = async (request: DeployArguments, shell: Shell): Promise<ToolAnswer> => {
  const steps = deploySteps(request);
  return request.dryRun
    ? planReport(request, steps)
    : deployReport(request, await runSteps(worldOf(request.json, shell), steps));
};

export const deployTool: Tool = {
  usage: DEPLOY_USAGE,
  run: async (args, shell) => deploy(deployArguments(args), shell),
};

if (import.meta.main) await runAsProcess(deployTool);
