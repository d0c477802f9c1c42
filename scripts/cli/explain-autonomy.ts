import {
  type AutonomyExplanation,
  type ExplainAutonomyDeps,
  type ExplainedBudget,
  explainAutonomy,
} from '../../src/application/explain-autonomy.ts';
import type { ModeLevel } from '../../src/domain/autonomy/autonomy-mode.ts';
import type { StandingConfig } from '../../src/domain/autonomy/config-change.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import type { ExplainRequest } from './autonomy-arguments.ts';
import { valueText } from './config-text.ts';
import { oneLine } from './one-line.ts';
import type { ToolAnswer } from './run-tool.ts';

const COLUMNS = ['what', 'of', 'version', 'says', 'note'];

const LEVELS: Readonly<Record<ModeLevel, string>> = {
  account_type: 'account, type',
  tenant_type: 'tenant, type',
  account_default: 'account, default',
  tenant_default: 'tenant, default',
};

const line = (what: string, of: string, { version, value }: StandingConfig, note: string): unknown[] => [
  ...[what, of, version, valueText(value), oneLine(note)],
];

const modeLines = ({ mode, modes }: AutonomyExplanation): unknown[][] =>
  modes.map(({ level, standing }) => {
    const decides = mode.decided_by?.level === level;
    const isOverridden = mode.overrode.some((row) => row.level === level);
    return line('mode', LEVELS[level], standing, decides ? 'decides' : isOverridden ? 'overridden' : '');
  });

const allowlistLines = ({ allowlists }: AutonomyExplanation): unknown[][] =>
  (['ACCOUNT', 'TENANT'] as const).map((level) => {
    const whose = level === 'ACCOUNT' ? 'account' : 'tenant';
    const says = allowlists.allowed ? 'counts, has it' : 'counts, does not have it';
    return line('allowlist', whose, allowlists[whose], allowlists.counts === level ? says : '');
  });

const budgetNote = (budget: ExplainedBudget, type: string): string =>
  [
    `taken ${budget.taken}`,
    ...(budget.settled === undefined ? [] : [`carried out ${budget.settled}`]),
    ...(budget.left === undefined ? [] : [`left ${budget.left}`]),
    ...(budget.left_of_type === undefined ? [] : [`left of ${type} ${budget.left_of_type}`]),
  ].join(', ');

const switchNote = ({ changed }: StandingConfig): string =>
  [
    changed?.by === undefined ? '' : `by ${changed.by}`,
    changed?.at === undefined ? '' : `at ${changed.at}`,
    changed?.reason === undefined ? '' : `(${changed.reason})`,
  ]
    .filter((part) => part !== '')
    .join(' ');

const explainText = (told: AutonomyExplanation): string => {
  const { kill_switches: switches, gate, mode, budgets, action_type } = told;
  const reason = gate.result === 'AUTO_EXECUTED' ? '' : ` ${gate.reason}`;
  return [
    `${action_type} for account ${told.account_id} of tenant ${told.tenant_id}, ${told.tenant_status ?? 'unknown'}, on ${told.day} (${told.time_zone})`,
    `  gate: ${gate.result}${reason} (${gate.policy_clause}): ${gate.explanation}`,
    `  mode: ${mode.mode}${mode.decided_by ? '' : ', since none is configured'} · risk: ${told.risk}`,
    '',
    textTable(COLUMNS, [
      ...modeLines(told),
      ...allowlistLines(told),
      ...budgets.map((budget) =>
        line('budget', budget.level.toLowerCase(), budget.standing, budgetNote(budget, action_type)),
      ),
      line('kill switch', 'tenant', switches.tenant, switchNote(switches.tenant)),
      line('kill switch', 'all tenants', switches.all, switchNote(switches.all)),
    ]),
  ].join('\n');
};

/** Explains what would become of an action of a type now, with the version of every row that has a say. */
export const explainRequested = async (
  deps: ExplainAutonomyDeps,
  { tenant_id, account_id, action_type }: ExplainRequest,
): Promise<ToolAnswer> => {
  const told = await explainAutonomy(deps, { tenant_id, account_id, action_type });
  return { exitCode: 0, document: told, text: explainText(told) };
};
