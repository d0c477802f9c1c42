import type { BudgetUse } from '../../domain/ledger/budget-use.ts';
import { entryLine } from '../terminal/entry-line.ts';
import { textTable } from '../terminal/text-table.ts';
import type { CycleLine } from './cycle-line.ts';
import type { RefusedCommand } from './play.ts';
import type { PlanReport, SimulationReport } from './report.ts';

export const CYCLE_COLUMNS = [
  'tenants',
  'activated',
  'stepsStarted',
  'completed',
  'expired',
  'failed',
] as const;

const planText = ({ plan_id, plan_status, completion_reason, pause_reason, steps }: PlanReport): string => {
  const reason = plan_status === 'PAUSED' ? pause_reason : completion_reason;
  const stepTexts = steps.map(
    ({ step_id, status, attempts }) => `${step_id} ${status}${attempts > 1 ? ` ×${attempts}` : ''}`,
  );
  return `${plan_id}: ${plan_status}${reason ? ` (${reason})` : ''}  [${stepTexts.join(', ')}]`;
};

const cycleRow = (line: CycleLine): unknown[] => [line.at, ...CYCLE_COLUMNS.map((name) => line[name])];

const BUDGET_COLUMNS = ['budget of', 'day', 'taken', 'of', 'carried out'];

const budgetRow = ({ tenant_id, account_id, day, taken, settled, max }: BudgetUse): unknown[] => [
  ...[`${tenant_id}/${account_id}`, day, taken, max, settled],
];

/** What a refused command was about. */
export const aboutOf = ({ plan_id, tenant_id, account_id }: RefusedCommand): string =>
  plan_id ?? ([tenant_id, account_id].filter((id) => id !== undefined).join('/') || 'all tenants');

const listed = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** A simulation's report for people: a timeline per plan, a table of cycles, and what it cost. */
export const reportText = ({
  plans,
  cycles,
  ledger,
  budgets,
  refused,
  violations,
  units,
}: SimulationReport): string => {
  const timelines = plans.flatMap((plan) => [
    '',
    planText(plan),
    ...(ledger[plan.plan_id] ?? []).map((entry) => `  ${entry.timestamp}  ${entryLine(entry)}`),
  ]);
  const refusals = refused.map(
    (command) => `${command.at}  ${command.do} ${aboutOf(command)} by ${command.by}: ${command.message}`,
  );
  const billed = Object.entries(units).map(([name, amount]) => `${amount} ${name}`);
  return [
    ...timelines,
    '',
    textTable(['cycle', ...CYCLE_COLUMNS], cycles.map(cycleRow)),
    ...(budgets.length === 0 ? [] : ['', textTable(BUDGET_COLUMNS, budgets.map(budgetRow))]),
    ...listed('Refused:', refusals),
    ...listed('Broken invariants:', violations),
    '',
    `Billed: ${billed.join(', ')}`,
  ].join('\n');
};
