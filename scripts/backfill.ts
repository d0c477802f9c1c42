import { BACKFILL_USAGE, type BackfillRequest, backfillRequest } from './cli/backfill-arguments.ts';
import { backfillReport } from './cli/backfill-report.ts';
import { openMachines, type StageMachines } from './cli/open-machines.ts';
import { executionEnd, failStateInput, findMachine, startPlanCycle } from './cli/plan-cycle-execution.ts';
import { runAsProcess } from './cli/run-as-process.ts';
import { EXIT_INTERRUPTED, type Shell, type Tool, type ToolAnswer } from './cli/run-tool.ts';
import { progress } from './cli/waiting.ts';

const interrupted = (execution_arn: string, { cliOptions }: StageMachines): ToolAnswer => {
  const command = `aws stepfunctions describe-execution --execution-arn ${execution_arn}${cliOptions}`;
  return {
    exitCode: EXIT_INTERRUPTED,
    document: { execution_arn, status: 'RUNNING', interrupted: true, look_with: command },
    text: '',
    complaint: `Not waiting any longer; the execution goes on. Look at it with:\n  ${command}`,
  };
};

const backfill = async ({ stage, input }: BackfillRequest, shell: Shell): Promise<ToolAnswer> => {
  const machines = await openMachines(stage, shell.environment);
  const { client, planCycleName } = machines;
  const executionArn = await startPlanCycle(client, await findMachine(client, planCycleName), input);
  const waiting = { signal: shell.untilInterrupted(), onRunning: progress(shell.say) };
  shell.say(`started ${executionArn}`);
  const execution = await executionEnd(client, executionArn, waiting);
  if (!execution) return interrupted(executionArn, machines);
  const failed = execution.status === 'FAILED';
  const ended = {
    input,
    execution,
    failStateInput: failed ? await failStateInput(client, executionArn) : undefined,
  };
  return backfillReport(ended);
};

export const backfillTool: Tool = {
  usage: BACKFILL_USAGE,
  run: async (args, shell) => backfill(backfillRequest(args), shell),
};

if (import.meta.main) await runAsProcess(backfillTool);
