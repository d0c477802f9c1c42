import { runAsProcess } from './cli/run-as-process.ts';
import type { Shell, Tool, ToolAnswer } from './cli/run-tool.ts';
import { E2E_USAGE, type E2eRequest, e2eRequest } from './e2e/arguments.ts';
import { openStage } from './e2e/open-stage.ts';
import { type CheckResult, runChecks } from './e2e/run-checks.ts';

const lineOf = ({ check, ok, seconds, reason }: CheckResult): string =>
  ok ? `ok ${check} (${seconds} s)` : `failed ${check}: ${reason}`;

const e2e = async ({ stage, checks, json }: E2eRequest, shell: Shell): Promise<ToolAnswer> => {
  const waiting = { signal: shell.untilInterrupted(), say: shell.say };
  // Each line as soon as its check is done, for a stage may take minutes.
  const onResult = (result: CheckResult): void => {
    if (!json) shell.print(lineOf(result));
  };
  const results = await runChecks(await openStage(stage, shell.environment), checks, {
    ...waiting,
    onResult,
  });
  const ok = results.every((result) => result.ok);
  return { exitCode: ok ? 0 : 1, document: { stage, ok, checks: results }, text: '' };
};

export const e2eTool: Tool = {
  usage: E2E_USAGE,
  run: async (args, shell) => e2e(e2eRequest(args), shell),
};

if (import.meta.main) await runAsProcess(e2eTool);
