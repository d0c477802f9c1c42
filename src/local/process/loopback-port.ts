import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { PortInUseError } from './port-in-use-error.ts';

/**
 * Answers a TCP port on 127.0.0.1 that nobody listens on: `port` itself, or one of the system's choice when it is 0 or
 * absent. The port is free again when this returns, so a server that cannot pick its own port can be told this one.
 *
 * @throws PortInUseError when `port` is given and taken.
 */
export async function reserveLoopbackPort(port = 0): Promise<number> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw isAddressInUse(error) ? new PortInUseError(port, { cause: error }) : error;
  }
  const reserved = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return reserved;
}

function isAddressInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
