import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import type { PlanCycleInput } from '../../src/contracts/plan-cycle.ts';
import { EXIT_BAD_INPUT } from '../../src/local/terminal/command-line.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import {
  type CycleResult,
  type CycleSummary,
  causeText,
  cycleResult,
  cycleSummary,
  isCut,
} from './cycle-result.ts';
import { oneLine } from './one-line.ts';
import type { ToolAnswer } from './run-tool.ts';

/** An execution that has ended, and what its Fail state was entered with, if it failed. */
export interface EndedExecution {
  readonly input: PlanCycleInput;
  readonly execution: DescribeExecutionCommandOutput;
  readonly failStateInput: string | undefined;
}

type Failures = CycleResult['failures'];
const COUNTS = ['tenants', 'activated', 'stepsStarted', 'completed', 'expired', 'failed'] as const;
type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

const countsText = (counts: Counts): string => COUNTS.map((name) => `${name} ${counts[name]}`).join('  ');

const effectRows = ({ plans }: CycleResult): string[][] =>
  plans.flatMap(({ tenant_id, plan_id, effects }) =>
    (effects.length === 0 ? ['nothing'] : effects).map((effect, index) =>
      index === 0 ? [tenant_id, plan_id, oneLine(effect)] : ['', '', oneLine(effect)],
    ),
  );

const effectsText = (result: CycleResult): string =>
  result.plans.length === 0
    ? 'No plan was looked at: none is due (--force looks at plans that are not).'
    : textTable(['tenant', 'plan', result.dry_run ? 'would do' : 'did'], effectRows(result));

const notLookedAt = ({ plan_ids = [] }: PlanCycleInput, result: CycleResult): string[] => {
  const seen = new Set([...result.plans, ...result.failures].map(({ plan_id }) => plan_id));
  return isCut(result) ? [] : plan_ids.filter((id) => !seen.has(id));
};

const notLookedAtLines = (ids: readonly string[], { plans }: CycleResult): string[] =>
  ids.length === 0 || plans.length === 0 ? [] : [`Not looked at, since they are not due: ${ids.join(', ')}`];

const cutLines = (result: CycleResult): string[] =>
  isCut(result)
    ? [
        `The lists are cut at ${result.plans.length} plans and ${result.failures.length} failures; the counts are whole.`,
      ]
    : [];

const resultText = (result: CycleResult, skipped: readonly string[]): string =>
  [
    `Judged by ${result.at}${result.dry_run ? ' (dry run: nothing was written)' : ''}`,
    '',
    effectsText(result),
    ...notLookedAtLines(skipped, result),
    ...cutLines(result),
    '',
    countsText(result),
  ].join('\n');

const failureLine = ({ tenant_id, plan_id, error }: Failures[number]): string =>
  oneLine(`failed: tenant ${tenant_id}${plan_id === null ? '' : `, plan ${plan_id}`}: ${error}`);

const about = ({ input, execution }: EndedExecution) => ({
  execution_arn: execution.executionArn,
  status: execution.status,
  input,
});

const resultFields = (ended: EndedExecution, result: CycleResult) => {
  const { at, dry_run, plans, failures } = result;
  const counts = Object.fromEntries(COUNTS.map((name) => [name, result[name]]));
  const not_looked_at = notLookedAt(ended.input, result);
  return { at, dry_run, counts, plans, failures, not_looked_at, lists_cut: isCut(result) };
};

const succeeded = (ended: EndedExecution): ToolAnswer => {
  const { executionArn, output } = ended.execution;
  const result = cycleResult(output);
  if (!result)
    throw new Error(`execution ${executionArn} succeeded with an output that is no cycle's: ${output}`);
  const fields = resultFields(ended, result);
  return {
    exitCode: 0,
    document: { ...about(ended), ...fields },
    text: resultText(result, fields.not_looked_at),
  };
};

/** The cycle served everyone else: what it did is told too, where the history has it. */
const hadFailures = (of: EndedExecution, summary: CycleSummary): ToolAnswer => {
  const result = cycleResult(of.failStateInput);
  const { failures: summarised, error: stopped, ...counts } = summary;
  const failures = result?.failures ?? summarised;
  const early = stopped === undefined ? [] : [`failed: the cycle stopped early: ${oneLine(stopped)}`];
  const complaint = [...failures.map(failureLine), ...early].join('\n');
  const error = { name: of.execution.error, message: complaint };
  const known = result ? resultFields(of, result) : { counts, failures };
  return {
    exitCode: 1,
    document: { ...about(of), error, ...known },
    text: result ? resultText(result, notLookedAt(of.input, result)) : countsText(counts),
    complaint,
  };
};

const ended = (of: EndedExecution): ToolAnswer => {
  const { status, error, cause } = of.execution;
  const name = error ?? String(status);
  const message = causeText(cause);
  return {
    exitCode: name === 'ValidationError' ? EXIT_BAD_INPUT : 1,
    document: { ...about(of), error: { name, message } },
    text: '',
    complaint: oneLine(`${name}: ${message}`),
  };
};

/** What came of a backfill: its exact effects per plan, its counts and its failures by name. */
export const backfillReport = (of: EndedExecution): ToolAnswer => {
  const { status, error, cause } = of.execution;
  if (status === 'SUCCEEDED') return succeeded(of);
  const summary = error === 'PlanCycleFailed' ? cycleSummary(cause) : undefined;
  return summary ? hadFailures(of, summary) : ended(of);
};
