import { randomBytes } from 'node:crypto';
import type { Clock } from '../application/clock.ts';
import { ConfigurationError } from '../application/errors.ts';
import type { SecretStore } from '../application/ports/configuration.ts';
import { type LocalCrm, startLocalCrm } from './crm/crm-server.ts';
import { startLocalGateway } from './gateway/gateway-server.ts';
import type { InvokeAdapter } from './gateway/mcp-endpoint.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook/receiver.ts';

/** Everything on the far side of the functions: the tool gateway, and systems for the tools to act on. */
export interface ToolWorld {
  /** Variables by which functions find the gateway. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: SecretStore;
  /** How every tenant reaches a system, for the connector configuration. */
  readonly connectors: Readonly<Record<'crm' | 'webhook', Readonly<Record<string, unknown>>>>;
  readonly gatewayUrl: string;
  readonly crm: LocalCrm;
  readonly webhook: WebhookReceiver;
  /** Says how adapters are invoked; to be called before the first action. */
  connect(invokeAdapter: InvokeAdapter): void;
  stop(): Promise<void>;
}

export interface ToolWorldOptions {
  readonly clock: Clock;
  /** How many times as fast as real time the clock runs; default 1. */
  readonly speed?: number;
}

const SECRET_BYTES = 24;
const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

const secretsOf = (known: Readonly<Record<string, Readonly<Record<string, string>>>>): SecretStore => ({
  async get(secretId) {
    const found = known[secretId];
    if (!found) throw new ConfigurationError(`there is no secret ${secretId} here`);
    return found;
  },
});

const notConnected: InvokeAdapter = () => Promise.reject(new Error('no adapters are connected yet'));

/** Starts the gateway, a CRM and a receiver of webhooks on free ports of this machine, with secrets that nobody else knows. */
export const startToolWorld = async ({ clock, speed = 1 }: ToolWorldOptions): Promise<ToolWorld> => {
  const gatewaySecret = { client_id: 'local-gateway', client_secret: secret() };
  const crmSecret = { client_id: 'local-crm', client_secret: secret() };
  const signing_key = secret();
  let invoke = notConnected;
  const [gateway, crm, webhook] = await Promise.all([
    startLocalGateway({
      clock,
      credentials: { clientId: gatewaySecret.client_id, clientSecret: gatewaySecret.client_secret },
      invokeAdapter: (connector, event, context) => invoke(connector, event, context),
    }),
    startLocalCrm({ clock, users: crmSecret }),
    startWebhookReceiver({
      ...{ clock, signingKey: signing_key },
      // By a clock that runs fast, requests are old before they arrive.
      ...(speed !== 1 && { toleranceSeconds: Number.POSITIVE_INFINITY }),
    }),
  ]);
  return {
    ...{ gatewayUrl: gateway.url, crm, webhook },
    environment: {
      GATEWAY_URL: gateway.url,
      GATEWAY_TOKEN_URL: gateway.tokenUrl,
      GATEWAY_CLIENT_SECRET_ID: 'local/gateway',
    },
    secrets: secretsOf({
      'local/gateway': gatewaySecret,
      'local/crm': crmSecret,
      'local/webhook': { signing_key },
    }),
    connectors: {
      crm: { login_url: crm.url, secret_id: 'local/crm' },
      webhook: {
        ...{ url: webhook.url, allowed_hosts: [new URL(webhook.url).host], secret_id: 'local/webhook' },
        honours_idempotency_key: true,
      },
    },
    connect(invokeAdapter) {
      invoke = invokeAdapter;
    },
    stop: async () => void (await Promise.all([gateway.stop(), crm.stop(), webhook.stop()])),
  };
};
