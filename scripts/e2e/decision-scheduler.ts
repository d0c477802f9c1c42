import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DECISION_KEY_SK, decisionKeyPk, scopePk, tenantPk } from '../../src/adapters/dynamodb/keys.ts';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import type { PlanKey } from '../../src/application/ports/plans.ts';
import { partition } from './facts.ts';
import type { CheckedStage } from './open-stage.ts';
import { CheckFailedError, missing } from './watch.ts';

const RUN_STATES = 'DECISION_RUN_STATE_TABLE_NAME';
const RESERVATIONS = 'IDEMPOTENCY_STORE_TABLE_NAME';

const answer = z.object({ result: z.string(), reason: z.string(), explanation: z.string() });
type Answer = z.infer<typeof answer>;

const isDuplicate = ({ result, reason }: Answer): boolean => result === 'SKIP' && reason === 'DUPLICATE';

const seedTenant = async ({ client, tables, time }: CheckedStage, { tenant_id }: PlanKey): Promise<void> => {
  const now = (await time()).now().toISOString();
  const about = { name: 'End-to-end check', status: 'active', createdAt: now, updatedAt: now };
  const Item = { tenantId: tenant_id, ...about };
  await client.send(new PutCommand({ TableName: tables.TENANTS_TABLE_NAME, Item }));
};

const removeRows = async (stage: CheckedStage, table: keyof TableNames, pk: string): Promise<void> => {
  for (const row of await partition(stage, table, ['pk', pk])) {
    const Key = { pk: row.pk, sk: row.sk };
    await stage.client.send(new DeleteCommand({ TableName: stage.tables[table], Key }));
  }
};

/** Has one trigger evaluated twice: the first time it runs, the second time it is a duplicate, and there is one reservation. */
export const decisionScheduler = async (
  stage: CheckedStage,
  _watch: unknown,
  key: PlanKey,
): Promise<void> => {
  const { tenant_id, account_id } = key;
  const idempotency_key = `e2e-${randomUUID()}`;
  const detail = { tenant_id, account_id, trigger_type: 'SIGNAL_ARRIVED', idempotency_key };
  const invoke = async (): Promise<Answer> =>
    answer.parse(await stage.invoke('decisionCostGate', { detail }));
  const reservation = decisionKeyPk(idempotency_key);
  try {
    await seedTenant(stage, key);
    const [first, second] = [await invoke(), await invoke()];
    const rows = await partition(stage, RESERVATIONS, ['pk', reservation]);
    const wrong = missing(rows, {
      'the first to be allowed': () => first.result === 'ALLOW',
      'the second to be a duplicate': () => isDuplicate(second),
      'one reservation': () => rows.length === 1 && rows[0]?.sk === DECISION_KEY_SK,
    });
    if (wrong.length === 0) return;
    const said = [first, second].map(({ result, reason }) => `${result} ${reason}`).join(', then ');
    throw new CheckFailedError(`asked twice, and told ${said}: not ${wrong.join(', ')}`);
  } finally {
    await removeRows(stage, RESERVATIONS, reservation);
    await removeRows(stage, RUN_STATES, scopePk(key));
    await removeRows(stage, RUN_STATES, tenantPk(tenant_id));
  }
};
