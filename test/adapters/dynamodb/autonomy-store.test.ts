import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createAutonomyStore } from '../../../src/adapters/dynamodb/autonomy-store.ts';
import { StoredRowInvalidError, TransientError } from '../../../src/application/errors.ts';
import { SCOPE, SCOPE_PK } from '../../support/intents.ts';
import { useWorld } from '../../support/world.ts';

const world = useWorld();

const TYPE = 'PREP_RENEWAL_BRIEF';
const DAY = '2026-01-05';
const TENANT_PK = 'TENANT#acme';
const facts = () => world.runtime.autonomy.facts(SCOPE, TYPE, DAY);
const config = (pk: string, sk: string, row: object) =>
  world.put('AUTONOMY_CONFIG_TABLE_NAME', { pk, sk, ...row });
const budgetRow = (pk: string) => (sk: string, row: object) =>
  world.put('AUTONOMY_BUDGET_STATE_TABLE_NAME', { pk, sk, ...row });
const [budget, budgetOfTenant] = [budgetRow(SCOPE_PK), budgetRow(TENANT_PK)];

const withClient = async (Answer: object) => {
  const mock = mockClient(world.tables.documentClient);
  mock.on(BatchGetCommand).resolves(Answer);
  const store = createAutonomyStore(world.tables.documentClient, world.names);
  try {
    return await store.facts(SCOPE, TYPE, DAY);
  } finally {
    mock.restore();
  }
};

const NO_BUDGET = { limits: undefined, used: { total: 0, of_type: 0 } };
const NOTHING = {
  allowlists: { account: undefined, tenant: undefined },
  modes: {
    ...{ account_type: undefined, tenant_type: undefined },
    ...{ account_default: undefined, tenant_default: undefined },
  },
  budgets: { account: NO_BUDGET, tenant: NO_BUDGET },
};

describe('what is configured of autonomy', () => {
  it('is nothing when there are no rows', async () => {
    expect(await facts()).toEqual(NOTHING);
  });

  it('is read for account and tenant, type and default, with the budget of the day', async () => {
    await config(SCOPE_PK, 'ALLOWLIST#AUTO_EXEC', { action_types: [TYPE] });
    await config(TENANT_PK, 'ALLOWLIST#AUTO_EXEC', { action_types: [] });
    await config(SCOPE_PK, `AUTONOMY#${TYPE}`, { mode: 'AUTO_EXECUTE' });
    await config(TENANT_PK, `AUTONOMY#${TYPE}`, { mode: 'PROPOSE_ONLY' });
    await config(SCOPE_PK, 'AUTONOMY#DEFAULT', { mode: 'DISABLED' });
    await config(TENANT_PK, 'AUTONOMY#DEFAULT', { mode: 'APPROVAL_REQUIRED' });
    await budget('BUDGET#CONFIG', { max_autonomous_per_day: 10 });
    await budget(`BUDGET_STATE#${DAY}`, { total: 3, [`count_${TYPE}`]: 2, count_OTHER: 1 });
    await budgetOfTenant('BUDGET#CONFIG', { max_autonomous_per_day: 50, max_per_action_type: { [TYPE]: 5 } });
    await budgetOfTenant(`BUDGET_STATE#${DAY}`, { total: -1 });
    expect(await facts()).toEqual({
      allowlists: { account: [TYPE], tenant: [] },
      modes: {
        ...{ account_type: 'AUTO_EXECUTE', tenant_type: 'PROPOSE_ONLY' },
        ...{ account_default: 'DISABLED', tenant_default: 'APPROVAL_REQUIRED' },
      },
      budgets: {
        account: { limits: { max_autonomous_per_day: 10 }, used: { total: 3, of_type: 2 } },
        tenant: {
          limits: { max_autonomous_per_day: 50, max_per_action_type: { [TYPE]: 5 } },
          used: { total: -1, of_type: 0 },
        },
      },
    });
  });

  it('is nothing of another account, type or day', async () => {
    await config('TENANT#acme#ACCOUNT#a2', 'ALLOWLIST#AUTO_EXEC', { action_types: [TYPE] });
    await config(SCOPE_PK, 'AUTONOMY#ESCALATE_SUPPORT_RISK', { mode: 'AUTO_EXECUTE' });
    await budget('BUDGET_STATE#2026-01-04', { total: 3 });
    expect(await facts()).toEqual(NOTHING);
  });

  it('is named by its row when it cannot be read', async () => {
    await config(SCOPE_PK, 'AUTONOMY#DEFAULT', { mode: 'YOLO' });
    await expect(facts()).rejects.toThrow(StoredRowInvalidError);
    await expect(facts()).rejects.toThrow(/AUTONOMY#DEFAULT: mode/);
    await world.remove('AUTONOMY_CONFIG_TABLE_NAME', SCOPE_PK, 'AUTONOMY#DEFAULT');
    await budgetOfTenant('BUDGET#CONFIG', { max_autonomous_per_day: 'many' });
    await expect(facts()).rejects.toThrow(/BUDGET#CONFIG: max_autonomous_per_day/);
  });

  it('is not decided upon when DynamoDB gave back a part of it only', async () => {
    const UnprocessedKeys = { [world.names.AUTONOMY_CONFIG_TABLE_NAME]: { Keys: [{ pk: 'a', sk: 'b' }] } };
    await expect(withClient({ Responses: {}, UnprocessedKeys })).rejects.toThrow(TransientError);
  });

  it('is nothing when the answer has no rows at all', async () => {
    expect(await withClient({})).toEqual(NOTHING);
  });
});
