import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { EffectUnknownError } from '../../application/errors.ts';
import type { Log } from '../../application/ports/observability.ts';
import { createGatewayFetch, inExchange, within } from './gateway-exchange.ts';
import { SessionLostError } from './gateway-faults.ts';
import type { TokenSource } from './token-source.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly token: TokenSource;
  readonly timeoutMs: number;
  readonly log?: Log | undefined;
}

const CLIENT = { name: 'cc-native', version: '1' };

/** One connected MCP client, shared by all calls of a container. */
export interface GatewayConnection {
  /**
   * Works with the client; connects first when nobody has. Work that finds its session lost is repeated once, on a new connection,
   * unless the one it found so was made for it.
   */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

export const createGatewayConnection = (options: ConnectionOptions): GatewayConnection => {
  const { url, token, timeoutMs, log } = options;
  const fetch = createGatewayFetch(token);
  let current: Promise<Client> | undefined;

  const open = async (): Promise<Client> => {
    const client = new Client(CLIENT);
    // The cast is for `sessionId`, which the two types disagree on under exactOptionalPropertyTypes.
    const transport = new StreamableHTTPClientTransport(new URL(url), { fetch }) as Transport;
    await within(timeoutMs, (signal) =>
      inExchange({ signal, acts: false }, (request) => client.connect(transport, request)),
    );
    log?.info('connected to the gateway');
    return client;
  };

  /** Calls that are under way keep the client they have. */
  const forget = (connection: Promise<Client>): void => {
    if (current === connection) current = undefined;
  };

  const shared = (): Promise<Client> => {
    const connection = current ?? open();
    current = connection;
    connection.catch(() => forget(connection));
    return connection;
  };

  return {
    async use(work) {
      const wasOpen = current !== undefined;
      const connection = shared();
      try {
        return await work(await connection);
      } catch (error) {
        const sessionLost = error instanceof SessionLostError;
        if (sessionLost || error instanceof EffectUnknownError) forget(connection);
        if (!sessionLost || !wasOpen) throw error;
      }
      return work(await shared());
    },
  };
};
