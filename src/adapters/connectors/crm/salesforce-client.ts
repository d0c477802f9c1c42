import type { ExternalObjectRef } from '../../../domain/execution/execution.ts';
import type { CrmConfig } from './crm-config.ts';
import { authFailed, failed, type Result } from './crm-failure.ts';
import type { CrmRecord } from './crm-record.ts';
import { exchange, type HttpReply } from './http-exchange.ts';
import { errorCodeOf, failureOfReply, senselessReply, upsertedId } from './salesforce-reply.ts';
import { createSessions, type SessionDeps } from './salesforce-session.ts';

interface ApiRequest {
  readonly method: 'PATCH' | 'DELETE';
  /** Segments after `/sobjects/`, not encoded. */
  readonly path: readonly string[];
  readonly fields?: CrmRecord['fields'];
}

interface ApiReply extends HttpReply {
  readonly instanceUrl: string;
}

const UNACCEPTED = authFailed('the CRM does not accept the token that it gave');

const GONE: ReadonlySet<unknown> = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED']);

/** The two requests that the connector makes of Salesforce's REST API. Both converge when repeated. */
export const createSalesforceClient = (deps: SessionDeps) => {
  const sessions = createSessions(deps);

  /** One try under the session at hand; undefined when the session is not, or no longer, accepted. */
  const tryOnce = async (
    config: CrmConfig,
    { method, path, fields }: ApiRequest,
  ): Promise<Result<ApiReply> | undefined> => {
    const opening = sessions.get(config);
    const session = await opening;
    if (!session.ok) return session;
    const { token, instanceUrl } = session.value;
    const segments = ['services', 'data', config.api_version, 'sobjects', ...path.map(encodeURIComponent)];
    const reply = await exchange(deps.http, {
      url: `${instanceUrl}/${segments.join('/')}`,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      ...(fields && { body: JSON.stringify(fields) }),
    });
    if (!reply.ok) return reply;
    if (reply.value.status !== 401) return { ok: true, value: { ...reply.value, instanceUrl } };
    sessions.discard(config, opening);
    return undefined;
  };

  const request = async (config: CrmConfig, asked: ApiRequest): Promise<Result<ApiReply>> =>
    (await tryOnce(config, asked)) ?? (await tryOnce(config, asked)) ?? failed(UNACCEPTED);

  return {
    /**
     * Makes the object of a key, or makes it what the record says. Of two that make it at the same moment one is told
     * DUPLICATE_VALUE; it is there when asked for again.
     */
    async upsert(
      config: CrmConfig,
      { object_type, key, fields }: CrmRecord,
    ): Promise<Result<ExternalObjectRef>> {
      const path = [object_type, config.external_id_field, key];
      const asked: ApiRequest = { method: 'PATCH', path, fields };
      const first = await request(config, asked);
      const lostRace = first.ok && errorCodeOf(first.value) === 'DUPLICATE_VALUE';
      const reply = lostRace ? await request(config, asked) : first;
      if (!reply.ok) return reply;
      const id = upsertedId(reply.value);
      if (!id.ok) return id;
      const object_url = `${reply.value.instanceUrl}/${id.value}`;
      return { ok: true, value: { system: 'CRM', object_type, object_id: id.value, object_url } };
    },

    /** Deletes an object; one that is gone already counts as deleted. */
    async remove(
      config: CrmConfig,
      { object_type, object_id }: ExternalObjectRef,
    ): Promise<Result<undefined>> {
      const reply = await request(config, { method: 'DELETE', path: [object_type, object_id] });
      if (!reply.ok) return reply;
      const { status } = reply.value;
      if (status === 204 || (status === 404 && GONE.has(errorCodeOf(reply.value))))
        return { ok: true, value: undefined };
      return failed(status < 300 ? senselessReply(reply.value) : failureOfReply(reply.value));
    },
  };
};

export type SalesforceClient = ReturnType<typeof createSalesforceClient>;
