import { setTimeout as delay } from 'node:timers/promises';
import { reserveLoopbackPort } from '../process/loopback-port.ts';
import { PortInUseError } from '../process/port-in-use-error.ts';
import { type SupervisedProcess, startSupervised } from '../process/supervised-process.ts';
import { DynamoDbUnavailableError } from './dynamodb-unavailable-error.ts';
import { answersAsDynamoDb } from './probe.ts';
import { type ServerCommand, type ServerKind, serverCommand } from './server-commands.ts';

export interface DynamoDbOptions {
  /** A server that runs already; nothing is started. Default: `AWS_ENDPOINT_URL_DYNAMODB`; '' ignores that. */
  readonly endpoint?: string | undefined;
  /** 0 or absent: a free one. */
  readonly port?: number | undefined;
  /** Where tables are kept across runs. Absent: in memory, gone with the server. */
  readonly dataDirectory?: string | undefined;
  /** The servers to try, in this order. */
  readonly servers?: readonly ServerKind[] | undefined;
  /** Gets the lines that the server prints. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface RunningDynamoDb {
  readonly endpoint: string;
  readonly kind: ServerKind | 'external';
  /** Process id of the server; absent when it is not ours. */
  readonly pid?: number;
  /** Ends a server that was started here, with all acknowledged writes kept; leaves an external one alone. */
  stop(): Promise<void>;
}

/** DynamoDB Local takes 2 to 4 seconds on two busy cores, dynoxide 40 ms; a server that takes longer hangs. */
const startTimeoutMilliseconds = 20_000;
const probeTimeoutMilliseconds = 3_000;
const portPatienceMilliseconds = 250;
const defaultServers: readonly ServerKind[] = ['dynoxide', 'dynamodb-local'];
/** Between choosing a free port and the server taking it somebody else may: choose again, a few times. */
const portChoices = 5;

type StartableServer = Extract<ServerCommand, { command: string }>;

/**
 * Gives a DynamoDB over HTTP on this machine: the endpoint that is named, else the embedded dynoxide, else DynamoDB
 * Local. A started server ends with this process, also when that is killed.
 *
 * @throws PortInUseError when `port` is taken.
 * @throws DynamoDbUnavailableError when the named endpoint does not answer, or when no server can be started.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<RunningDynamoDb> {
  const endpoint = options.endpoint ?? process.env.AWS_ENDPOINT_URL_DYNAMODB;
  if (endpoint) return external(endpoint);
  for (let choice = 1; ; choice += 1) {
    const port = await reservePort(options.port);
    try {
      return await startServer(startableServer(port, options), port, options.log);
    } catch (error) {
      if (!(error instanceof PortInUseError) || options.port || choice === portChoices) throw error;
    }
  }
}

/** The server of a process that was killed a moment ago needs some milliseconds to die and free its port. */
async function reservePort(port: number | undefined): Promise<number> {
  const deadline = performance.now() + portPatienceMilliseconds;
  for (;;) {
    try {
      return await reserveLoopbackPort(port);
    } catch (error) {
      if (!(error instanceof PortInUseError) || performance.now() > deadline) throw error;
      await delay(10);
    }
  }
}

async function external(endpoint: string): Promise<RunningDynamoDb> {
  if (!(await answersAsDynamoDb(endpoint, probeTimeoutMilliseconds))) {
    throw new DynamoDbUnavailableError(
      `No DynamoDB answers at ${endpoint}, the endpoint that AWS_ENDPOINT_URL_DYNAMODB or the caller names`,
    );
  }
  return { endpoint, kind: 'external', stop: async () => {} };
}

function startableServer(port: number, { servers, dataDirectory }: DynamoDbOptions): StartableServer {
  const place = { port, ...(dataDirectory ? { dataDirectory } : {}) };
  const obstacles: string[] = ['AWS_ENDPOINT_URL_DYNAMODB: not set'];
  for (const kind of servers ?? defaultServers) {
    const candidate = serverCommand(kind, place);
    if ('command' in candidate) return candidate;
    obstacles.push(`${candidate.kind}: ${candidate.unavailable}`);
  }
  throw new DynamoDbUnavailableError(`No DynamoDB to work with. Tried: ${obstacles.join('; ')}`);
}

async function startServer(
  { kind, command, args }: StartableServer,
  port: number,
  log: ((line: string) => void) | undefined,
): Promise<RunningDynamoDb> {
  const output: string[] = [];
  const onLine = (line: string) => {
    if (output.length < 20) output.push(line);
    log?.(line);
  };
  const server = startSupervised({ command, args, onLine });
  const endpoint = `http://127.0.0.1:${port}`;
  const failure = await untilReady(server, endpoint);
  if (failure === undefined) return { endpoint, kind, pid: server.pid, stop: () => server.stop() };
  await server.stop();
  if (saysPortInUse(output)) throw new PortInUseError(port);
  throw new DynamoDbUnavailableError(`${kind} did not start (${failure}): ${output.join(' | ')}`);
}

/** Answers `undefined` once the server speaks, else what went wrong. */
async function untilReady(server: SupervisedProcess, endpoint: string): Promise<string | undefined> {
  let end: string | undefined;
  server.ended.then((how) => {
    end = `it ended with ${how}`;
  });
  const deadline = performance.now() + startTimeoutMilliseconds;
  while (performance.now() < deadline) {
    const ready = await answersAsDynamoDb(endpoint, probeTimeoutMilliseconds);
    if (end !== undefined) return end;
    if (ready) return undefined;
    await delay(5);
  }
  return `no answer within ${startTimeoutMilliseconds} ms`;
}

function saysPortInUse(output: readonly string[]): boolean {
  return output.some((line) => /already in use/i.test(line));
}
