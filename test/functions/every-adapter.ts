import { handler as crm } from '../../functions/adapters/crm.ts';
import { handler as internal } from '../../functions/adapters/internal.ts';
import { handler as webhook } from '../../functions/adapters/webhook.ts';
import type { ConnectorId } from '../../src/contracts/tools.ts';
import type { Adapter, AdapterContext } from '../../src/runtime/adapter.ts';

/** Every function of `functions/adapters`, by its connector. */
export const ADAPTERS: Readonly<Record<ConnectorId, Adapter>> = { internal, crm, webhook };

export const everyAdapter = Object.entries(ADAPTERS);

/** What the gateway says when it calls a tool. */
export const calls = (tool: string): AdapterContext => ({
  clientContext: { custom: { bedrockAgentCoreToolName: `target___${tool}` } },
  awsRequestId: 'request-1',
});
