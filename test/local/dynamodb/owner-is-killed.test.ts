import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { startDynamoDb } from '../../../src/local/dynamodb/start-dynamodb.ts';
import { serversUnderTest } from '../../support/dynamodb.ts';

let dataDirectory: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'dynamodb-'));
});

afterEach(() => rm(dataDirectory, { recursive: true }));

test.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT'])(
  'a process that dies of %s takes its server with it, and no acknowledged write is lost',
  async (signal) => {
    const owner = startOwner();
    const { acknowledged, endpoint } = await owner.untilRow(100);
    const connection = await openConnection(endpoint);
    process.kill(owner.pid, signal);
    await once(connection, 'close');
    const rows = await rowsKept();
    expect(rows.size).toBeGreaterThanOrEqual(100);
    expect(acknowledged.filter((row) => !rows.has(row))).toEqual([]);
  },
);

function startOwner() {
  const script = join(import.meta.dirname, 'owner-process.ts');
  const tables = join(import.meta.dirname, 'tables.yml');
  const child = spawn(process.execPath, [script, dataDirectory, tables], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  const untilRow = async (last: number) => {
    let endpoint = '';
    for await (const line of createInterface({ input: child.stdout })) {
      if (endpoint === '') endpoint = line;
      else acknowledged.push(line);
      if (acknowledged.length === last) break;
    }
    return { acknowledged, endpoint };
  };
  return { pid: child.pid as number, untilRow };
}

/** The server closes it when it ends, and never before: nothing is ever sent on it. */
async function openConnection(endpoint: string): Promise<Socket> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}); // a killed server may reset the connection; `close` follows
  await once(socket, 'connect');
  return socket;
}

async function rowsKept(): Promise<Set<string>> {
  const server = await startDynamoDb({ endpoint: '', servers: serversUnderTest(), dataDirectory });
  const client = createDynamoDbClient(server);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'p-big-gadgets' }));
  await server.stop();
  return new Set(Items.map(({ id }) => `${id?.S}`));
}
