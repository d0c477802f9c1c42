import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { PortInUseError } from './port-in-use-error.ts';

const HOST = '127.0.0.1';

/** Where a server of this machine listens. */
export interface LoopbackAddress {
  readonly port: number;
  /** Without a path. */
  readonly url: string;
}

/**
 * Lets a server listen on 127.0.0.1, at `port` or, when that is 0 or absent, at one of the system's choice.
 *
 * @throws PortInUseError when `port` is given and taken.
 */
export const listenOnLoopback = async (server: Server, port = 0): Promise<LoopbackAddress> => {
  server.listen({ port, host: HOST, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken ? new PortInUseError(port, { cause: error }) : error;
  }
  const { port: taken } = server.address() as AddressInfo;
  return { port: taken, url: `http://${HOST}:${taken}` };
};

/** Stops a server and cuts its connections; one that does not listen any more is left alone. */
export const stopServer = async (server: HttpServer): Promise<void> => {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
};
