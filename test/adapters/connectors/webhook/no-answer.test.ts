import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { reserveLoopbackPort } from '../../../../src/local/process/loopback-port.ts';
import { CALL, COMPENSATION, connectorFor, failureWith, json, rowFor, startServer } from './harness.ts';
import { selfSigned } from './self-signed.ts';

const HOST = 'hooks.example.test';
const HONOURED = { honours_idempotency_key: true };
const toThisMachine = async () => [{ address: '127.0.0.1', family: 4 }];

const lost = (transient: boolean) => failureWith('TIMEOUT', 'CONNECTION_LOST', 'UNKNOWN', transient);
const timedOut = (transient: boolean) => failureWith('TIMEOUT', 'TIMEOUT', 'UNKNOWN', transient);
const notConnected = failureWith('DOWNSTREAM', 'CONNECTION_FAILED', 'NONE', true);
const timedOutBefore = failureWith('TIMEOUT', 'TIMEOUT', 'NONE', true);
const because = (reason: string) => ({ error_message: expect.stringContaining(reason) });

const secure = (host: string) => ({ ...rowFor(host), url: `https://${host}/hooks` });

/** Has time-outs come when the returned function is called, and not before, so that no test depends on how fast it runs. */
const timeIsUpWhenTold = () => {
  const controller = new AbortController();
  jest.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal);
  return () => controller.abort();
};
afterEach(() => void jest.restoreAllMocks());

/** A server that does with a connection as it is told, and speaks no HTTP by itself. */
const startRawServer = async (onConnection: (socket: Socket) => void) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  return { port, host: `127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
};

describe('the webhook connector, when the receiver does not answer', () => {
  it.each([
    ['', {}, false],
    [', though it may ask again where keys are honoured', HONOURED, true],
  ])(
    'cannot tell what became of a request whose answer does not come in time%s',
    async (_what, more, transient) => {
      const expire = timeIsUpWhenTold();
      await using server = await startServer(() => expire());
      expect(await connectorFor(rowFor(server.host, more)).execute(CALL)).toEqual(timedOut(transient));
      expect(server.received).toHaveLength(1);
    },
  );

  it('cannot tell what became of a request whose answer does not end in time', async () => {
    const expire = timeIsUpWhenTold();
    await using server = await startServer((response) => void response.writeHead(200).write('{', expire));
    expect(await connectorFor(rowFor(server.host)).execute(CALL)).toEqual(timedOut(false));
  });

  it('cannot tell what became of a request whose connection is lost', async () => {
    await using server = await startServer((_response, request) => request.socket.destroy());
    const executed = (more = {}) => connectorFor(rowFor(server.host, more)).execute(CALL);
    expect(await executed()).toEqual(lost(false));
    expect(await executed(HONOURED)).toEqual(lost(true));
    expect(await executed()).toMatchObject(because('ECONNRESET'));
  });

  it('cannot tell what became of a request whose connection is lost in the middle of the answer', async () => {
    await using server = await startServer((response, request) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"id":"d1"}', () => request.socket.destroy());
    });
    expect(await connectorFor(rowFor(server.host)).execute(CALL)).toEqual(lost(false));
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ])('cannot tell what became of a request that is answered with %s', async (_what, answer) => {
    await using server = await startRawServer((socket) => socket.once('data', () => socket.write(answer)));
    expect(await connectorFor(rowFor(server.host)).execute(CALL)).toEqual(lost(false));
  });

  it('cannot tell what became of a compensation either', async () => {
    await using server = await startServer((_response, request) => request.socket.destroy());
    expect(await connectorFor(rowFor(server.host)).compensate(COMPENSATION)).toEqual(lost(false));
  });

  it('knows that nothing was done where nobody listens', async () => {
    const host = `127.0.0.1:${await reserveLoopbackPort()}`;
    const answer = await connectorFor(rowFor(host)).execute(CALL);
    expect(answer).toEqual(notConnected);
    expect(answer).toMatchObject(because('ECONNREFUSED'));
  });

  it('tries the next of the addresses where nobody listens at the first', async () => {
    await using server = await startServer(json(200, {}));
    const addresses = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    const row = rowFor(`localhost:${server.port}`);
    expect(await connectorFor(row, { lookup: async () => addresses }).execute(CALL)).toMatchObject({
      success: true,
    });
  });

  it.each([
    ['is not found', Object.assign(new Error('of the system'), { code: 'ENOTFOUND' }), 'ENOTFOUND'],
    ['is not found, without a code', new RangeError('of the system'), 'RangeError'],
  ])('knows that nothing was done where the name %s', async (_what, error, reason) => {
    const answer = await connectorFor(rowFor('localhost:1'), {
      lookup: () => Promise.reject(error),
    }).execute(CALL);
    expect(answer).toEqual(notConnected);
    expect(answer).toMatchObject(because(`localhost could not be resolved: ${reason}`));
  });

  it('knows that nothing was done where the name has no address', async () => {
    const answer = await connectorFor(rowFor('localhost:1'), { lookup: async () => [] }).execute(CALL);
    expect(answer).toEqual(notConnected);
  });

  it('knows that nothing was done where the name is not resolved in time', async () => {
    const lookup = () => new Promise<never>(() => {});
    const answer = await connectorFor(rowFor('localhost:1'), { lookup, timeoutMs: 20 }).execute(CALL);
    expect(answer).toEqual(timedOutBefore);
  });
});

describe('the webhook connector over TLS', () => {
  const [known, unknown, other] = [HOST, HOST, 'other.example.test'].map(selfSigned);
  const before = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...before, known?.cert ?? '', other?.cert ?? '']));
  afterAll(() => setDefaultCACertificates(before));

  it('asks the checked address for the host’s certificate', async () => {
    const servernames: unknown[] = [];
    await using server = await startServer((response, { socket }) => {
      servernames.push((socket as TLSSocket & { servername: string }).servername);
      json(200, { id: 'd1' })(response, response.req);
    }, known);
    const connector = connectorFor(secure(`${HOST}:${server.port}`), { lookup: toThisMachine });
    expect(await connector.execute(CALL)).toMatchObject({ success: true });
    expect(servernames).toEqual([HOST]);
    expect(server.received).toMatchObject([{ headers: { host: `${HOST}:${server.port}` } }]);
  });

  it.each([
    ['that nobody vouches for', unknown, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of another host', other, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('sends nothing to a receiver with a certificate %s', async (_what, certificate, reason) => {
    await using server = await startServer(json(200, {}), certificate);
    const connector = connectorFor(secure(`${HOST}:${server.port}`), { lookup: toThisMachine });
    const answer = await connector.execute(CALL);
    expect(answer).toEqual(notConnected);
    expect(answer).toMatchObject(because(reason));
    expect(server.received).toEqual([]);
  });

  it('is not talked out of checking certificates by the environment', async () => {
    await using server = await startServer(json(200, {}), unknown);
    const url = `https://127.0.0.1:${server.port}/`;
    const script = `
      import { exchange } from './src/adapters/connectors/webhook/exchange.ts';
      const post = { url: new URL('${url}'), addresses: [], headers: {}, body: '{}' };
      console.log(JSON.stringify(await exchange({ ...post, signal: AbortSignal.timeout(10_000) })));`;
    const options = { env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' } };
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    expect(JSON.parse(stdout)).toEqual({
      sent: false,
      timedOut: false,
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(server.received).toEqual([]);
  });

  it('knows that nothing was done where the receiver speaks no TLS', async () => {
    await using server = await startServer(json(200, {}));
    expect(await connectorFor(secure(server.host)).execute(CALL)).toEqual(notConnected);
    expect(server.received).toEqual([]);
  });

  it('knows that nothing was done where TLS is not agreed on in time', async () => {
    await using server = await startRawServer(() => {});
    const connector = connectorFor(secure(server.host), { timeoutMs: 50 });
    expect(await connector.execute(CALL)).toEqual(timedOutBefore);
  });
});
