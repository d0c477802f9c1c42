import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Lookup } from '../../../../src/adapters/connectors/webhook/checked-addresses.ts';
import { CALL, connectorFor, json, rowFor, startServer } from './harness.ts';

const HOST = 'hooks.example.test';
const PUBLIC = '93.184.216.34';
const ROW = { ...rowFor(HOST), url: `https://${HOST}/hooks` };

const familyOf = (address: string) => (address.includes(':') ? 6 : 4);
const resolvingTo =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: familyOf(address) }));

/** Answers once with each list, and remembers for whom it was asked. */
const answering = (...answers: string[][]) => {
  const asked: string[] = [];
  const lookup: Lookup = async (host) => {
    asked.push(host);
    return resolvingTo(...(answers[asked.length - 1] ?? []))(host);
  };
  return { asked, lookup };
};

const neverAsked: Lookup = () => Promise.reject(new Error('no name is to be resolved'));

const notAllowed = (address: string) => ({
  ...{ success: false, error_class: 'VALIDATION', error_code: 'ADDRESS_NOT_ALLOWED', effect: 'NONE' },
  ...{ transient: false, error_message: expect.stringContaining(` ${address},`) },
});

const NOT_PUBLIC = [
  ['this network', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['a private network', '10.0.0.1'],
  ['a private network', '10.255.255.255'],
  ['a private network', '172.16.0.1'],
  ['a private network', '172.31.255.255'],
  ['a private network', '192.168.0.1'],
  ['a carrier’s network', '100.64.0.1'],
  ['a carrier’s network', '100.127.255.255'],
  ['this machine', '127.0.0.1'],
  ['this machine', '127.255.255.255'],
  ['the link', '169.254.0.1'],
  ['the metadata service', '169.254.169.254'],
  ['protocol assignments', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['6to4 relays', '192.88.99.1'],
  ['benchmarks', '198.18.0.1'],
  ['documentation', '198.51.100.1'],
  ['documentation', '203.0.113.1'],
  ['a group', '224.0.0.1'],
  ['a group', '239.255.255.255'],
  ['the future', '240.0.0.1'],
  ['everybody', '255.255.255.255'],
  ['nothing, in IPv6', '::'],
  ['this machine, in IPv6', '::1'],
  ['the link, in IPv6', 'fe80::1'],
  ['the link, with its zone', 'fe80::1%eth0'],
  ['a site, in IPv6', 'fec0::1'],
  ['a private network, in IPv6', 'fc00::1'],
  ['a private network, in IPv6', 'fd12:3456:789a::1'],
  ['the metadata service, in IPv6', 'fd00:ec2::254'],
  ['a group, in IPv6', 'ff02::1'],
  ['documentation, in IPv6', '2001:db8::1'],
  ['documentation, in IPv6', '3fff::1'],
  ['nowhere', '100::1'],
  ['a private network as mapped IPv6', '::ffff:10.0.0.1'],
  ['this machine as mapped IPv6', '::ffff:127.0.0.1'],
  ['this machine as mapped IPv6 in hex', '::ffff:7f00:1'],
  ['the metadata service as mapped IPv6', '::ffff:169.254.169.254'],
  ['this machine as compatible IPv6', '::127.0.0.1'],
  ['this machine as compatible IPv6 in hex', '::7f00:1'],
  ['this machine as translated IPv6', '::ffff:0:127.0.0.1'],
  ['this machine behind a translator', '64:ff9b::7f00:1'],
  ['this machine behind a local translator', '64:ff9b:1::7f00:1'],
  ['this machine through 6to4', '2002:7f00:1::1'],
  ['a tunnel', '2001::1'],
  ['IPv6 that was never given out', '4000::1'],
  ['no address at all', 'localhost'],
] as const;

describe('the webhook connector, by where the host leads', () => {
  it.each(NOT_PUBLIC)('refuses %s: %s', async (_what, address) => {
    const connector = connectorFor(ROW, { allowPrivate: false, lookup: resolvingTo(address) });
    expect(await connector.execute(CALL)).toMatchObject(notAllowed(address));
    expect(await connector.compensate({ ...CALL, external_object_refs: [] })).toMatchObject(
      notAllowed(address),
    );
  });

  it.each([
    ['last', [PUBLIC, '10.0.0.1']],
    ['first', ['10.0.0.1', PUBLIC]],
  ])('refuses a host with a private address among its public ones, %s', async (_where, addresses) => {
    const connector = connectorFor(ROW, { allowPrivate: false, lookup: resolvingTo(...addresses) });
    expect(await connector.execute(CALL)).toMatchObject(notAllowed('10.0.0.1'));
  });

  it.each([
    ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['127.0.0.1 as one number', '2130706433', '127.0.0.1'],
    ['127.0.0.1 in octal', '0177.0.0.1', '127.0.0.1'],
    ['169.254.169.254 in hex', '0xa9fea9fe', '169.254.169.254'],
    ['::1', '[::1]', '::1'],
    ['mapped 127.0.0.1', '[::ffff:127.0.0.1]', '::ffff:7f00:1'],
  ])('refuses %s in the place of a name, and asks nobody about it', async (_what, written, address) => {
    const url = `https://${written}/hooks`;
    const row = { ...ROW, url, allowed_hosts: [new URL(url).hostname] };
    const connector = connectorFor(row, { allowPrivate: false, lookup: neverAsked });
    expect(await connector.execute(CALL)).toMatchObject(notAllowed(address));
  });

  it.each(['10.0.0.1', '169.254.169.254', '192.168.1.1', 'fe80::1', 'fd00::1', '0.0.0.0'])(
    'refuses %s even where this machine is allowed',
    async (address) => {
      const connector = connectorFor(ROW, { allowPrivate: true, lookup: resolvingTo(address) });
      expect(await connector.execute(CALL)).toMatchObject(notAllowed(address));
    },
  );

  it('sends nothing without TLS to a public address, whatever the name says', async () => {
    const row = { ...ROW, url: 'http://localhost/hooks', allowed_hosts: ['localhost:80'] };
    const connector = connectorFor(row, { allowPrivate: true, lookup: resolvingTo(PUBLIC) });
    expect(await connector.execute(CALL)).toMatchObject(notAllowed(PUBLIC));
  });

  it('finds this machine by its name', async () => {
    await using server = await startServer(json(200, {}));
    const connector = connectorFor(rowFor(`localhost:${server.port}`));
    expect(await connector.execute(CALL)).toMatchObject({ success: true });
    expect(server.received).toHaveLength(1);
  });
});

describe('a name that leads elsewhere the second time', () => {
  const tried: unknown[] = [];
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.once('lookup', (_error, address) => {
      tried.push(address);
      socket.destroy();
    });
  };
  afterEach(() => void unsubscribe('net.client.socket', watch));

  it('is asked for once, and what was checked is what is connected to', async () => {
    await using server = await startServer(json(200, {}));
    const { asked, lookup } = answering(['127.0.0.1'], ['127.0.0.2']);
    const connector = connectorFor(rowFor(`localhost:${server.port}`), { lookup });
    expect(await connector.execute(CALL)).toMatchObject({ success: true });
    expect(server.received).toMatchObject([{ address: '127.0.0.1' }]);
    expect(asked).toEqual(['localhost']);
  });

  it('gets no connection to this machine after it was public when checked', async () => {
    await using server = await startServer(json(200, {}));
    const { asked, lookup } = answering([PUBLIC], ['127.0.0.1']);
    const host = `${HOST}:${server.port}`;
    const row = { ...ROW, url: `https://${host}/hooks`, allowed_hosts: [host] };
    // The attempt is ended before any packet leaves.
    subscribe('net.client.socket', watch);
    const answer = await connectorFor(row, { allowPrivate: false, lookup }).execute(CALL);
    expect(answer).toMatchObject({ success: false, error_code: 'CONNECTION_FAILED', effect: 'NONE' });
    expect(tried).toEqual([PUBLIC]);
    expect(asked).toEqual([HOST]);
    expect(server.received).toEqual([]);
  });
});
