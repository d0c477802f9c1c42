import type { LedgerEntry } from '../../src/domain/ledger/plan-ledger.ts';
import type { Plan, PlanStep } from '../../src/domain/plan/plan.ts';
import { entryLine } from '../../src/local/terminal/entry-line.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import { oneLine } from './one-line.ts';
import type { PlanRecord } from './plan-record.ts';
import { waitOfPlan, waitOfStep } from './waits.ts';

const STEP_COLUMNS = ['step', 'action', 'status', 'attempts', 'failure', 'waits for', 'until', 'intent'];

const stepRow = (plan: Plan, step: PlanStep): unknown[] => {
  const wait = waitOfStep(plan, step);
  return [
    ...[step.step_id, step.action_type, step.status, step.last_attempt ?? 0],
    ...[oneLine(step.failure_reason ?? ''), oneLine(wait?.what ?? ''), wait?.until],
    step.in_flight?.action_intent_id,
  ];
};

const reasonOf = (plan: Plan): string | undefined =>
  plan.plan_status === 'PAUSED' ? plan.pause_reason : plan.completion_reason;

const approvedText = ({ approved_by, approved_at }: Plan): string =>
  approved_by === undefined ? 'not approved' : `approved ${approved_at} by ${approved_by}`;

const headLines = (plan: Plan): string[] => {
  const reason = reasonOf(plan);
  const wait = waitOfPlan(plan);
  return [
    `${plan.plan_id}: ${plan.plan_status}${reason === undefined ? '' : ` (${reason})`}`,
    `  ${plan.objective}`,
    `  tenant ${plan.tenant_id} · account ${plan.account_id} · ${plan.plan_type}`,
    `  created ${plan.created_at} by ${plan.created_by} · ${approvedText(plan)} · expires ${plan.expires_at}`,
    ...(plan.activation_rejection === undefined ? [] : [`  not activated: ${plan.activation_rejection}`]),
    ...(wait === undefined ? [] : [`  waits for a person: ${wait.what}`]),
  ].map((line) => oneLine(line));
};

const stepsText = (plan: Plan): string =>
  plan.steps.length === 0
    ? 'No steps.'
    : textTable(
        STEP_COLUMNS,
        plan.steps.map((step) => stepRow(plan, step)),
      );

const entryText = (entry: LedgerEntry): string =>
  oneLine(`  ${String(entry.seq).padStart(3)}  ${entry.timestamp}  ${entryLine(entry)}`);

const verdictLines = ({ entries, problems }: PlanRecord): string[] =>
  problems.length === 0
    ? [
        `Ledger: ok (${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}, chained without gaps; the plan is what they tell)`,
      ]
    : ['Ledger: BROKEN', ...problems.map((problem) => oneLine(`  ${problem}`))];

/** A plan for people: what it is, its steps as a table, its ledger as a timeline, and whether the ledger is whole. */
export const showText = (planId: string, record: PlanRecord): string => {
  const { plan, entries } = record;
  const head = plan ? [...headLines(plan), '', stepsText(plan)] : [`${planId}: its row cannot be read`];
  return [...head, '', ...entries.map(entryText), '', ...verdictLines(record)].join('\n');
};
