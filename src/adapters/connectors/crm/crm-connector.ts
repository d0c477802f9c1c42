import type { Clock } from '../../../application/clock.ts';
import type { ConnectorConfigStore } from '../../../application/ports/configuration.ts';
import type { CompensationCall, Connector, ToolCall } from '../../../application/ports/connectors.ts';
import type { ToolAnswer } from '../../../contracts/tools.ts';
import type { ExternalObjectRef } from '../../../domain/execution/execution.ts';
import { type CrmConfig, readCrmConfig } from './crm-config.ts';
import { type CrmFailure, invalidCall, notConfigured } from './crm-failure.ts';
import { type CrmRecord, followUpOf, OBJECT_TYPES, recordOf } from './crm-record.ts';
import type { HttpOptions } from './http-exchange.ts';
import { createSalesforceClient, type SalesforceClient } from './salesforce-client.ts';
import type { SessionDeps } from './salesforce-session.ts';

export interface CrmConnectorDeps extends Pick<SessionDeps, 'secrets'> {
  /** How requests are sent; default: the global fetch, 15 seconds each. */
  readonly http?: HttpOptions;
  readonly configs: ConnectorConfigStore;
  readonly clock: Clock;
}

type Call = Pick<ToolCall, 'tenant_id' | 'idempotency_key'>;
type Refs = readonly ExternalObjectRef[];

const envelope = ({ tenant_id, idempotency_key }: Call) => ({
  ...{ tenant_id, tool_run_ref: `crm/${idempotency_key}` },
});

const success = (call: Call, refs: Refs): ToolAnswer => ({
  ...envelope(call),
  ...{ success: true, external_object_refs: [...refs] },
});

const failure = (call: Call, what: CrmFailure, refs: Refs = []): ToolAnswer => ({
  ...envelope(call),
  ...{ success: false, ...what, external_object_refs: [...refs] },
});

const withoutFollowUp = (call: Call, what: CrmFailure, made: ExternalObjectRef): ToolAnswer =>
  what.transient
    ? failure(call, { ...what, effect: 'UNKNOWN' })
    : failure(call, { ...what, effect: 'PARTIAL' }, [made]);

const create = async (
  salesforce: SalesforceClient,
  config: CrmConfig,
  call: ToolCall,
  record: CrmRecord,
): Promise<ToolAnswer> => {
  const made = await salesforce.upsert(config, record);
  if (!made.ok) return failure(call, made.failure);
  const followUp = followUpOf(call, made.value.object_id);
  if (!followUp) return success(call, [made.value]);
  const followed = await salesforce.upsert(config, followUp);
  return followed.ok
    ? success(call, [made.value, followed.value])
    : withoutFollowUp(call, followed.failure, made.value);
};

const isDeletable = ({ system, object_type }: ExternalObjectRef): boolean =>
  system === 'CRM' && OBJECT_TYPES.some((type) => type === object_type);

/** How far a compensation has come: an object that was deleted before another could not be makes the whole partial. */
const effectSoFar = ({ transient, effect }: CrmFailure, isFirst: boolean): CrmFailure['effect'] => {
  if (isFirst) return effect;
  return transient ? 'UNKNOWN' : 'PARTIAL';
};

const remove = async (
  salesforce: SalesforceClient,
  config: CrmConfig,
  call: CompensationCall,
): Promise<ToolAnswer> => {
  const { external_object_refs: refs } = call;
  for (const [index, ref] of [...refs.entries()].reverse()) {
    const removed = await salesforce.remove(config, ref);
    if (removed.ok) continue;
    const effect = effectSoFar(removed.failure, index === refs.length - 1);
    return failure(call, { ...removed.failure, effect }, refs.slice(0, index + 1));
  }
  return success(call, refs);
};

/**
 * Events, cases and tasks in a tenant's Salesforce. The idempotency key is the object's external id, so a repeated call changes the
 * object that the first one made. The external id field must be unique in Salesforce on each of the three.
 */
export const createCrmConnector = ({ http = {}, configs, secrets, clock }: CrmConnectorDeps): Connector => {
  const salesforce = createSalesforceClient({ http, secrets });
  const configOf = async ({ tenant_id, account_id }: ToolCall | CompensationCall) =>
    readCrmConfig(await configs.get({ tenant_id, account_id }, 'crm'));

  return {
    id: 'crm',

    async validate(call) {
      const read = await configOf(call);
      return read.ok ? undefined : read.problem;
    },

    async execute(call) {
      const record = recordOf(call, clock.now().toISOString());
      if (!record)
        return failure(
          call,
          invalidCall('TOOL_NOT_FOUND', `the CRM connector has no tool ${call.tool_name}`),
        );
      const read = await configOf(call);
      return read.ok
        ? create(salesforce, read.config, call, record)
        : failure(call, notConfigured(read.problem));
    },

    async compensate(call) {
      const refs = call.external_object_refs;
      const stranger = refs.find((ref) => !isDeletable(ref));
      if (stranger) {
        const words = `the CRM connector does not delete ${stranger.system} ${stranger.object_type}`;
        return failure(call, invalidCall('UNKNOWN_OBJECT_TYPE', words), refs);
      }
      const read = await configOf(call);
      return read.ok
        ? remove(salesforce, read.config, call)
        : failure(call, notConfigured(read.problem), refs);
    },
  };
};
