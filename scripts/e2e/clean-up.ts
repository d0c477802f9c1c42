import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { actionTypePk, CLAIM_SK, idempotencyPk, planPk, scopePk } from '../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import { isTerminal } from '../../src/domain/plan/plan.ts';
import { partition, type Row } from './facts.ts';
import type { CheckedStage } from './open-stage.ts';
import { ACTION_TYPE, command } from './subject.ts';

const remove = async ({ client, tables }: CheckedStage, table: keyof TableNames, Key: Row): Promise<void> =>
  void (await client.send(new DeleteCommand({ TableName: tables[table], Key })));

const removePartition = async (stage: CheckedStage, table: keyof TableNames, pk: string): Promise<void> => {
  for (const row of await partition(stage, table, ['pk', pk]))
    await remove(stage, table, { pk: row.pk, sk: row.sk });
};

/** The note's id is the key under which its tool was called. */
const removeNotes = async (stage: CheckedStage, key: PlanKey): Promise<void> => {
  for (const { pk, sk, note_id } of await partition(stage, 'INTERNAL_NOTES_TABLE_NAME', [
    'pk',
    scopePk(key),
  ])) {
    await remove(stage, 'INTERNAL_NOTES_TABLE_NAME', { pk, sk });
    await remove(stage, 'EXTERNAL_WRITE_DEDUPE_TABLE_NAME', {
      ...{ pk: idempotencyPk(String(note_id)), sk: CLAIM_SK },
    });
  }
};

const removeSignals = async (stage: CheckedStage, { tenant_id }: PlanKey): Promise<void> => {
  const signals = await partition(stage, 'SIGNALS_TABLE_NAME', ['tenantId', tenant_id]);
  for (const { tenantId, signalId } of signals)
    await remove(stage, 'SIGNALS_TABLE_NAME', { tenantId, signalId });
};

const endPlan = async (stage: CheckedStage, key: PlanKey): Promise<void> => {
  const plan = await stage.stores.plans.get(key);
  if (plan && !isTerminal(plan.plan_status))
    await command(stage, key, { do: 'abort', reason: 'the check is over' });
};

/**
 * Ends the plan and deletes what the check wrote and what came of it: the intents first, so that an event that arrives late starts
 * nothing. Ledgers stay, and with them the plan, which is what its ledger tells.
 */
export const cleanUp = async (stage: CheckedStage, key: PlanKey): Promise<void> => {
  await endPlan(stage, key);
  for (const table of [
    'ACTION_INTENT_TABLE_NAME',
    'EXECUTION_ATTEMPTS_TABLE_NAME',
    'EXECUTION_OUTCOMES_TABLE_NAME',
    'AUTONOMY_CONFIG_TABLE_NAME',
    'AUTONOMY_BUDGET_STATE_TABLE_NAME',
  ] as const)
    await removePartition(stage, table, scopePk(key));
  await removeNotes(stage, key);
  await removeSignals(stage, key);
  await removePartition(stage, 'PLAN_STEP_EXECUTION_TABLE_NAME', planPk(key.plan_id));
  await removePartition(stage, 'ACTION_TYPE_REGISTRY_TABLE_NAME', actionTypePk(ACTION_TYPE, key.tenant_id));
  await remove(stage, 'TENANTS_TABLE_NAME', { tenantId: key.tenant_id });
};
