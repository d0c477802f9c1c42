import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTablesCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { createTables } from '../../../src/local/dynamodb/create-tables.ts';
import { loadTables } from '../../../src/local/dynamodb/load-tables.ts';
import {
  type DynamoDbOptions,
  type RunningDynamoDb,
  startDynamoDb,
} from '../../../src/local/dynamodb/start-dynamodb.ts';
import { reserveLoopbackPort } from '../../../src/local/process/loopback-port.ts';
import { PortInUseError } from '../../../src/local/process/port-in-use-error.ts';
import { serversUnderTest } from '../../support/dynamodb.ts';

const tables = loadTables(join(import.meta.dirname, 'tables.yml'), { prefix: 'start', stage: 'test' });
const TableName = 'start-big-gadgets';
const running: RunningDynamoDb[] = [];
let dataDirectory: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'dynamodb-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(dataDirectory, { recursive: true });
});

async function start(options: DynamoDbOptions = {}): Promise<RunningDynamoDb> {
  const server = await startDynamoDb({ endpoint: '', servers: serversUnderTest(), ...options });
  running.push(server);
  return server;
}

async function tableCount({ endpoint }: RunningDynamoDb): Promise<number> {
  const { TableNames = [] } = await createDynamoDbClient({ endpoint }).send(new ListTablesCommand({}));
  return TableNames.length;
}

describe('an embedded server', () => {
  test('listens on a free port of 127.0.0.1 when none is asked for', async () => {
    const [one, other] = await Promise.all([start(), start({ port: 0 })]);
    expect(one.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(other.endpoint).not.toBe(one.endpoint);
    expect(await tableCount(one)).toBe(0);
  });

  test('listens on the port that is asked for', async () => {
    const port = await reserveLoopbackPort();
    expect((await start({ port })).endpoint).toBe(`http://127.0.0.1:${port}`);
  });

  test('is refused a taken port, by its number', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    try {
      await expect(start({ port })).rejects.toMatchObject({
        port,
        message: expect.stringContaining(`${port}`),
      });
      await expect(start({ port })).rejects.toBeInstanceOf(PortInUseError);
    } finally {
      squatter.close();
    }
  });

  test('keeps nothing without a data directory', async () => {
    const first = await start();
    await createTables(createDynamoDbClient(first), tables);
    await first.stop();
    expect(await tableCount(await start())).toBe(0);
  });

  test('keeps its rows in the data directory over a stop, and makes the directory', async () => {
    const options = { dataDirectory: join(dataDirectory, 'not', 'there', 'yet') };
    const first = await start(options);
    await createTables(createDynamoDbClient(first), tables);
    await createDynamoDbClient(first).send(new PutItemCommand({ TableName, Item: { id: { S: 'kept' } } }));
    await first.stop();
    const second = await start(options);
    const { Items } = await createDynamoDbClient(second).send(new ScanCommand({ TableName }));
    expect(Items).toEqual([{ id: { S: 'kept' } }]);
  });

  test('no longer answers once stop has resolved, and can be stopped again', async () => {
    const server = await start();
    await server.stop();
    await server.stop();
    await expect(fetch(server.endpoint)).rejects.toThrow('fetch failed');
  });

  test('hands its output to the log', async () => {
    const lines: string[] = [];
    await start({ log: (line) => lines.push(line) });
    expect(lines.join()).toMatch(/Dynoxide listening|DynamoDB Local/);
  });
});

describe('an endpoint that is named', () => {
  test('is used as it is and left running by stop', async () => {
    const server = await start();
    const external = await start({ endpoint: server.endpoint });
    expect(external).toMatchObject({ endpoint: server.endpoint, kind: 'external' });
    await external.stop();
    expect(await tableCount(server)).toBe(0);
  });

  test('comes from AWS_ENDPOINT_URL_DYNAMODB', async () => {
    const server = await start();
    process.env.AWS_ENDPOINT_URL_DYNAMODB = server.endpoint;
    try {
      expect(await startDynamoDb()).toMatchObject({ endpoint: server.endpoint, kind: 'external' });
    } finally {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    }
  });

  test('is named in the error when nobody answers there', async () => {
    const endpoint = `http://127.0.0.1:${await reserveLoopbackPort()}`;
    await expect(start({ endpoint })).rejects.toMatchObject({
      name: 'DynamoDbUnavailableError',
      message: expect.stringContaining(endpoint),
    });
  });
});

test('without any server the error names the three ways and why each failed', () => {
  const source = join(import.meta.dirname, '../../../src/local/dynamodb/start-dynamodb.ts');
  const script = `
    Object.defineProperty(process, 'arch', { value: 'z80' });
    const { startDynamoDb } = await import(${JSON.stringify(source)});
    await startDynamoDb().catch((error) => console.log(error.name + ': ' + error.message));`;
  const options = { env: { PATH: '' }, encoding: 'utf8' as const };
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], options);
  expect(stdout.trim()).toBe(
    'DynamoDbUnavailableError: No DynamoDB to work with. Tried: AWS_ENDPOINT_URL_DYNAMODB: not set; ' +
      `dynoxide: package @dynoxide/${process.platform}-z80 is not installed; dynamodb-local: java is not on the PATH`,
  );
});
