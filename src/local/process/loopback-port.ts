import { once } from 'node:events';
import { createServer } from 'node:net';
import { listenOnLoopback } from './loopback-server.ts';

/**
 * Answers a TCP port on 127.0.0.1 that nobody listens on: `port` itself, or one of the system's choice when it is 0 or
 * absent. The port is free again when this returns, so a server that cannot pick its own port can be told this one.
 *
 * @throws PortInUseError when `port` is given and taken.
 */
export async function reserveLoopbackPort(port = 0): Promise<number> {
  const server = createServer();
  const { port: reserved } = await listenOnLoopback(server, port);
  server.close();
  await once(server, 'close');
  return reserved;
}
