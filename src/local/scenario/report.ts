import type { PlanStore } from '../../application/ports/plans.ts';
import { type BudgetUse, budgetUse } from '../../domain/ledger/budget-use.ts';
import { canonicalJson } from '../../domain/ledger/canonical-json.ts';
import type { LedgerEntry } from '../../domain/ledger/plan-ledger.ts';
import { ledgerViolations, overlappingActivePlans, rowViolations } from '../../domain/ledger/violations.ts';
import type { CompletionReason, Plan, PlanStatus, StepStatus } from '../../domain/plan/plan.ts';
import type { BilledUnits } from '../local-system.ts';
import type { CycleLine } from './cycle-line.ts';
import type { RefusedCommand } from './play.ts';
import type { Scenario } from './scenario.ts';

export interface PlanReport {
  readonly plan_id: string;
  readonly plan_status: PlanStatus;
  readonly completion_reason?: CompletionReason;
  readonly pause_reason?: string;
  readonly steps: readonly {
    readonly step_id: string;
    readonly status: StepStatus;
    readonly attempts: number;
  }[];
}

/** What became of a scenario. */
export interface SimulationReport {
  readonly plans: readonly PlanReport[];
  readonly cycles: readonly CycleLine[];
  readonly ledger: Readonly<Record<string, readonly LedgerEntry[]>>;
  /** What was taken from the budgets of accounts, by day. */
  readonly budgets: readonly BudgetUse[];
  readonly refused: readonly RefusedCommand[];
  /** Invariants that were broken, in words; empty when all is well. */
  readonly violations: readonly string[];
  readonly units: BilledUnits;
}

const planReport = ({ plan_id, plan_status, completion_reason, pause_reason, steps }: Plan): PlanReport => ({
  plan_id,
  plan_status,
  ...(completion_reason && { completion_reason }),
  ...(plan_status === 'PAUSED' && pause_reason !== undefined && { pause_reason }),
  steps: steps.map(({ step_id, status, last_attempt }) => ({ step_id, status, attempts: last_attempt ?? 0 })),
});

/** The same entry with its keys in order: stores give maps back in any. */
const inOrder = (entry: LedgerEntry): LedgerEntry => JSON.parse(canonicalJson(entry)) as LedgerEntry;

const CAPPED = ['PLAN_ACTIVATED', 'STEP_STARTED'] as const;

/** Tenants for which one cycle did more than K of a kind. */
const overTheCap = (ledgers: readonly (readonly LedgerEntry[])[], k: number): string[] => {
  const counts = new Map<string, number>();
  for (const { event_type, actor, tenant_id } of ledgers.flat()) {
    if (actor.kind !== 'system' || !CAPPED.some((type) => type === event_type) || actor.id === 'scenario')
      continue;
    const key = `${event_type} of tenant ${tenant_id} by ${actor.id}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > k)
    .map(([key, count]) => `${count} × ${key}: more than ${k}`);
};

const violationsOf = (
  plans: readonly Plan[],
  ledgers: readonly (readonly LedgerEntry[])[],
  k: number,
): string[] => [
  ...plans.flatMap((plan, index) => {
    const entries = ledgers[index] ?? [];
    return [...ledgerViolations(entries), ...rowViolations(plan, entries)].map(
      (what) => `plan ${plan.plan_id}: ${what}`,
    );
  }),
  ...overlappingActivePlans(ledgers),
  ...overTheCap(ledgers, k),
];

/** Reads what became of a scenario's plans, and holds it against the invariants. */
export const simulationReport = async (
  scenario: Scenario,
  store: PlanStore,
  played: Pick<SimulationReport, 'cycles' | 'refused' | 'units'>,
): Promise<SimulationReport> => {
  const { plans } = await store.getMany(scenario.plans);
  const ledgers = await Promise.all(plans.map(({ plan_id }) => store.ledger(plan_id)));
  const { cycles, refused, units } = played;
  return {
    plans: plans.map(planReport),
    cycles,
    ledger: Object.fromEntries(
      plans.map(({ plan_id }, index) => [plan_id, (ledgers[index] ?? []).map(inOrder)]),
    ),
    budgets: budgetUse(ledgers),
    refused,
    violations: violationsOf(plans, ledgers, scenario.max_plans_per_run),
    units,
  };
};
