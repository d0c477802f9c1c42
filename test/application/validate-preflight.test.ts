import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createIntentStore } from '../../src/adapters/dynamodb/intent-store.ts';
import { createKillSwitchStore } from '../../src/adapters/dynamodb/kill-switch-store.ts';
import { TransientError } from '../../src/application/errors.ts';
import type { KillSwitchStore, Tenant, TenantStore } from '../../src/application/ports/configuration.ts';
import type { IntentStore } from '../../src/application/ports/executions.ts';
import { type PreflightDeps, validatePreflight } from '../../src/application/validate-preflight.ts';
import { INTENT_STATUSES } from '../../src/domain/intent/action-intent.ts';
import { freshTables } from '../support/dynamodb.ts';
import { newExecutionState } from '../support/executions.ts';
import { fake } from '../support/fakes/fake.ts';
import { tenantsOf } from '../support/fakes/plan-hints.ts';
import { newIntent, SCOPE, SCOPE_PK } from '../support/intents.ts';
import { EXPIRY, minute } from '../support/plan-fixtures.ts';
import { settableClock } from '../support/settable-clock.ts';

const APPROVED = newIntent({ status: 'APPROVED' });
const ACTIVE: Tenant = { tenantId: 'acme', status: 'active' };

const intentsOf = (...intents: (typeof APPROVED)[]): IntentStore =>
  fake<IntentStore>('IntentStore', {
    get: async ({ tenant_id, account_id }, id) =>
      intents.find(
        (intent) =>
          intent.tenant_id === tenant_id &&
          intent.account_id === account_id &&
          intent.action_intent_id === id,
      ),
  });

/** Switches of which none is thrown; keeps what it was asked. */
const switches = () => {
  const asked: string[][] = [];
  const check: KillSwitchStore['check'] = async (...of) => {
    asked.push(of);
    return { stopped_by: undefined };
  };
  return { asked, killSwitches: fake<KillSwitchStore>('KillSwitchStore', { check }) };
};

const check = (more: Partial<PreflightDeps> = {}, now = minute(5)) =>
  validatePreflight(
    {
      ...{ clock: settableClock(now), intents: intentsOf(APPROVED), tenants: tenantsOf(ACTIVE) },
      killSwitches: switches().killSwitches,
      ...more,
    },
    { execution: newExecutionState() },
  );

describe('an action may be carried out', () => {
  it('when its intent is approved, its tenant is active and no switch stops it', async () => {
    const { asked, killSwitches } = switches();
    expect(await check({ killSwitches })).toEqual({ valid: true });
    expect(asked).toEqual([['acme', 'PREP_RENEWAL_BRIEF']]);
  });

  it('until its intent lapses, to the millisecond', async () => {
    const before = new Date(Date.parse(EXPIRY) - 1).toISOString();
    expect(await check({}, before)).toEqual({ valid: true });
  });
});

describe('an action may not be carried out', () => {
  it.each([EXPIRY, minute(100_000)])('when its intent has lapsed: at %s', async (now) => {
    await expect(check({}, now)).rejects.toMatchObject({
      ...{ name: 'ValidationError', error_class: 'VALIDATION', error_code: 'INTENT_EXPIRED' },
      message: `action intent ${APPROVED.action_intent_id} has lapsed at ${EXPIRY}`,
    });
  });

  it.each(INTENT_STATUSES.filter((status) => status !== 'APPROVED'))(
    'when its intent is %s',
    async (status) => {
      await expect(check({ intents: intentsOf(newIntent({ status })) })).rejects.toMatchObject({
        ...{ name: 'ValidationError', error_class: 'VALIDATION', error_code: 'INTENT_NOT_APPROVED' },
        message: `action intent ${APPROVED.action_intent_id} is ${status}, not APPROVED`,
      });
    },
  );

  it('when its intent is gone', async () => {
    await expect(check({ intents: intentsOf() })).rejects.toMatchObject({
      ...{ name: 'IntentNotFoundError', error_class: 'VALIDATION', error_code: 'INTENT_NOT_FOUND' },
    });
  });

  it.each([
    ['action_type', undefined],
    ['target', undefined],
    ['parameters', 'none'],
    ['expires_at', 'soon'],
    ['status', undefined],
  ])('when its intent is incomplete: %s is %p', async (name, value) => {
    await using tables = await freshTables();
    const table = { ACTION_INTENT_TABLE_NAME: `${tables.env.ACTION_INTENT_TABLE_NAME}` };
    const sk = `ACTION_INTENT#${APPROVED.action_intent_id}`;
    const Item = { pk: SCOPE_PK, sk, ...APPROVED, [name]: value };
    await tables.documentClient.send(new PutCommand({ TableName: table.ACTION_INTENT_TABLE_NAME, Item }));
    const intents = createIntentStore(tables.documentClient, table);
    await expect(check({ intents })).rejects.toMatchObject({
      ...{ name: 'ValidationError', error_class: 'VALIDATION', error_code: 'INTENT_INCOMPLETE' },
      message: expect.stringContaining(name),
      cause: { name: 'StoredRowInvalidError' },
    });
  });

  it.each<[string, Tenant[]]>([
    ['suspended', [{ ...ACTIVE, status: 'suspended' }]],
    ['deleted', [{ ...ACTIVE, status: 'deleted' }]],
    ['unknown', []],
    ['unknown', [{ ...ACTIVE, tenantId: 'other' }]],
  ])('when its tenant is %s', async (status, tenants) => {
    await expect(check({ tenants: tenantsOf(...tenants) })).rejects.toMatchObject({
      ...{ name: 'ValidationError', error_class: 'VALIDATION', error_code: 'TENANT_NOT_ACTIVE' },
      message: `tenant ${SCOPE.tenant_id} is ${status}, not active`,
    });
  });

  it.each([
    { pk: 'GLOBAL', stopped: true },
    { pk: 'TENANT#acme', stopped: true },
    { pk: 'TENANT#acme', stopped: false, disabled_action_types: ['PREP_RENEWAL_BRIEF'] },
    { pk: 'TENANT#acme', stopped: 'perhaps' },
  ])('when a kill switch stops it, which the error names: %j', async (row) => {
    await using tables = await freshTables();
    const table = { KILL_SWITCHES_TABLE_NAME: `${tables.env.KILL_SWITCHES_TABLE_NAME}` };
    const Item = { sk: 'SWITCH', ...row };
    await tables.documentClient.send(new PutCommand({ TableName: table.KILL_SWITCHES_TABLE_NAME, Item }));
    const killSwitches = createKillSwitchStore(tables.documentClient, table);
    const { stopped_by } = await killSwitches.check('acme', 'PREP_RENEWAL_BRIEF');
    await expect(check({ killSwitches })).rejects.toMatchObject({
      ...{ name: 'KillSwitchEnabledError', error_class: 'VALIDATION', error_code: 'KILL_SWITCH_ENABLED' },
      message: `${stopped_by} stops PREP_RENEWAL_BRIEF`,
    });
  });

  it.each<[string, (error: Error) => Partial<PreflightDeps>]>([
    [
      'switches',
      (error) => ({
        killSwitches: fake<KillSwitchStore>('KillSwitchStore', { check: () => Promise.reject(error) }),
      }),
    ],
    [
      'tenant',
      (error) => ({ tenants: fake<TenantStore>('TenantStore', { get: () => Promise.reject(error) }) }),
    ],
    [
      'intent',
      (error) => ({ intents: fake<IntentStore>('IntentStore', { get: () => Promise.reject(error) }) }),
    ],
  ])('when its %s cannot be read; the error goes through as it is', async (_what, broken) => {
    const error = new TransientError('the table is throttled');
    await expect(check(broken(error))).rejects.toBe(error);
  });
});
