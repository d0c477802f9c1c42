import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { scopePk, tenantPk } from '../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import type { ActionOutcome, ExecutionAttempt } from '../../src/domain/execution/execution.ts';
import type { LedgerEntry } from '../../src/domain/ledger/plan-ledger.ts';
import { findStep, type Plan, type PlanStep } from '../../src/domain/plan/plan.ts';
import type { CheckedStage } from './open-stage.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Everything that a stage has on the first attempt of a step. */
export interface Facts {
  readonly plan: Plan | undefined;
  readonly step: PlanStep | undefined;
  readonly planLedger: readonly LedgerEntry[];
  readonly attempt: ExecutionAttempt | undefined;
  readonly outcomes: readonly ActionOutcome[];
  /** Entries of the ledger of executions. */
  readonly entries: readonly Row[];
  readonly signals: readonly Row[];
  readonly notes: readonly Row[];
  /** By the HTTP API; undefined where there is none. */
  readonly status: string | undefined;
}

/** All rows of a partition, read consistently. */
export const partition = async (
  { client, tables }: Pick<CheckedStage, 'client' | 'tables'>,
  table: keyof TableNames,
  [name, value]: readonly [key: 'pk' | 'tenantId', value: string],
): Promise<Row[]> => {
  const rows: Row[] = [];
  const pages = paginateQuery(
    { client },
    {
      ...{ TableName: tables[table], ConsistentRead: true, KeyConditionExpression: '#key = :value' },
      ...{ ExpressionAttributeNames: { '#key': name }, ExpressionAttributeValues: { ':value': value } },
    },
  );
  for await (const { Items = [] } of pages) rows.push(...Items);
  return rows;
};

const isAbout =
  (intentId: string) =>
  ({ action_intent_id, data }: Row): boolean =>
    (action_intent_id ?? (data as Row | undefined)?.action_intent_id) === intentId;

/** What the stage has now on an attempt, which the plan's step and the intent name. */
export const readFacts = async (
  stage: CheckedStage,
  key: PlanKey,
  { step_id, intentId }: { readonly step_id: string; readonly intentId: string },
): Promise<Facts> => {
  const { plans, executions } = stage.stores;
  const [plan, planLedger, attempt, outcomes, entries, signals, notes, status] = await Promise.all([
    plans.get(key),
    plans.ledger(key.plan_id),
    executions.get(key, intentId),
    executions.outcomes(key, intentId),
    partition(stage, 'LEDGER_TABLE_NAME', ['pk', tenantPk(key.tenant_id)]),
    partition(stage, 'SIGNALS_TABLE_NAME', ['tenantId', key.tenant_id]),
    partition(stage, 'INTERNAL_NOTES_TABLE_NAME', ['pk', scopePk(key)]),
    stage.status(key, intentId),
  ]);
  return {
    ...{ plan, planLedger, attempt, outcomes, status },
    step: plan && findStep(plan, step_id),
    entries: entries.filter(isAbout(intentId)),
    signals: signals.filter(isAbout(intentId)),
    notes: notes.filter(isAbout(intentId)),
  };
};
