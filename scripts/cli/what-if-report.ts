import type { LeftOut, WhatIfReport } from '../../src/application/what-if.ts';
import type { CandidatePolicy } from '../../src/domain/autonomy/candidate-policy.ts';
import type { DaySpending, Spent } from '../../src/domain/autonomy/day-spending.ts';
import type { AttemptEnd, PersonDecision, Verdict } from '../../src/domain/autonomy/recorded-decision.ts';
import type { Difference, WhatIfTotals } from '../../src/domain/autonomy/what-if.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import { oneLine } from './one-line.ts';
import type { ToolAnswer } from './run-tool.ts';

const EXPLANATION_CHARACTERS = 60;
const REMARK_CHARACTERS = 40;
const DIFFERENCE_COLUMNS = ['instant', 'tenant/account', 'plan/step/attempt', 'action'];
const SPENDING_COLUMNS = ['day', 'tenant/account', 'action', 'was spent', 'would have been spent'];

const RESULTS: Readonly<Record<Verdict['result'], string>> = {
  AUTO_EXECUTED: 'automatic',
  REQUIRE_APPROVAL: 'asked',
  BLOCKED: 'blocked',
};

const verdictText = ({ result, reason, policy_clause }: Verdict): string => {
  const why = [reason, policy_clause].filter((text) => text !== null);
  return result === 'AUTO_EXECUTED' || why.length === 0
    ? RESULTS[result]
    : `${RESULTS[result]} (${why.join(', ')})`;
};

const ENDS: Readonly<Record<AttemptEnd['result'], string>> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  SKIPPED: 'skipped',
  REJECTED: 'never ran',
  LAPSED: 'nobody approved it in time',
  NOT_STARTED: 'never started',
  PLAN_ENDED: 'its plan ended before anybody approved it',
};

const remark = (text: string | null): string =>
  text === null ? '' : ` (${oneLine(text, REMARK_CHARACTERS)})`;

const personText = ({ did, by, reason }: PersonDecision): string =>
  `${did.toLowerCase()} by ${by}${remark(reason)}`;

const endText = ({ end, source, was }: Difference): string => {
  if (end) return `${ENDS[end.result]}${end.result === 'FAILED' ? remark(end.reason) : ''}`;
  if (source) return 'still under way';
  return was.result === 'BLOCKED' ? 'still blocked' : 'still waits for a person';
};

/** What a person decided and how it ended; a rejection or a skip is an end in itself. */
const cameOf = (difference: Difference): string => {
  const { person } = difference;
  if (!person) return endText(difference);
  return person.did === 'APPROVED' ? `${personText(person)}: ${endText(difference)}` : personText(person);
};

const placeOf = ({ tenant_id, account_id }: { tenant_id: string; account_id: string | null }): string =>
  account_id === null ? `${tenant_id} (all accounts)` : `${tenant_id}/${account_id}`;

const differenceRow = (of: Difference): string[] => [
  ...[of.at, placeOf(of), `${of.plan_id}/${of.step_id}/${of.attempt}`, of.action_type],
  `${verdictText(of.was)} → ${verdictText(of.would)}`,
  oneLine(of.would.explanation ?? '', EXPLANATION_CHARACTERS),
  cameOf(of),
];

const differencesText = (differences: readonly Difference[]): string =>
  differences.length === 0
    ? 'No decision would have been another.'
    : textTable(
        [...DIFFERENCE_COLUMNS, 'was → would be', 'because', 'what came of it'],
        differences.map(differenceRow),
      );

const spentText = ({ spent, max }: Spent): string => `${spent} of ${max ?? '–'}`;

const hasCap = ({ was, would }: { was: Spent; would: Spent }): boolean =>
  was.max !== null || would.max !== null;

const spendingRows = (row: DaySpending): string[][] => [
  [row.day, placeOf(row), '', spentText(row.was), spentText(row.would)],
  ...row.types
    .filter(hasCap)
    .map(({ action_type, was, would }) => ['', '', action_type, spentText(was), spentText(would)]),
];

const spendingText = (spending: readonly DaySpending[]): string[] =>
  spending.length === 0 ? [] : ['', textTable(SPENDING_COLUMNS, spending.flatMap(spendingRows))];

const totalsText = ({ of_newly_automatic: made, ...totals }: WhatIfTotals): string[] => [
  '',
  `Decisions ${totals.decisions}: same ${totals.same} (${totals.same_for_another_reason} for another reason), newly automatic ${totals.newly_automatic}, newly asked ${totals.newly_asked}, newly blocked ${totals.newly_blocked}`,
  `Of the newly automatic: a person had rejected ${made.rejected}, had approved ${made.approved}; failed ${made.failed}`,
];

const withoutRows = ({ tenants }: WhatIfReport): string[] => {
  const ids = tenants.filter(({ has_rows }) => !has_rows).map(({ tenant_id }) => tenant_id);
  return ids.length === 0
    ? []
    : [`The policy has no row for ${ids.join(', ')}: there nothing would have been automatic`];
};

const complaintOf = ({ tenant_id, plan_id, error }: LeftOut): string =>
  oneLine(`left out: tenant ${tenant_id}${plan_id === null ? '' : `, plan ${plan_id}`}: ${error}`);

const verdictDocument = ({ result, reason, policy_clause, explanation }: Verdict) => ({
  ...{ result, reason, policy_clause, explanation },
});

/** Every field in its place, null where there is nothing to say. */
const differenceDocument = (difference: Difference) => {
  const { at, day, tenant_id, account_id, plan_id, step_id, attempt, action_type } = difference;
  const { risk_estimate = null, confidence_score = null, was, would } = difference;
  const { source = null, person = null, end = null } = difference;
  return {
    ...{ at, day, tenant_id, account_id, plan_id, step_id, attempt, action_type },
    ...{ risk_estimate, confidence_score, was: verdictDocument(was), would: verdictDocument(would) },
    ...{ source, person, end },
  };
};

/** What a candidate policy would have changed, for people and for programs; the same for the same ledgers and days. */
export const whatIfAnswer = (policy: CandidatePolicy, report: WhatIfReport): ToolAnswer => {
  const { days, tenants, totals, differences, spending, left_out } = report;
  const lines = [
    differencesText(differences),
    ...spendingText(spending),
    ...totalsText(totals),
    ...withoutRows(report),
  ];
  return {
    exitCode: left_out.length > 0 ? 1 : 0,
    document: {
      ...{ policy, days, tenants, totals },
      differences: differences.map(differenceDocument),
      ...{ spending, left_out },
    },
    text: lines.join('\n'),
    ...(left_out.length > 0 && { complaint: left_out.map(complaintOf).join('\n') }),
  };
};
