import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import {
  ALLOWLIST_SK,
  autonomySk,
  BUDGET_CONFIG_SK,
  connectorConfigSk,
  scopePk,
  tenantPk,
} from '../../src/adapters/dynamodb/keys.ts';
import type { SecretStore } from '../../src/application/ports/configuration.ts';
import type { ProposalGenerator } from '../../src/application/ports/decisions.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import { type LocalCrm, startLocalCrm } from '../../src/local/crm/crm-server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../src/local/webhook/receiver.ts';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { type FreshTables, freshTables } from '../support/dynamodb.ts';
import { recordedBus } from '../support/fakes/recorded-bus.ts';
import { SCOPE } from '../support/intents.ts';
import { minute, newPlan } from '../support/plan-fixtures.ts';
import { type SettableClock, settableClock } from '../support/settable-clock.ts';
import {
  CONNECTOR_SECRETS,
  type Guarded,
  type GuardedFunctions,
  guardedFunctions,
} from './guarded-functions.ts';

/** Functions held to their roles, and around them everything that they act on. */
export interface AccessWorld extends GuardedFunctions {
  readonly clock: SettableClock;
  readonly crm: LocalCrm;
  readonly webhook: WebhookReceiver;
  /** What people do, who are not held to a role here. */
  readonly people: Runtime;
  /** From now on the tenant has its briefs prepared by this tool, with these arguments; that can be undone. */
  prepareBriefsBy(tool_name: string, args: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

const log = { info: () => {}, error: () => {} };

const CRM_SECRET = { client_id: 'crm', client_secret: 'known to these tests only' };
const WEBHOOK_SECRET = { signing_key: 'known to these tests only' };

const secrets: SecretStore = {
  get: async (id) => (id === `${CONNECTOR_SECRETS}crm` ? CRM_SECRET : WEBHOOK_SECRET),
};

const proposals: ProposalGenerator = {
  propose: async () => {
    const { plan_type, objective, steps, expires_at } = newPlan();
    return { plan_type, objective, steps, expires_at };
  },
};

const put = (tables: FreshTables, logicalId: string, Item: Record<string, unknown>) =>
  tables.documentClient.send(new PutCommand({ TableName: tables.tableNames[logicalId] ?? '', Item }));

/** A tenant, what the policy may approve for it, and how it reaches the systems that tools act on. */
const seed = async (tables: FreshTables, crm: LocalCrm, webhook: WebhookReceiver): Promise<void> => {
  const account = { pk: scopePk(SCOPE) };
  const connector = (id: string) => ({ pk: tenantPk('acme'), sk: connectorConfigSk(id) });
  const secret_id = (id: string) => ({ secret_id: `${CONNECTOR_SECRETS}${id}` });
  const allowed_hosts = [new URL(webhook.url).host];
  const rows: [string, Record<string, unknown>][] = [
    ['TenantsTable', { tenantId: 'acme', status: 'active' }],
    ['AutonomyConfigTable', { ...account, sk: ALLOWLIST_SK, action_types: ['PREP_RENEWAL_BRIEF'] }],
    ['AutonomyConfigTable', { ...account, sk: autonomySk('PREP_RENEWAL_BRIEF'), mode: 'AUTO_EXECUTE' }],
    ['AutonomyBudgetStateTable', { ...account, sk: BUDGET_CONFIG_SK, max_autonomous_per_day: 10 }],
    ['ConnectorConfigTable', { ...connector('crm'), login_url: crm.url, ...secret_id('crm') }],
    [
      'ConnectorConfigTable',
      { ...connector('webhook'), url: webhook.url, allowed_hosts, ...secret_id('webhook') },
    ],
  ];
  await Promise.all(rows.map(([logicalId, row]) => put(tables, logicalId, row)));
};

const registryOf = ({ documentClient, env }: FreshTables) =>
  createActionTypeRegistry(documentClient, {
    ACTION_TYPE_REGISTRY_TABLE_NAME: env.ACTION_TYPE_REGISTRY_TABLE_NAME ?? '',
  });

const standingIn = (value: string, toolParam: string) => ({
  ...{ toolParam, transform: 'PASSTHROUGH' as const, required: false, default: value },
});

export const accessWorld = async (guarded: Omit<Guarded, 'overrides'> = {}): Promise<AccessWorld> => {
  const clock = settableClock(minute(0));
  const [tables, crm, webhook] = await Promise.all([
    freshTables(),
    startLocalCrm({ clock, users: CRM_SECRET }),
    startWebhookReceiver({ clock, signingKey: WEBHOOK_SECRET.signing_key }),
  ]);
  const registry = registryOf(tables);
  await Promise.all([seed(tables, crm, webhook), registry.seed(DEFAULT_ACTION_TYPES, minute(0))]);
  const functions = await guardedFunctions(tables, {
    ...guarded,
    overrides: { clock, log, secrets, proposals },
  });
  const people = createRuntime(
    { ...tables.env, EVENT_BUS_NAME: 'bus' },
    {
      clock,
      log,
      dynamoDb: tables.client,
      eventBridge: recordedBus({ published: [], signals: [], escalations: [] }),
    },
  );
  return {
    ...{ ...functions, clock, crm, webhook, people },
    async prepareBriefsBy(tool_name, args) {
      const parameter_mapping = Object.fromEntries(
        Object.entries(args).map(([name, value]) => [name, standingIn(value, name)]),
      );
      const of = { action_type: 'PREP_RENEWAL_BRIEF', tenant_id: 'acme', tool_name, parameter_mapping };
      const rest = { tool_schema_version: 'v1.0', required_scopes: [], risk_class: 'LOW' as const };
      await registry.register(
        { ...of, ...rest, compensation_strategy: 'AUTOMATIC' },
        clock.now().toISOString(),
      );
    },
    stop: async () => void (await Promise.all([crm.stop(), webhook.stop(), tables.release()])),
  };
};
