import { runTool, type ToolAnswer } from './cli/run-tool.ts';
import { untilInterrupted } from './cli/waiting.ts';
import { E2E_USAGE, type E2eRequest, e2eRequest } from './e2e/arguments.ts';
import { openStage } from './e2e/open-stage.ts';
import { type CheckResult, runChecks } from './e2e/run-checks.ts';

const lineOf = ({ check, ok, seconds, reason }: CheckResult): string =>
  ok ? `ok ${check} (${seconds} s)` : `failed ${check}: ${reason}`;

const e2e = async ({ stage, checks, json }: E2eRequest): Promise<ToolAnswer> => {
  const signal = untilInterrupted();
  // Each line as soon as its check is done, for a stage may take minutes.
  const onResult = (result: CheckResult): void => {
    if (!json) process.stdout.write(`${lineOf(result)}\n`);
  };
  const results = await runChecks(await openStage(stage), checks, { signal, onResult });
  const ok = results.every((result) => result.ok);
  return { exitCode: ok ? 0 : 1, document: { stage, ok, checks: results }, text: '' };
};

await runTool(E2E_USAGE, async (args) => e2e(e2eRequest(args)));
