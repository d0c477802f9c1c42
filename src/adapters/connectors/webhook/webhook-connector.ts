import { lookup as systemLookup } from 'node:dns/promises';
import * as z from 'zod';
import type { Clock } from '../../../application/clock.ts';
import type { ConnectorConfigStore, SecretStore } from '../../../application/ports/configuration.ts';
import type { CompensationCall, Connector, ToolCall } from '../../../application/ports/connectors.ts';
import type { ToolAnswer } from '../../../contracts/tools.ts';
import type { ExternalObjectRef } from '../../../domain/execution/execution.ts';
import { checkedAddresses, type Lookup } from './checked-addresses.ts';
import { exchange } from './exchange.ts';
import { noAnswer, readAnswer } from './read-answer.ts';
import { notConfigured, type Result, refused } from './result.ts';
import { signature } from './signature.ts';
import { readConfig } from './webhook-config.ts';

export interface WebhookDeps {
  readonly configs: ConnectorConfigStore;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly lookup?: Lookup;
  /** How long one delivery may take, in milliseconds of real time, name resolution included. */
  readonly timeoutMs?: number;
  /** Lets requests go to this machine itself, also without TLS. For the local system and tests. */
  readonly allowPrivate?: boolean;
}

type Call = Omit<ToolCall, 'arguments'>;

interface Message {
  readonly event_type: unknown;
  readonly idempotency_key: string;
  readonly payload: unknown;
}

type Delivered = Result<{ readonly id: string | undefined }>;

const TIMEOUT_MS = 15_000;

/** Only these may stand in the header that carries the key. */
const HEADER_TEXT = /^[\x21-\x7e]+$/;

const secretFields = z.object({ signing_key: z.string().min(16) });

const signingKeyOf = async (secrets: SecretStore, secretId: string): Promise<Result<string>> => {
  try {
    const fields = secretFields.safeParse(await secrets.get(secretId));
    if (fields.success) return { value: fields.data.signing_key };
    return notConfigured(`secret "${secretId}": signing_key must have at least 16 characters`);
  } catch (error) {
    if ((error as Error).name !== 'ConfigurationError') throw error;
    return notConfigured(
      `secret_id: "${secretId}": there is no such secret, or it is no JSON object of strings`,
    );
  }
};

const unknownTool = ({ tool_name }: Call): Delivered =>
  refused('TOOL_NOT_FOUND', `the webhook connector has no tool ${tool_name}`);

const answer = (
  { tenant_id, idempotency_key }: Call,
  delivered: Delivered,
  refs: (id: string) => readonly ExternalObjectRef[],
): ToolAnswer => {
  const run = { tool_run_ref: `webhook/${idempotency_key}`, tenant_id };
  if ('failure' in delivered)
    return { ...run, success: false, ...delivered.failure, external_object_refs: [] };
  const { id = idempotency_key } = delivered.value;
  return { ...run, success: true, external_object_refs: [...refs(id)] };
};

const deliveryRef = (object_id: string): ExternalObjectRef[] => [
  { system: 'WEBHOOK', object_type: 'Delivery', object_id },
];

/**
 * Sends signed requests to the address that an account, or its tenant, has allowed: over TLS, to public addresses only, which are
 * checked before the connection is made, and never on to where a redirect points.
 */
export const createWebhookConnector = (deps: WebhookDeps): Connector => {
  const { configs, secrets, clock, timeoutMs = TIMEOUT_MS, allowPrivate = false } = deps;
  const { lookup = (host) => systemLookup(host, { all: true }) } = deps;

  const headersFor = (body: string, idempotencyKey: string, signingKey: string) => {
    const timestamp = String(Math.floor(clock.now().getTime() / 1000));
    return {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      'x-cc-timestamp': timestamp,
      'x-cc-signature': signature(signingKey, timestamp, body),
    };
  };

  const deliver = async (call: Call, message: Message): Promise<Delivered> => {
    const { tenant_id, account_id, action_intent_id } = call;
    const row = await configs.get({ tenant_id, account_id }, 'webhook');
    if (!row) return notConfigured(`no webhook for tenant "${tenant_id}" or its account "${account_id}"`);
    const config = readConfig(row, allowPrivate);
    if ('failure' in config) return config;
    const { url, secretId, honoursIdempotencyKey } = config.value;
    const key = await signingKeyOf(secrets, secretId);
    if ('failure' in key) return key;
    const signal = AbortSignal.timeout(timeoutMs);
    const addresses = await checkedAddresses({ url, lookup, allowPrivate, signal });
    if ('failure' in addresses) return addresses;
    const { event_type, idempotency_key, payload } = message;
    const about = { event_type, tenant_id, account_id, action_intent_id };
    const body = JSON.stringify({ ...about, idempotency_key, payload });
    const headers = headersFor(body, idempotency_key, key.value);
    const came = await exchange({ url, addresses: addresses.value, headers, body, signal });
    if (!('status' in came)) return noAnswer(came, honoursIdempotencyKey);
    return readAnswer(came, { signingKey: key.value, honoursIdempotencyKey });
  };

  const send = (call: ToolCall): Promise<Delivered> => {
    const { event_type, payload = {} } = call.arguments;
    return deliver(call, { event_type, idempotency_key: call.idempotency_key, payload });
  };

  const undo = (call: CompensationCall): Promise<Delivered> => {
    const { external_object_refs, tool_name, idempotency_key } = call;
    const payload = { external_object_refs, tool_name };
    const key = `${idempotency_key}-compensation`;
    return deliver(call, { event_type: 'COMPENSATE', idempotency_key: key, payload });
  };

  return {
    id: 'webhook',
    validate: async ({ idempotency_key }) =>
      HEADER_TEXT.test(idempotency_key)
        ? undefined
        : `idempotency_key: ${JSON.stringify(idempotency_key)}: must be printable ASCII without spaces`,
    execute: async (call) =>
      answer(call, call.tool_name === 'webhook.send' ? await send(call) : unknownTool(call), deliveryRef),
    compensate: async (call) => answer(call, await undo(call), () => call.external_object_refs),
  };
};
