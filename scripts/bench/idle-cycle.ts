import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { dueShard, dueSk, planPk, scopePk } from '../../src/adapters/dynamodb/keys.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type BenchSystem, startBenchSystem, unitsBetween } from './bench-system.ts';
import { measured } from './process-cost.ts';

const PLANS_PER_TENANT = 10;
const BATCH_ROWS = 25;
const WRITERS = 8;
const NOT_DUE = '2999-01-01T00:00:00.000Z';

type Row = Record<string, unknown>;

const planRow = (tenant_id: string, number: number): Row => {
  const scope = { tenant_id, account_id: `a${number}` };
  const plan_id = `${tenant_id}-plan-${number}`;
  const steps = [
    { step_id: 'step-0', action_type: 'PREP_RENEWAL_BRIEF', dependencies: [], status: 'PENDING' },
  ];
  return {
    ...{
      pk: scopePk(scope),
      sk: planPk(plan_id),
      ...scope,
      plan_id,
      plan_type: 'RENEWAL_DEFENSE',
      plan_status: 'PAUSED',
    },
    ...{ objective: 'Secure the renewal before day -30', steps, expires_at: NOT_DUE, version: 1 },
    ...{ due_shard: dueShard(plan_id), due_sk: dueSk(NOT_DUE, plan_id) },
  };
};

const writeAll = async (
  { documentClient }: BenchSystem,
  TableName: string,
  rows: readonly Row[],
): Promise<void> => {
  let from = 0;
  const writer = async () => {
    while (from < rows.length) {
      const batch = rows.slice(from, from + BATCH_ROWS);
      from += BATCH_ROWS;
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      await documentClient.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
};

/** One cycle over tenants that all have plans, none of which is due. */
export const idleCycle = async (tenants: number) => {
  const bench = await startBenchSystem({ clock: systemClock, maxPlansPerRun: 10 });
  const ids = Array.from({ length: tenants }, (_, index) => `t${index}`);
  const plans = ids.flatMap((id) =>
    Array.from({ length: PLANS_PER_TENANT }, (_, number) => planRow(id, number)),
  );
  await writeAll(
    bench,
    bench.tables.TENANTS_TABLE_NAME,
    ids.map((tenantId) => ({ tenantId, status: 'active' })),
  );
  await writeAll(bench, bench.tables.REVENUE_PLANS_TABLE_NAME, plans);
  await bench.cycle();
  const before = bench.system.units();
  const cost = await measured(bench.databasePid, async () => {
    await bench.cycle();
  });
  const units = unitsBetween(before, bench.system.units());
  await bench.stop();
  return { tenants, plans: plans.length, ...cost, ...units };
};
